import { describe, it } from "vitest";
import type { Linking } from "../../../src/link/create-linker.ts";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";
import { buildWasm, I32, type WasmSource } from "../../fixtures/wasm-builder.ts";

const LOG = "export const log = [];";

/** Runs `/main.js`, which imports `log` and says in it what it sees; gives what all modules have said. */
async function run(
  files: Record<string, string>,
  packages: FakePackage[] = [],
  linking: Linking = "image",
): Promise<readonly unknown[]> {
  const registry = await createFakeRegistry(packages);
  const all = {
    ...files,
    "/log.js": LOG,
    "/main.js": `import { log } from "./log.js"; export { log };${files["/main.js"]}`,
  };
  const program = await registry.loader({ linking }).load({ entry: "/main.js", files: all });
  const { namespace } = await evaluateInNode(program.image, program);
  return (namespace as { log: unknown[] }).log;
}

const NONE: [number[], number[]] = [[], []];

/** A mutable global `n`, 5. */
const COUNTER: WasmSource = { types: [NONE], globals: [[I32, 1, 0x41, 5]], exports: [["n", "global", 0]] };

const saying = (name: string, rest = ""): string => `import { log } from "./log.js"; log.push("${name}"); ${rest}`;

describe("import defer", () => {
  it("a module runs when a name of it is first asked for, once, after what it imports", async ({ expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; log.push("main"); log.push(late.value); late.add(); log.push(late.value);`,
      "/late.js": saying("late", `import "./needed.js"; export let value = 1; export const add = () => { value++; };`),
      "/needed.js": saying("needed"),
    });
    expect(log).toEqual(["main", "needed", "late", 1, 2]);
  });

  it("one that nobody looks at does not run, whatever is asked that is no name of it", async ({ expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js";
        log.push(Object.prototype.toString.call(late), typeof late, late.then, await late === late, Object.getPrototypeOf(late));`,
      "/late.js": saying("late", "export const then = () => log.push('then');"),
    });
    expect(log).toEqual(["[object Deferred Module]", "object", undefined, true, null]);
  });

  it.for([
    ["in", `log.push("value" in late);`, ["late", true]],
    ["a name that it has not", "log.push(late.other);", ["late", undefined]],
    ["its keys", "log.push(...Object.keys(late));", ["late", "value"]],
    ["a property", "log.push(Object.getOwnPropertyDescriptor(late, 'value').value);", ["late", 7]],
    ["a statement whose value nobody uses", "const unused = late.value;", ["late"]],
  ] as const)("runs for %s", async ([, statement, said], { expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; log.push("main"); ${statement}`,
      "/late.js": saying("late", "export const value = 7;"),
    });
    expect(log).toEqual(["main", ...said]);
  });

  it("its error is thrown where it is asked for, each time", async ({ expect }) => {
    const look = "try { late.value } catch (error) { log.push(error.message) }";
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; log.push("main"); ${look} ${look}`,
      "/late.js": saying("late", "throw new Error('broken'); export const value = 1;"),
    });
    expect(log).toEqual(["main", "late", "broken", "broken"]);
  });

  it("what another module imports at once has run; what waits runs with the others", async ({ expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; import "./other.js"; import defer * as waiting from "./waiting.js"; log.push("main", late.value, waiting.value);`,
      "/other.js": saying("other", `import "./late.js";`),
      "/late.js": saying("late", "export const value = 1;"),
      "/waiting.js": saying("waiting", "export const value = await 2;"),
    });
    expect(log).toEqual(["late", "other", "waiting", "main", 1, 2]);
  });

  it.for([
    ["of the module itself", "export const value = await 2;", ""],
    ["of what it imports", `import { value } from "./waits.js"; export { value };`, "waits"],
    ["of what that imports", `import { value } from "./between.js"; export { value };`, "waits"],
  ] as const)("only what waits runs ahead, and what that imports: %s", async ([, late, waits], { expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; log.push("main"); log.push(late.value, late.value);`,
      "/late.js": saying("late", `import "./needed.js"; ${late}`),
      "/needed.js": saying("needed"),
      "/between.js": saying("between", `export { value } from "./waits.js";`),
      "/waits.js": saying("waits", `import "./first.js"; await 0; export const value = 2;`),
      "/first.js": saying("first"),
    });
    const ahead = waits === "" ? ["needed", "late"] : ["first", "waits"];
    const then = waits === "" ? [] : ["needed", ...(late.includes("between") ? ["between"] : []), "late"];
    expect(log).toEqual([...ahead, "main", ...then, 2, 2]);
  });

  it("what waits below several, side by side with others that wait", async ({ expect }) => {
    const log = await run({
      "/main.js": `import defer * as one from "./one.js"; import { other } from "./other.js"; import defer * as two from "./two.js"; log.push("main", other); log.push(two.value, one.value);`,
      "/one.js": saying("one", `import { value } from "./waits.js"; export { value };`),
      "/two.js": saying("two", `import { value } from "./waits.js"; export { value };`),
      "/waits.js": saying("waits", "await 0; log.push('waited'); export const value = 2;"),
      "/other.js": saying("other", "await 0; await 0; export const other = 3;"),
    });
    expect(log).toEqual(["waits", "other", "waited", "main", 3, "two", "one", 2, 2]);
  });

  it("the error of what waits is that of the importer", async ({ expect }) => {
    const log = await run({
      "/main.js": `const { error } = await import("./catching.js"); log.push(error);`,
      "/catching.js": `export let error; try { await import("./importer.js") } catch (reason) { error = reason.message }`,
      "/importer.js": saying("importer", `import defer * as late from "./late.js"; late.value;`),
      "/late.js": saying("late", `import "./waits.js"; export const value = 1;`),
      "/waits.js": "await 0; throw new Error('broken');",
    });
    expect(log).toEqual(["broken"]);
  });

  it("passes through re-exports, and into what is imported later", async ({ expect }) => {
    const log = await run({
      "/main.js": `import { late } from "./barrel.js"; log.push("main"); const { look } = await import("./later.js"); log.push("imported"); log.push(look(), late.value);`,
      "/barrel.js": `import defer * as late from "./late.js"; export { late };`,
      "/later.js": `import defer * as late from "./late.js"; export const look = () => late.value;`,
      "/late.js": saying("late", "export const value = 1;"),
    });
    expect(log).toEqual(["main", "imported", "late", 1, 1]);
  });

  it("names of the module's own hide nothing that this needs", async ({ expect }) => {
    const log = await run({
      "/main.js": `import defer * as late from "./late.js"; import { Symbol } from "./names.js"; log.push(Symbol, late.value);`,
      "/names.js": "export const Proxy = 1, Reflect = Proxy + 1, Symbol = Reflect + 1;",
      "/late.js": saying("late", "export const value = 1;"),
    });
    expect(log).toEqual(["late", 3, 1]);
  });

  it("CommonJS runs when it is first looked at", async ({ expect }) => {
    const files = { "index.js": "globalThis.said.push('commonjs'); exports.value = 3; exports.default = 4;" };
    const log = await run(
      {
        "/main.js": `import defer * as late from "pack"; globalThis.said = log; log.push("main"); log.push(late.value);`,
      },
      [{ manifest: { name: "pack", version: "1.0.0" }, files }],
    );
    expect(log).toEqual(["main", "commonjs", 3]);
  });

  it.for(["ts", "tsx", "mts"])("in TypeScript: .%s", async (extension, { expect }) => {
    const log = await run({
      "/main.js": `import "./typed.${extension}"; log.push("main");`,
      [`/typed.${extension}`]: `import { log } from "./log.js";
        const text: string = "import defer * as nothing"; import defer * as late from "./late.js";
        import /* a default */ defer, * as all from "./defer.js"; import defer * as unused from "./missing-types.js";
        let type: unused.Type | undefined;
        log.push(text, defer, typeof all, late.value as number);`,
      "/late.js": saying("late", "export const value = 1;"),
      "/defer.js": saying("defer", "export default 2;"),
      "/missing-types.js": saying("never"),
    });
    expect(log).toEqual(["defer", "late", "import defer * as nothing", 2, "object", 1, "main"]);
  });

  it("WebAssembly has its instance when something below is looked at", async ({ expect }) => {
    const start = { types: [NONE], imports: [["./say.js", "say", "function", 0]], functions: [[0]], start: 0 } as const;
    const files = {
      "index.js": `import { n } from "./counter.wasm"; import "./start.wasm"; globalThis.said.push("late"); export const value = n;`,
      "say.js": `export const say = () => { globalThis.said.push("start"); };`,
      "counter.wasm": buildWasm(COUNTER),
      "start.wasm": buildWasm(start),
    };
    const log = await run(
      {
        "/main.js": `import defer * as late from "pack"; import defer * as counter from "pack/counter.wasm";
          globalThis.said = log; log.push("main"); log.push(late.value, counter.n);`,
      },
      [{ manifest: { name: "pack", version: "1.0.0", type: "module" }, files }],
    );
    expect(log).toEqual(["main", "start", "late", 5, 5]);
  });
});

describe("import.defer()", () => {
  it("gives a namespace whose module runs when it is first looked at", async ({ expect }) => {
    const log = await run({
      "/main.js": `const late = await import.defer("./late.js"); log.push("main", typeof late, late.then); log.push(late.value); log.push(await import.defer("./la" + "te.js") === late);`,
      "/late.js": saying("late", `import "./needed.js"; export const value = 1;`),
      "/needed.js": saying("needed"),
    });
    expect(log).toEqual(["main", "object", undefined, "needed", "late", 1, true]);
  });

  it("only what waits runs ahead", async ({ expect }) => {
    const log = await run({
      "/main.js": `const late = await import.defer("./late.js"); log.push("main"); log.push(late.value);`,
      "/late.js": saying("late", `export { value } from "./waits.js";`),
      "/waits.js": saying("waits", "await 0; export const value = 2;"),
    });
    expect(log).toEqual(["waits", "main", "late", 2]);
  });

  it("of what has run, and of what import() asks for afterwards", async ({ expect }) => {
    const log = await run({
      "/main.js": `import "./other.js"; const ran = await import.defer("./other.js"); log.push(ran.value);
        const late = await import.defer("./late.js"); log.push("main"); const all = await import("./late.js"); log.push(all.value, late.value);`,
      "/other.js": saying("other", "export const value = 1;"),
      "/late.js": saying("late", "export const value = 2;"),
    });
    expect(log).toEqual(["other", 1, "main", "late", 2, 2]);
  });

  it("of CommonJS, from a package", async ({ expect }) => {
    const files = {
      "index.js": "module.exports = () => import.defer('./late.js');",
      "late.js": "globalThis.said.push('late'); exports.value = 3;",
    };
    const log = await run(
      {
        "/main.js": `import ask from "pack"; globalThis.said = log; const late = await ask(); log.push("main"); log.push(late.value);`,
      },
      [{ manifest: { name: "pack", version: "1.0.0" }, files }],
    );
    expect(log).toEqual(["main", "late", 3]);
  });

  it("its error is thrown where it is looked at; a module that is not there is one of the import", async ({
    expect,
  }) => {
    const log = await run({
      "/main.js": `const late = await import.defer("./late.js"); log.push("main"); try { late.value } catch (error) { log.push(error.message) }
        try { await import.defer("./nowhere.js") } catch (error) { log.push(error.code) }`,
      "/late.js": "throw new Error('broken');",
    });
    expect(log).toEqual(["main", "broken", "ERR_MODULE_NOT_FOUND"]);
  });

  it("linked module by module, it runs at once", async ({ expect }) => {
    const files = {
      "/main.js": `import defer * as one from "./one.js"; const two = await import.defer("./two.js"); log.push("main", one.value, two.value);`,
      "/one.js": saying("one", "export const value = 1;"),
      "/two.js": saying("two", "export const value = 2;"),
    };
    expect(await run(files, [], "modules")).toEqual(["one", "two", "main", 1, 2]);
  });

  it("an isolate is given what it may ask for so", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    const files = {
      "/main.js": `import.defer("./late.js"); import("./late.js");`,
      "/late.js": "export const value = 1;",
    };
    const { image } = await registry.loader({ linking: "isolate" }).load({ entry: "/main.js", files });
    expect(image.ahead?.imports.map(({ specifier, type, outcome }) => [specifier, type, "entry" in outcome])).toEqual([
      ["./late.js", "defer", true],
      ["./late.js", undefined, true],
    ]);
  });
});

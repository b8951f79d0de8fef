import { describe, it } from "vitest";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const LOG = "export const log = [];";

/** Runs `/main.js`, which imports `log` and says in it what it sees; gives what all modules have said. */
async function run(files: Record<string, string>, packages: FakePackage[] = []): Promise<readonly unknown[]> {
  const registry = await createFakeRegistry(packages);
  const all = {
    ...files,
    "/log.js": LOG,
    "/main.js": `import { log } from "./log.js"; export { log };${files["/main.js"]}`,
  };
  const program = await registry.loader().load({ entry: "/main.js", files: all });
  const { namespace } = await evaluateInNode(program.image, program);
  return (namespace as { log: unknown[] }).log;
}

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
});

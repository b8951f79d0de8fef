import { describe, it } from "vitest";
import type { LoaderError } from "../../../src/errors.ts";
import type { Linking } from "../../../src/link/create-linker.ts";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";
import { buildWasm, I32, type WasmSource } from "../../fixtures/wasm-builder.ts";

/** Runs `/main.js`, which has the package `pack` of these files, and gives its default export. */
async function runLinked(linking: Linking, main: string, files: Record<string, string | WasmSource>): Promise<unknown> {
  const bytes = Object.entries(files).map(([path, file]) => [path, typeof file === "string" ? file : buildWasm(file)]);
  const manifest = { name: "pack", version: "1.0.0", type: "module" };
  const registry = await createFakeRegistry([{ manifest, files: Object.fromEntries(bytes) }]);
  const program = await registry.loader({ linking }).load({ entry: "/main.js", files: { "/main.js": main } });
  return ((await evaluateInNode(program.image, program)).namespace as { default: unknown }).default;
}

const NONE: [number[], number[]] = [[], []];
const GIVES_I32: [number[], number[]] = [[], [I32]];

/** A mutable global `n`, 5 at first, and `inc`. */
const COUNTER: WasmSource = {
  types: [NONE],
  globals: [[I32, 1, 0x41, 5]],
  functions: [[0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0]],
  exports: [
    ["n", "global", 0],
    ["inc", "function", 0],
  ],
};

/** Calls `f` of `module` when it starts, and exports `seven`. */
const caller = (module: string): WasmSource => ({
  types: [NONE, GIVES_I32],
  imports: [[module, "f", "function", 0]],
  functions: [
    [1, 0x41, 7],
    [0, 0x10, 0],
  ],
  exports: [["seven", "function", 1]],
  start: 2,
});

describe.for<Linking>(["image", "modules"])("WebAssembly as modules of a program, linked as %s", (linking) => {
  const run = (main: string, files: Record<string, string | WasmSource>) => runLinked(linking, main, files);

  it("a mutable global that is imported by name is what it is now", async ({ expect }) => {
    const main = `
      import { inc, n as number } from "pack/counter.wasm";
      import { again } from "pack/again.js";
      const before = [number, again];
      inc();
      const { inc: other } = { inc };
      { const n = 1; other(); }
      export default [before, number, again, \`\${number}\`, { number }];`;
    const files = { "counter.wasm": COUNTER, "again.js": 'export { n as again } from "./counter.wasm";' };
    expect(await run(main, files)).toEqual([[5, 5], 7, 7, "7", { number: 7 }]);
  });

  it("a name that WebAssembly does not export is an error before anything runs", async ({ expect }) => {
    const failure = run('import { m } from "pack/counter.wasm"; export default m;', { "counter.wasm": COUNTER });
    await expect(failure).rejects.toMatchObject({
      code: "ERR_EXPORT_NOT_FOUND",
      message: '"/main.js" imports "m" from "pack/counter.wasm", which does not export it',
    });
  });

  it("a namespace shows what a mutable global is now, also through import() and export *", async ({ expect }) => {
    const main = `
      import * as counter from "pack/counter.wasm";
      import { again } from "pack/again.js";
      const later = await import("pack/counter.wasm");
      const before = [counter.n, later.n, again.n];
      counter.inc();
      export default [before, counter.n, later.n, again.n];`;
    const files = { "counter.wasm": COUNTER, "again.js": 'export * as again from "./counter.wasm";' };
    expect(await run(main, files)).toEqual([[5, 5, 5], 6, 6, 6]);
  });

  it("a global of another module is the same global, through a re-export of JavaScript too", async ({ expect }) => {
    const adder: WasmSource = {
      types: [NONE],
      imports: [
        ["./counter.wasm", "n", "global", I32, 1],
        ["./through.js", "number", "global", I32, 1],
      ],
      functions: [[0, 0x23, 0, 0x23, 1, 0x6a, 0x24, 0]],
      exports: [["double", "function", 0]],
    };
    const main = `
      import { double } from "pack/adder.wasm";
      import * as counter from "pack/counter.wasm";
      double();
      export default counter.n;`;
    const files = {
      "counter.wasm": COUNTER,
      "adder.wasm": adder,
      "through.js": 'export { n as number } from "./counter.wasm";',
    };
    expect(await run(main, files)).toBe(10);
  });

  it("modules run in the order of the imports, and the start function in its module's turn", async ({ expect }) => {
    const main = `
      import { log } from "pack/log.js";
      import "pack/first.js";
      import "pack/start.wasm";
      import "pack/last.js";
      export default log;`;
    const files = {
      "log.js": "export const log = []; export const f = () => log.push('start');",
      "first.js": "import { log } from './log.js'; log.push('first');",
      "last.js": "import { log } from './log.js'; log.push('last');",
      "start.wasm": caller("./log.js"),
    };
    expect(await run(main, files)).toEqual(["first", "start", "last"]);
  });

  it("in a cycle a hoisted function is there for WebAssembly, and its exports are not there before it ran", async ({
    expect,
  }) => {
    const glue = `
      import { log } from "./log.js";
      import { seven } from "./glue.wasm";
      export function f() { log.push("called"); }
      export const value = () => seven();
      try { seven(); } catch (error) { log.push(error.name); }`;
    const files = {
      "log.js": "export const log = [];",
      "glue.js": glue,
      "glue.wasm": caller("./glue.js"),
    };
    const main = `
      import { log } from "pack/log.js";
      import { seven } from "pack/glue.wasm";
      import { value } from "pack/glue.js";
      export default [log, seven(), value()];`;
    expect(await run(main, files)).toEqual([["ReferenceError", "called"], 7, 7]);
    // Here JavaScript is first: WebAssembly runs before it, and can only have what is hoisted.
    const other =
      'import { value } from "pack/glue.js"; import { log } from "pack/log.js"; export default [log, value()];';
    expect(await run(other, files)).toEqual([["called"], 7]);
  });

  it("in a cycle a binding that has no value yet is a ReferenceError", async ({ expect }) => {
    const files = {
      "glue.js": 'import { seven } from "./glue.wasm"; export const f = () => seven();',
      "glue.wasm": caller("./glue.js"),
    };
    await expect(run('import { f } from "pack/glue.js"; export default f;', files)).rejects.toMatchObject({
      code: "ERR_EVALUATION_FAILED",
      cause: expect.any(ReferenceError),
    });
  });

  it("in a cycle of WebAssembly alone the first has nothing to link with", async ({ expect }) => {
    const link = (module: string): WasmSource => ({
      types: [NONE],
      imports: [[module, "g", "function", 0]],
      functions: [[0]],
      exports: [["g", "function", 1]],
    });
    const files = { "a.wasm": link("./b.wasm"), "b.wasm": link("./a.wasm") };
    const failure = run('import { g } from "pack/a.wasm"; export default g;', files);
    await expect(failure).rejects.toMatchObject({ cause: expect.any(ReferenceError) });
    await expect(failure).rejects.toThrow('Cannot access "g" of "pack@1.0.0/a.wasm" before initialization');
  });

  it("import source gives the module and asks for none of its imports", async ({ expect }) => {
    const main = `
      import source /* of */ counter from "pack/counter.wasm";
      import source lonely from "pack/lonely.wasm";
      const { exports } = new WebAssembly.Instance(counter);
      export default [counter instanceof WebAssembly.Module, exports.n.value, WebAssembly.Module.imports(lonely).length];`;
    const files = { "counter.wasm": COUNTER, "lonely.wasm": caller("nowhere") };
    expect(await run(main, files)).toEqual([true, 5, 1]);
  });

  it("import.source() does the same, whatever names it", async ({ expect }) => {
    const main = `
      const name = "pack/" + "counter.wasm";
      const modules = [await import.source("pack/counter.wasm"), await import.source(name)];
      export default [modules[0] instanceof WebAssembly.Module, modules[0] === modules[1]];`;
    expect(await run(main, { "counter.wasm": COUNTER })).toEqual([true, true]);
  });

  it("import() with attributes, whatever names it", async ({ expect }) => {
    const main = `
      const type = "te" + "xt";
      const text = await import("pack/data.json", { with: { type } });
      const json = await import("pack/data.json", { with: { type: "json" } });
      const wrong = import("pack/data.json", { with: { type: "none" } });
      export default [text.default, json.default, await wrong.catch(({ code }) => code)];`;
    const expected = ['{ "a": 1 }', { a: 1 }, "ERR_IMPORT_ATTRIBUTE_UNSUPPORTED"];
    expect(await run(main, { "data.json": '{ "a": 1 }' })).toEqual(expected);
  });

  it("import source of what is no WebAssembly has a code", async ({ expect }) => {
    const failure = run('import source x from "pack/x.js"; export default x;', { "x.js": "export {};" });
    await expect(failure).rejects.toMatchObject({ code: "ERR_SOURCE_PARSE" });
  });

  it("a name that the other module does not export is an error before anything runs", async ({ expect }) => {
    const files = { "start.wasm": caller("./log.js"), "log.js": "globalThis.ran = true; export const ff = 1;" };
    const failure = run('import "pack/start.wasm";', files).catch((error: LoaderError) => error.toJSON());
    expect(await failure).toMatchObject({
      code: "ERR_EXPORT_NOT_FOUND",
      message: '"pack@1.0.0/start.wasm" imports "f" from "./log.js", which does not export it',
      details: { referrer: "pack@1.0.0/start.wasm", hint: 'did you mean "ff"?' },
    });
    expect("ran" in globalThis).toBe(false);
  });

  it("what does not fit is a LinkError with module, name and kind", async ({ expect }) => {
    const files = { "start.wasm": caller("./log.js"), "log.js": "export const f = 1;" };
    const failure = run('import "pack/start.wasm";', files);
    await expect(failure).rejects.toMatchObject({ cause: expect.any(WebAssembly.LinkError) });
    await expect(failure).rejects.toThrow(
      '"pack@1.0.0/start.wasm" cannot be linked: it imports the function "f" from "./log.js", which is number',
    );
  });

  it("CommonJS gives its members, and can require what ES modules can import", async ({ expect }) => {
    const main = `
      import { log } from "pack/log.cjs";
      import { seven } from "pack/uses.cjs";
      export default [log, seven()];`;
    const files = {
      "log.cjs": "exports.log = []; exports.f = () => exports.log.push('start');",
      "uses.cjs": 'exports.seven = require("./start.wasm").seven;',
      "start.wasm": caller("./log.cjs"),
    };
    expect(await run(main, files)).toEqual([["start"], 7]);
  });

  it("a large module", async ({ expect }) => {
    const main = 'import { n } from "pack/large.wasm"; export default n;';
    expect(await run(main, { "large.wasm": { ...COUNTER, padding: 9 * 1024 * 1024 } })).toBe(5);
  });
});

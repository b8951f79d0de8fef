import { describe, it } from "vitest";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import type { LoaderOptions } from "../../../src/loader.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

/** Runs a project of these files and gives the entry's namespace. */
async function run(
  files: Record<string, string>,
  packages: FakePackage[] = [],
  options: Partial<LoaderOptions> = {},
): Promise<Record<string, unknown>> {
  const registry = await createFakeRegistry(packages);
  const program = await registry.loader(options).load({ entry: "/main.ts", files });
  return (await evaluateInNode(program.image, program)).namespace as Record<string, unknown>;
}

const pack = (name: string, files: Record<string, string>, manifest: Record<string, unknown> = {}): FakePackage => ({
  manifest: { name, version: "1.0.0", ...manifest },
  files,
});

describe("ES modules", () => {
  it("one of five megabytes runs as a module of its own, with what it imports and exports", async ({ expect }) => {
    const big = `import { b } from "./b.js"; import d from "dep"; export * from "./b.js";
      export const sum = b + d, later = () => import("./b.js"), url = () => import.meta.url;
      export default function () { return sum } const padding = "${"x".repeat(5_000_000)}";`;
    const ns = await run(
      {
        "/main.ts":
          'import sum, { sum as same, b, later, url } from "big"; export default [sum(), same, b, (await later()).b, url().endsWith("/big@1.0.0/index.js")];',
      },
      [
        pack("big", { "index.js": big, "b.js": "export const b = 1;" }, { type: "module", dependencies: { dep: "*" } }),
        pack("dep", { "index.js": "module.exports = 5" }),
      ],
    );
    expect(ns["default"]).toEqual([6, 6, 1, 1, true]);
  });

  it.for(["image", "modules"] as const)("may require, as bundlers have it: %s", async (linking, { expect }) => {
    const mixed = `import { log } from "./log.js"; export const text = () => require("./text.cjs") + require("dep");
      log.push(typeof require("./text.cjs")); export function missing() { return require("none"); }`;
    const ns = await run(
      {
        "/main.ts":
          'import { text, missing } from "mixed"; let code; try { missing() } catch (error) { code = error.code } export default [text(), code];',
      },
      [
        pack(
          "mixed",
          { "index.js": mixed, "log.js": "export const log = [];", "text.cjs": "module.exports = 'a';" },
          { type: "module", dependencies: { dep: "*" } },
        ),
        pack("dep", { "index.js": "module.exports = 5" }),
      ],
      { linking },
    );
    expect(ns["default"]).toEqual(["a5", "ERR_MODULE_NOT_FOUND"]);
  });

  it("live bindings, cycles, top-level await, evaluation order", async ({ expect }) => {
    const ns = await run({
      "/main.ts":
        'import { log } from "./log.ts"; import { n, add } from "./a.ts"; await 0; add(); log.push("main"); export const result = n; export { log };',
      "/a.ts":
        'import { log } from "./log.ts"; import { b } from "./b.ts"; export let n = 1; export function add() { n++; } log.push("a", b());',
      "/b.ts": 'import { log } from "./log.ts"; import { n } from "./a.ts"; log.push("b"); export const b = () => n;',
      "/log.ts": "export const log: unknown[] = [];",
    });
    expect(ns["result"]).toBe(2);
    expect(ns["log"]).toEqual(["b", "a", 1, "main"]);
  });

  it.for([
    ["using", "Symbol.dispose", ""],
    ["await using", "Symbol.asyncDispose", "async "],
  ])("%s at the top level is disposed of when its module has run", async ([using, symbol, async], { expect }) => {
    const ns = await run({
      "/main.ts":
        'import { log } from "./log.ts"; import { value } from "./a.ts"; log.push("main", value()); export { log };',
      "/log.ts": "export const log: unknown[] = [];",
      "/a.ts": `import { log } from "./log.ts"; import "./b.ts"; ${using} x = { ${async}[${symbol}]() { log.push("a disposed"); } };
        log.push("a"); let n = 1; export const value = () => n++;`,
      "/b.ts": `import { log } from "./log.ts"; { using y = { [Symbol.dispose]() { log.push("block disposed"); } }; } log.push("b");`,
    });
    expect(ns["log"]).toEqual(["block disposed", "b", "a", "a disposed", "main", 1]);
  });

  it("import() of a file and of a package, by literal and by computed specifier", async ({ expect }) => {
    const ns = await run(
      {
        "/main.ts":
          'const x = await import("./x.ts"); const name = "pa" + "ck"; const p = await import(name); export default [x.x, p.default, p.a];',
        "/x.ts": "export const x = 1;",
      },
      [pack("pack", { "index.js": "exports.a = 2;" })],
    );
    expect(ns["default"]).toEqual([1, { a: 2 }, 2]);
  });

  it("import.meta.url keeps the package's layout, import.meta.resolve leads to its files", async ({ expect }) => {
    const ns = await run(
      {
        "/main.ts":
          'import url from "pack"; export default url; export const file = import.meta.resolve("pack/data.bin");',
      },
      [
        pack(
          "pack",
          { "lib/index.mjs": "export default new URL('../data.bin', import.meta.url).href", "data.bin": "x" },
          { main: "lib/index.mjs" },
        ),
      ],
    );
    expect(ns["default"]).toBe("https://app.test/~/pack@1.0.0/data.bin");
    expect(ns["file"]).toBe("https://app.test/~/pack@1.0.0/data.bin");
  });

  it("import.meta.resolve: a computed path is a URL, a computed package is an error that says so", async ({
    expect,
  }) => {
    const ns = await run({
      "/main.ts":
        'const a = "./a.txt", b = "pa" + "ck/x"; let error; try { import.meta.resolve(b); } catch (e) { error = e.code; } export default [import.meta.resolve(a), error];',
    });
    expect(ns["default"]).toEqual(["https://app.test/~/project/a.txt", "ERR_INVALID_MODULE_SPECIFIER"]);
  });

  it("attributes: json, text, bytes", async ({ expect }) => {
    const ns = await run({
      "/main.ts":
        'import j from "./d.json" with { type: "json" }; import t from "./d.json" with { type: "text" }; import b from "./d.json" with { type: "bytes" }; export default [j, t, b.length];',
      "/d.json": '{"__proto__":1}',
    });
    expect(JSON.stringify(ns["default"])).toBe('[{"__proto__":1},"{\\"__proto__\\":1}",15]');
  });
});

describe("CommonJS", () => {
  const main = (names: string, from = "pack"): string => `import ${names} from "${from}";`;

  it("default is module.exports; names are there; __esModule interop as bundlers have it", async ({ expect }) => {
    const ns = await run(
      {
        "/main.ts": `${main("plain, { a }")}${main("compiled, { b }", "compiled")}import * as all from "compiled"; export default [plain.a, a, compiled, b, all.default];`,
      },
      [
        pack("pack", { "index.js": "module.exports = { a: 1 };" }),
        pack("compiled", {
          "index.js":
            "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 2; exports.b = 3;",
        }),
      ],
    );
    expect(ns["default"]).toEqual([1, 1, 2, 3, 2]);
  });

  it("a namespace has every name that the module has once it has run, live", async ({ expect }) => {
    const ns = await run(
      {
        "/main.ts":
          'import d, * as all from "pack"; export * as again from "pack"; import * as data from "pack/data.json"; const later = await import("pack"); export default [Object.keys(all), d === all.default, all.n, all.add(), all.n, later === all, later === (await import("pack")), data.a];',
      },
      [
        pack("pack", {
          "index.js":
            "var e = {}; e['n' + ''] = 1; e.add = function () { e.n++; }; Object.defineProperty(e, 'hidden', { value: 1 }); module['exports'] = e;",
          "data.json": '{ "a": 5 }',
        }),
      ],
    );
    expect(ns["default"]).toEqual([["default", "n", "add"], true, 1, undefined, 2, true, true, 5]);
    expect(Object.keys(ns["again"] as object)).toEqual(["default", "n", "add"]);
  });

  it("import() of a compiled module: default as its importer's mode has it", async ({ expect }) => {
    const ns = await run(
      {
        "/main.ts":
          'import viaNode from "pack"; const c = await import("pack/c.cjs"); export default [c.default, c.a, await viaNode()];',
      },
      [
        pack(
          "pack",
          {
            "index.mjs": "export default async () => (await import('./c.cjs')).default.default;",
            "c.cjs":
              "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 1; exports.a = 2;",
          },
          { main: "index.mjs" },
        ),
      ],
    );
    expect(ns["default"]).toEqual([1, 2, 1]);
  });

  it("in Node's mode default is always module.exports", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("inner")} export default inner;` }, [
      pack(
        "pack",
        {
          "index.mjs": "import c from './c.cjs'; export default c;",
          "c.cjs": "exports.__esModule = true; exports.default = 1;",
        },
        { main: "index.mjs" },
      ),
    ]);
    expect(ns["default"]).toEqual({ __esModule: true, default: 1 });
  });

  it("lazy, conditional and circular requires; a module that throws is run again", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("x")} export default x;` }, [
      pack("pack", {
        "index.js":
          "var log = require('./log'); exports.early = 1; log.push(require('./b').seen); if (false) require('./never'); try { require('./throws'); } catch { try { require('./throws'); } catch (e) { log.push(e.message); } } module.exports = log;",
        "b.js": "exports.seen = require('./').early;",
        "never.js": "require('./log').push('never');",
        "throws.js":
          "globalThis.__count = (globalThis.__count || 0) + 1; throw new Error('try ' + globalThis.__count);",
        "log.js": "module.exports = [];",
      }),
    ]);
    expect(ns["default"]).toEqual([1, "try 2"]);
  });

  it("is sloppy where it was, has this, __filename, and JSON", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("x")} export default x;` }, [
      pack("pack", {
        "index.js":
          "undeclared = 5; module.exports = [this === exports, undeclared, (function () { return typeof this; })(), __filename, require('./package.json').name];",
      }),
    ]);
    expect(ns["default"]).toEqual([true, 5, "object", "https://app.test/~/pack@1.0.0/index.js", "pack"]);
  });

  it("NODE_ENV chooses the branch, and the other one is not loaded", async ({ expect }) => {
    const index = "module.exports = process.env.NODE_ENV === 'production' ? require('./prod') : require('./dev');";
    const files = { "/main.ts": `${main("x")} export default x;` };
    const prod = pack("pack", { "index.js": index, "prod.js": "module.exports = 'prod';" });
    const dev = pack("pack", { "index.js": index, "dev.js": "module.exports = process.env.NODE_ENV;" });
    expect((await run(files, [prod]))["default"]).toBe("prod");
    expect((await run(files, [dev], { mode: "development" }))["default"]).toBe("development");
  });

  it("requires an ES module: its namespace, with __esModule where it has a default", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("x")} export default x;` }, [
      pack("pack", {
        "index.js": "var e = require('./e.mjs'); module.exports = [e.default, e.named, e.__esModule];",
        "e.mjs": "export default 1; export const named = 2;",
      }),
    ]);
    expect(ns["default"]).toEqual([1, 2, true]);
  });

  it("what cannot be had fails at the call, with a code", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("x")} export default x;` }, [
      pack("pack", {
        "index.js": "try { require('node:nope'); } catch (error) { module.exports = [error.code, error.message]; }",
      }),
    ]);
    expect(ns["default"]).toEqual(["ERR_UNKNOWN_BUILTIN_MODULE", '"node:nope" is no module of Node']);
  });

  it("the browser field swaps packages and empties them", async ({ expect }) => {
    const ns = await run({ "/main.ts": `${main("x")} export default x;` }, [
      pack(
        "pack",
        { "index.js": "module.exports = [require('fs'), require('node-thing')];" },
        { browser: { fs: false, "node-thing": "web-thing" }, dependencies: { "web-thing": "1" } },
      ),
      pack("web-thing", { "index.js": "module.exports = 'web';" }),
    ]);
    expect(ns["default"]).toEqual([{}, "web"]);
  });

  it("a name that the project imports and CommonJS does not have is an error that names it", async ({ expect }) => {
    await expect(
      run({ "/main.ts": `${main("{ wrong }")} wrong;` }, [pack("pack", { "index.js": "exports.right = 1;" })]),
    ).rejects.toMatchObject({
      code: "ERR_EVALUATION_FAILED",
      cause: {
        code: "ERR_EXPORT_NOT_FOUND",
        message: expect.stringContaining('imports "wrong" from "pack@1.0.0/index.js"'),
      },
    });
  });
});

describe("WebAssembly", () => {
  it("is imported as a module: exports by name, imports from JavaScript", async ({ expect }) => {
    // (module (import "./env.js" "add" (func (param i32) (result i32))) (func (export "run") (param i32) (result i32) local.get 0 call 0))
    const bytes = [
      0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 2, 16, 1, 8, 46, 47, 101, 110, 118, 46, 106, 115, 3, 97,
      100, 100, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 1, 10, 8, 1, 6, 0, 32, 0, 16, 0, 11,
    ];
    const wasm: FakePackage = {
      manifest: { name: "pack", version: "1.0.0", main: "index.mjs" },
      files: {
        "index.mjs": "export { run } from './m.wasm';",
        "env.js": "export const add = (n) => n + 41;",
        "m.wasm": new Uint8Array(bytes),
      },
    };
    const ns = await run({ "/main.ts": 'import { run } from "pack"; export default run(1);' }, [wasm]);
    expect(ns["default"]).toBe(42);
  });
});

describe("errors at run time", () => {
  it("the stack names the file and the line that the visitor wrote", async ({ expect }) => {
    const failing = run({
      "/main.ts": "interface A {\n  x: number;\n}\nconst a: A | null = null;\nconsole.log((a as unknown as A).x);",
    });
    const error = await failing.then(
      () => undefined,
      (thrown: Error) => thrown.cause as Error,
    );
    expect(error?.stack).toMatch(/main\.ts:5:/);
  });
});

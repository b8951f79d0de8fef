import { describe, it } from "vitest";
import { exportNames } from "../../../src/artifact/export-names.ts";
import { RECORD_FLAGS, SYMBOL_FLAGS } from "../../../src/artifact/module-record.ts";
import type { LoaderError } from "../../../src/errors.ts";
import { recordOf } from "./record-of.ts";

function failure(source: string, path?: string): LoaderError {
  try {
    recordOf(source, path);
  } catch (error) {
    return error as LoaderError;
  }
  throw new Error("it compiled");
}

describe("imports", () => {
  it("of every form", ({ expect }) => {
    const { symbols, requests } = recordOf(
      "import a, { b as c, default as d, 'e f' as g } from 'x'; import * as h from 'y'; import 'z'; import i, * as j from 'x'",
    );
    expect(requests.map(({ kind, specifier }) => `${kind} ${specifier}`)).toEqual(["import x", "import y", "import z"]);
    expect(symbols).toEqual([
      { name: "a", kind: "import", flags: 0, request: 0, imported: "default" },
      { name: "c", kind: "import", flags: 0, request: 0, imported: "b" },
      { name: "d", kind: "import", flags: 0, request: 0, imported: "default" },
      { name: "g", kind: "import", flags: 0, request: 0, imported: "e f" },
      { name: "h", kind: "namespace", flags: 0, request: 1 },
      { name: "i", kind: "import", flags: 0, request: 0, imported: "default" },
      { name: "j", kind: "namespace", flags: 0, request: 0 },
    ]);
  });

  it("of phases and with attributes", ({ expect }) => {
    const { symbols, requests } = recordOf(
      "import source a from 'a'; import defer * as b from 'b'; import c from 'c' with { type: 'json' }; import source from 'd'; import('e', { with: { type: 'css' } }); import('f', g)",
    );
    expect(requests).toEqual([
      { specifier: "a", kind: "import", phase: "source", line: 1, column: 22 },
      { specifier: "b", kind: "import", phase: "defer", line: 1, column: 52 },
      { specifier: "c", kind: "import", type: "json", line: 1, column: 71 },
      { specifier: "d", kind: "import", line: 1, column: 117 },
      { specifier: "e", kind: "dynamic", type: "css", line: 1, column: 129 },
    ]);
    expect(symbols.map(({ name, kind, imported }) => [name, kind, imported])).toEqual([
      ["a", "import", "*source*"],
      ["b", "import", "*"],
      ["c", "import", "default"],
      ["source", "import", "default"],
    ]);
  });
});

describe("exports", () => {
  it("of every form", ({ expect }) => {
    const { exports, reexports, stars, symbols, requests } = recordOf(
      `
      import { q as r } from "m"; import * as ns from "m"; import source s from "w";
      export const { a, b: [c], ...d } = {}, e = 1; export function f() {} export class G {}
      const local = 1; export { local as h, r as i, local as 'j k', ns, s }; export default local;
      export { j as k, default as 'l m' } from "n"; export * from "o"; export * as p from "p";`,
    );
    expect(exports.map(({ name, symbol }) => `${name}: ${symbols[symbol]?.name}`)).toEqual([
      "a: a",
      "c: c",
      "d: d",
      "e: e",
      "f: f",
      "G: G",
      "h: local",
      "j k: local",
      "default: main_default",
    ]);
    expect(reexports.map(({ name, request, imported }) => [name, requests[request]?.specifier, imported])).toEqual([
      ["k", "n", "j"],
      ["l m", "n", "default"],
      ["p", "p", "*"],
      ["i", "m", "q"],
      ["ns", "m", "*"],
      ["s", "w", "*source*"],
    ]);
    expect(stars.map((star) => requests[star]?.specifier)).toEqual(["o"]);
  });

  it("that name nothing, or twice the same, do not parse", ({ expect }) => {
    expect(failure("export { a }").message).toMatch(/^src\/main\.mjs:1:\d+ does not parse: .*'a'/);
    expect(failure("const a = 1; export { a }; export { a }").code).toBe("ERR_SOURCE_PARSE");
    expect(failure("let a; let a").details).toMatchObject({ line: 1, file: "src/main.mjs" });
  });
});

describe("requests", () => {
  it("in source order, each different one once, with line and column", ({ expect }) => {
    const { requests } = recordOf(
      "import('./b');\nimport a from './a';\n  a(import('./b'), import('./a'));\nexport * from './a'",
    );
    expect(requests).toEqual([
      { specifier: "./b", kind: "dynamic", line: 1, column: 8 },
      { specifier: "./a", kind: "import", line: 2, column: 15 },
      { specifier: "./a", kind: "dynamic", line: 3, column: 27 },
    ]);
  });

  it("symbols, stars and relocations follow that order", ({ expect }) => {
    const record = recordOf("import('./z'); import a from './a'; export * from './b'; import('./y')");
    expect(record.symbols[0]?.request).toBe(1);
    expect(record.stars).toEqual([2]);
    expect([record.relocations[3], record.relocations[8]]).toEqual([0, 3]);
  });

  it("files beside a module: assets and workers", ({ expect }) => {
    const { requests } = recordOf(`
      new URL("./a.png", import.meta.url); new URL(\`b.png\`, import.meta.url).href; new URL("c", base); new URL(d, import.meta.url);
      new Worker(new URL("./w.js", import.meta.url), { type: "module" }); new SharedWorker(new URL("./s.js", import.meta.url));
      (URL) => new URL("./e.png", import.meta.url);`);
    expect(requests.map(({ kind, specifier }) => `${kind} ${specifier}`)).toEqual([
      "asset ./a.png",
      "asset b.png",
      "worker ./w.js",
      "worker ./s.js",
    ]);
  });
});

describe("symbols", () => {
  it("know how they are declared and whether they are assigned again", ({ expect }) => {
    const { symbols } = recordOf(`
      var a = 1, b; let c = 1, d = 1; const e = 1; class F {} function g() {} function h() { b = 1; g = 1 }
      d++; for (var i of []) ; var j = 1; var j; var k; [k] = []; using l = null; ({ ...c } = {});`);
    expect(
      symbols.map(({ name, kind, flags }) => `${kind} ${name}${flags === SYMBOL_FLAGS.assigned ? "!" : ""}`),
    ).toEqual([
      "var a",
      "var b!",
      "let c!",
      "let d!",
      "const e",
      "class F",
      "function g!",
      "function h",
      "var i!",
      "var j!",
      "var k!",
      "const l",
    ]);
  });
});

describe("formats", () => {
  it.for([
    ["import x from 'y'", "a.js", undefined, "esm"],
    ["await import('x')", "a.js", undefined, "esm"],
    ["await x", "a.js", undefined, "esm"],
    ["async () => await import('x')", "a.js", undefined, "commonjs"],
    ["import.meta.url", "a.js", undefined, "esm"],
    ["exports.a = 1", "a.js", undefined, "commonjs"],
    ["x = 1", "a.js", "module", "esm"],
    ["x = 1", "a.cjs", "module", "commonjs"],
    ["const x: number = 1; export { x }", "a.ts", undefined, "esm"],
    ["const x = <a />; export { x }", "a.jsx", undefined, "esm"],
    ["{}", "a.json", undefined, "json"],
    ["a {}", "a.css", undefined, "css"],
  ] as const)("%s in %s (type %s) is %s", ([source, path, type, format], { expect }) => {
    expect(recordOf(source, path, type).format).toBe(format);
  });

  it("text stays as it is", ({ expect }) => {
    expect(recordOf("a {}\n\n/* b */", "a.css")).toMatchObject({ code: "a {}\n\n/* b */", lines: [1, 2, 3] });
    const json = recordOf('{ "b": 1,\n"a": 2 }', "a.json");
    expect(json).toMatchObject({ code: '{ "b": 1,\n"a": 2 }', names: [] });
    expect(exportNames(json)).toEqual(["a", "b", "default"]);
    expect(failure("{", "a.json").message).toMatch(/^a\.json:1:\d+ is not JSON/);
    expect(failure("", "a.png").code).toBe("ERR_UNKNOWN_MODULE_FORMAT");
  });

  it("a regular expression that only some engines know compiles in all of them", ({ expect }) => {
    expect(recordOf("export const a = /(?new:syntax)/").code).toBe("const a = /(?new:syntax)/;\n");
  });

  it("private names in a function that begins with a string", ({ expect }) => {
    const source = "export class A { m() { 'a' === this.#b && this.#b } #b }";
    expect(recordOf(source).code).toBe("class A { m() { 'a' === this.#b && this.#b } #b }\n");
    expect(failure("class A { m() { this.#b } }").code).toBe("ERR_SOURCE_PARSE");
  });

  it("exported names that are bound behind computed keys", ({ expect }) => {
    const source = "export { a, b }; const { [1]: a = 0 } = {}; import { b } from 'b'";
    expect(recordOf(source).exports.map(({ name }) => name)).toEqual(["a"]);
    expect(failure("export { a, c }; const { [1]: a = 0 } = {}").message).toContain("Exported binding");
  });

  it("the same source gives the same record", ({ expect }) => {
    const source = "import a from 'a'; export const b = a.c(`\n`); export default () => b";
    expect(recordOf(source)).toEqual(recordOf(source));
  });

  it("what is nested thousands of levels deep", ({ expect }) => {
    for (const source of [`x = ${"a+".repeat(20_000)}a`, `x = ${"a||".repeat(20_000)}a`]) {
      expect(recordOf(source, "a.cjs").format).toBe("commonjs");
      expect(recordOf(source).globals).toEqual(["x", "a"]);
    }
  });
});

describe("flags", () => {
  it("of a module without peculiarities are none", ({ expect }) => {
    expect(recordOf("export const a = 1").flags).toBe(0);
    expect(recordOf("import('a')").flags & RECORD_FLAGS.computedImport).toBe(0);
  });
});

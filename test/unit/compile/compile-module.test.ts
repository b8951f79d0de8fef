import { describe, it } from "vitest";
import { compileModule } from "../../../src/compile/compile-module.ts";
import type { LoaderError } from "../../../src/errors.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const compile = (source: string, path = "/main.js", type?: string) =>
  compileModule({ path, bytes: encode(source), type, shownAs: path });
const analyse = (source: string, path?: string, type?: string) => compile(source, path, type).analysis;

function failure(source: string, path?: string): LoaderError {
  try {
    compile(source, path);
  } catch (error) {
    return error as LoaderError;
  }
  throw new Error("it compiled");
}

describe("formats", () => {
  it.for([
    ["import x from 'y'", "/a.js", undefined, "esm"],
    ["export {}", "/a.js", "commonjs", "esm"],
    ["import.meta.url", "/a.js", undefined, "esm"],
    ["'import.meta'; exports.a = 1", "/a.js", undefined, "commonjs"],
    ["exports.a = 1", "/a.js", undefined, "commonjs"],
    ["x = 1", "/a.js", "module", "esm"],
    ["x = 1", "/a.mjs", undefined, "esm"],
    ["x = 1", "/a.cjs", "module", "commonjs"],
    ["import('x')", "/a.js", undefined, "commonjs"],
    ["return 1", "/a.js", undefined, "commonjs"],
    ["with (a) { var export_ }", "/a.js", undefined, "commonjs"],
    ["{}", "/a.json", undefined, "json"],
    ["a {}", "/a.css", undefined, "css"],
  ] as const)("%s in %s (type %s) is %s", ([source, path, type, format], { expect }) => {
    expect(analyse(source, path, type).format).toBe(format);
  });

  it("a byte-order mark and a hashbang are no part of the program", ({ expect }) => {
    expect(compile("\uFEFFimport a from 'b'").analysis.requests).toMatchObject([
      { specifier: "b", start: 14, end: 17 },
    ]);
    expect(compile("#!/usr/bin/env node\nexports.a = 1").code).toBe("///usr/bin/env node\nexports.a = 1");
  });
});

describe("what an ES module asks for and gives", () => {
  it("imports with names and positions", ({ expect }) => {
    const source = `import d, { a as b, "str x" as c } from "x"; import * as n from 'y'; import "z";`;
    const { requests } = analyse(source);
    expect(requests.map(({ specifier, kind, names }) => [specifier, kind, names])).toEqual([
      ["x", "import", ["default", "a", "str x"]],
      ["y", "import", ["*"]],
      ["z", "import", []],
    ]);
    for (const { specifier, start, end } of requests) expect(source.slice(start + 1, end - 1)).toBe(specifier);
  });

  it("where a namespace is bound", ({ expect }) => {
    const source = `import d, *as a from "x"; export /* * */ * as "b c" from "y"; export * from "z";`;
    const ranges = analyse(source).requests.map(({ namespace }) => namespace && source.slice(...namespace));
    expect(ranges).toEqual(["*as a", '* as "b c"', undefined]);
  });

  it("exports of every form", ({ expect }) => {
    const { exports, reexports, requests } = analyse(`
      import { q } from "m";
      export const { a, b: [c], ...d } = {}, e = 1; export function f() {} export class G {}
      const local = 1; export { local as h, q as i }; export default 1;
      export { j as k } from "n"; export * from "o"; export * as p from "r";`);
    expect(exports).toEqual(["G", "a", "c", "d", "default", "e", "f", "h"]);
    expect(reexports).toEqual({ i: [0, "q"], k: [1, "j"], p: [3, "*"] });
    expect(requests.map((request) => request.kind)).toEqual(["import", "import", "export-all", "import"]);
  });

  it("import() with and without a known specifier, import.meta, and import.meta.resolve", ({ expect }) => {
    const source =
      "export {}; import('a'); import(`b`); import(x + 'c'); import.meta.url; import.meta.resolve('./d.wasm')";
    const { requests, edits } = analyse(source);
    expect(requests.map(({ kind, specifier }) => [kind, specifier])).toEqual([
      ["dynamic", "a"],
      ["dynamic", "b"],
      ["resolve", "./d.wasm"],
    ]);
    expect(edits.map((edit) => edit.kind)).toEqual(["import-call", "import-call", "import-call", "import-meta"]);
  });

  it("import attributes", ({ expect }) => {
    const source = `import a from "./a.txt" with { type: "text" }; a`;
    const [request] = analyse(source).requests;
    expect(request?.type).toBe("text");
    expect(source.slice(...(request?.attributes ?? [0, 0]))).toBe(` with { type: "text" }`);
  });

  it("process and global are needed where they are free, and not for NODE_ENV alone", ({ expect }) => {
    expect(analyse("export default process.platform").needs).toEqual(["process"]);
    expect(analyse("import process from 'p'; export default process.x").needs).toEqual([]);
    expect(analyse("export default process.env.NODE_ENV + { process: 1 }.process").needs).toEqual([]);
  });
});

describe("what a CommonJS module asks for and gives", () => {
  it.for([
    ["exports.a = 1; module.exports.b = 2; exports['c'] = 3", ["a", "b", "c"]],
    [
      "Object.defineProperty(exports, 'd', { get() {} }); Object.defineProperty(module.exports, '__esModule', { value: true })",
      ["__esModule", "d"],
    ],
    ["module.exports = { e, f: 1, 'g': 2, h() {} }", ["e", "f", "g", "h"]],
    ["0 && (module.exports = { i, j })", ["i", "j"]],
    ["exports = module.exports = { k: 1 }", ["k"]],
    ["__export(exports, { l: () => l })", ["l"]],
  ] as const)("names: %s", ([source, names], { expect }) => {
    expect(analyse(source).exports).toEqual(names);
  });

  it.for([
    ["module.exports = require('a')", ["a"]],
    ["__exportStar(require('b'), exports); tslib.__exportStar(require('c'), exports)", ["b", "c"]],
    ["var _d = require('d'); Object.keys(_d).forEach(function (key) { exports[key] = _d[key]; })", ["d"]],
    ["var _e = _interop(require('e')); Object.keys(_e).forEach((k) => {})", ["e"]],
    ["module.exports = { ...require('f') }", ["f"]],
  ] as const)("names taken over: %s", ([source, forwards], { expect }) => {
    expect(analyse(source).forwards).toEqual(forwards);
  });

  it("requires in branches for another NODE_ENV are marked", ({ expect }) => {
    const { requests } = analyse(`
      if (process.env.NODE_ENV === "production") { module.exports = require("./p.js"); } else { module.exports = require("./d.js"); }
      if ("production" !== process.env.NODE_ENV && x) require("./e.js"); else require("./always.js");
      process.env.NODE_ENV !== "production" && require("./f.js");`);
    expect(requests.map(({ specifier, guard }) => [specifier, guard])).toEqual([
      ["./p.js", { value: "production", equals: true }],
      ["./d.js", { value: "production", equals: false }],
      ["./e.js", { value: "production", equals: false }],
      ["./always.js", undefined],
      ["./f.js", { value: "production", equals: false }],
    ]);
  });

  it("the require of a bundle inside the file is not the loader's", ({ expect }) => {
    expect(
      analyse("(function (require, module) { require('./inner') })(); require('outer')").requests.map(
        (r) => r.specifier,
      ),
    ).toEqual(["outer"]);
  });
});

describe("R20: TypeScript and JSX", () => {
  it("types go, every line stays", ({ expect }) => {
    const { code } = compile(
      "interface A {\n  x: number;\n}\nenum E { One }\nexport const a: A = { x: E.One };\nthrow new Error(`six`);",
      "/a.ts",
    );
    expect(code.split("\n")[5]).toBe("throw new Error(`six`);");
    expect(code).not.toContain("interface");
  });

  it("imports that only types use are not loaded", ({ expect }) => {
    expect(
      analyse(
        "import { T } from 'types'; import { v } from 'values'; const x: T = v; export default x",
        "/a.ts",
      ).requests.map((r) => r.specifier),
    ).toEqual(["values"]);
  });

  it("JSX uses react's automatic runtime, another package's, or a pragma", ({ expect }) => {
    const specifiers = (source: string) => analyse(source, "/a.tsx").requests.map((request) => request.specifier);
    expect(specifiers("export default <b/>")).toEqual(["react/jsx-runtime"]);
    expect(specifiers("/** @jsxImportSource preact */ export default <b/>")).toEqual(["preact/jsx-runtime"]);
    expect(compile("/* @jsx h */ import { h } from 'preact'; export default <b/>", "/a.jsx").code).toContain("h('b'");
  });
});

describe("errors", () => {
  it.for([
    ["const a = 1;\nconst b = ;\n", "/main.js", 2, 11, "2 | const b = ;"],
    ["export const a: number = 1;\nlet b: = 2;", "/main.ts", 2, 8, "2 | let b: = 2;"],
    ["export default (\n  <b>{1 +}</b>\n)", "/main.tsx", 2, 9, "2 |   <b>{1 +}</b>"],
    ['{\n  "a": 1,\n  b\n}', "/data.json", 3, 3, "3 |   b"],
  ] as const)("%s: file, line, column and the line itself", ([source, path, line, column, frame], { expect }) => {
    const error = failure(source, path);
    expect(error.code).toBe("ERR_SOURCE_PARSE");
    expect(error.details).toMatchObject({ file: path, line, column });
    expect(error.details.frame?.split("\n")[0]).toBe(frame);
    expect(error.details.frame?.split("\n")[1]?.indexOf("^")).toBe(4 + column - 1);
  });

  it("a file that is no module is refused, with a way out", ({ expect }) => {
    expect(failure("", "/picture.png")).toMatchObject({
      code: "ERR_UNKNOWN_MODULE_FORMAT",
      hint: expect.stringContaining("import.meta.resolve"),
    });
  });
});

import { describe, it } from "vitest";
import { RECORD_FLAGS } from "../../../src/artifact/module-record.ts";
import { compileRecord } from "../../../src/compile/compile-record.ts";
import { marked, recordOf, relocationsOf } from "./record-of.ts";

const commonjs = (source: string) => recordOf(source, "a.cjs");
const requestsOf = (source: string) => commonjs(source).requests.map(({ kind, specifier }) => `${kind} ${specifier}`);

describe("a CommonJS module", () => {
  it("is the body of a function, without comments", ({ expect }) => {
    const record = commonjs(
      "/* a */ 'use strict';\n// b\nvar c = 1, d\n\nexports.e = function () { /* f */ return c }\nreturn",
    );
    expect(record.code).toBe("'use strict';\nvar c = 1, d\nexports.e = function () { return c }\nreturn");
    expect(record).toMatchObject({ parts: [], symbols: [], nested: [], flags: RECORD_FLAGS.strict });
  });

  it("keeps what only sloppy code may have", ({ expect }) => {
    expect(commonjs("with (a) b = 010\n<!-- c\ndelete d").code).toBe("with (a) b = 010\ndelete d");
  });

  it("asks with require, require.resolve and import()", ({ expect }) => {
    expect(
      requestsOf("require('a'); require(`b`); require(c); require.resolve('d'); import('e'); a.require('f')"),
    ).toEqual(["require a", "require b", "resolve d", "dynamic e"]);
  });

  it("T25: not with a require of its own", ({ expect }) => {
    expect(requestsOf("(function (require) { require('a') })()")).toEqual([]);
    expect(requestsOf("{ const require = b; require('a') } require('c')")).toEqual(["require c"]);
    expect(requestsOf("function f() { require('a'); var require }")).toEqual([]);
    expect(requestsOf("function f() { if (a) { function require() {} } require('a') }")).toEqual([]);
  });

  it("but with one that it was given: its own, as UMD wrappers pass it on", ({ expect }) => {
    const body = "function (require, exports) { require('a'); exports.b = require('b') }";
    expect(
      requestsOf(`(function (factory) { if (typeof module === 'object') factory(require, exports); })(${body})`),
    ).toEqual(["require a", "require b"]);
    expect(requestsOf(`(function (define) { define(${body}) })(function (f) { f(require, exports) })`)).toEqual([
      "require a",
      "require b",
    ]);
  });

  it("places to rewrite", ({ expect }) => {
    const record = commonjs("require('a'); require.resolve('b'); import('c'); process.env.NODE_ENV; this; x.y = 1");
    expect(relocationsOf(record)).toEqual([
      "resolve require.resolve('b')",
      "dynamicImport import",
      "nodeEnv process.env.NODE_ENV",
    ]);
    expect(marked(record, "resolve", "dynamicImport", "nodeEnv")).toBe(
      "require('a'); ⟨require.resolve('b')⟩; ⟨import⟩('c'); ⟨process.env.NODE_ENV⟩; this; x.y = 1",
    );
  });

  it("says which names of Node it uses", ({ expect }) => {
    expect(commonjs("process.nextTick(setImmediate); Buffer; global; window; require('process')").globals).toEqual([
      "process",
      "setImmediate",
      "Buffer",
      "global",
    ]);
    expect(
      commonjs("var process = require('process'); process; (Buffer) => Buffer; a.global; ({ global: 1 })").globals,
    ).toEqual([]);
  });

  it("tells its export names, and whose it takes over", ({ expect }) => {
    const record = commonjs(
      "Object.defineProperty(exports, '__esModule', { value: true }); require('z'); exports.b = 1; exports.a = 2; __exportStar(require('y'), exports)",
    );
    expect(record.names).toEqual(["__esModule", "a", "b"]);
    expect(record.flags & RECORD_FLAGS.esModule).not.toBe(0);
    expect(record.forwards.map((index) => record.requests[index]?.specifier)).toEqual(["y"]);
  });

  it("takes over from each of several builds", ({ expect }) => {
    const record = commonjs(
      "if (process.env.NODE_ENV === 'production') module.exports = require('./p.js'); else module.exports = require('./d.js')",
    );
    expect(record.forwards).toEqual([0, 1]);
    expect(marked(record, "branch")).toContain(
      "⟨module.exports = require('./p.js');⟩ else ⟨module.exports = require('./d.js')⟩",
    );
  });
});

describe("a file that is too big to analyse", () => {
  const whole = (source: string, path = "a.js", type?: string) =>
    compileRecord({ path, bytes: new TextEncoder().encode(source), type, shownAs: path }, {}, 4);

  it("keeps its source and says so", ({ expect }) => {
    const source = "// a\n'use strict'; exports.b = 1 /* c */";
    expect(whole(source)).toMatchObject({
      format: "commonjs",
      flags: RECORD_FLAGS.whole | RECORD_FLAGS.strict,
      code: source,
      lines: [1, 2],
      relocations: [],
    });
    expect(whole("a")).toMatchObject({ flags: 0 });
  });

  it("is searched for what it requires", ({ expect }) => {
    const source = `
      require("a"); require ( 'b' ); require.resolve("c"); import("d"); x.require("no"); require(e); require("f" + g);
      // require("no")
      /* require("no") */ 'require("no")'; "\\"require('no')"; \`require("no") \${require("h")} require("no")\`;
      if (x) /require("no")/.test(y); a = b / require("i") / c; z = a++ / require("j") / 2; [...require("k")];
      return /[/"]require("no")/; w.global; process`;
    const { requests, globals } = whole(source);
    expect(requests.map(({ kind, specifier }) => `${kind} ${specifier}`)).toEqual([
      "require a",
      "require b",
      "resolve c",
      "dynamic d",
      "require f",
      "require h",
      "require i",
      "require j",
      "require k",
    ]);
    expect(requests[0]).toMatchObject({ line: 2, column: 15 });
    expect(globals).toEqual(["process"]);
  });

  it.for([
    ["import a from 'a';", "esm"],
    ["export const a = 1", "esm"],
    ["import.meta.url", "esm"],
    ["import('a')", "commonjs"],
    ["x.import; 'export const a'", "commonjs"],
    ["({ export: 1, import: 2 })", "commonjs"],
    ["Object.defineProperty(exports, '__esModule', {})", "commonjs"],
  ] as const)("%s is %s", ([source, format], { expect }) => {
    expect(whole(source).format).toBe(format);
  });

  it("of a known format", ({ expect }) => {
    expect(whole("aaaaa", "a.mjs").format).toBe("esm");
    expect(whole("aaaaa", "a.js", "module").format).toBe("esm");
    expect(whole("aaaaa", "a.cjs").format).toBe("commonjs");
    expect(whole("const a: b = 1; export { a }", "a.ts")).toMatchObject({
      format: "esm",
      code: "const a = 1;             ",
    });
  });
});

import { describe, it } from "vitest";
import { recordOf } from "./record-of.ts";

const codeOf = (source: string, path?: string) => recordOf(source, path).code;

describe("cleaned code of an ES module", () => {
  it("has no imports, no export syntax and no comments", ({ expect }) => {
    const source = `
      // a comment
      import a, { b as c } from "x"; import "y";
      /** documented */
      export function f() { return a; /* here */ }
      export class G {} ;
      export const h = 1;
      export { c as d, f as g };
      export * from "z"; export * as n from "z";`;
    expect(codeOf(source)).toBe("function f() { return a; }\nclass G {}\nconst h = 1;\n");
  });

  it("keeps indentation, and drops empty lines and spaces at the ends of lines", ({ expect }) => {
    const source = "export function f() {  \r\n\r\n    // gone\r\n    a();\t\n\n\n    /* gone\n too */ b();\n}";
    expect(codeOf(source)).toBe("function f() {\n    a();\n b();\n}\n");
  });

  it("leaves templates, strings and regular expressions as they are", ({ expect }) => {
    const source = "export const t = `a  \n\n  // no comment ${b /* gone */}\n  /* none */\n`, s = '/*', r = /[/*]/;";
    expect(codeOf(source)).toBe(
      "const t = `a  \n\n  // no comment ${b }\n  /* none */\n`;\nconst s = '/*';\nconst r = /[/*]/;\n",
    );
  });

  it("keeps a continued string", ({ expect }) => {
    expect(codeOf("export const s = 'a \\\n   b'")).toBe("const s = 'a \\\n   b';\n");
  });

  it.for([
    ["export const a = 1, b = 2, { c } = d", ["const a = 1;", "const b = 2;", "const { c } = d;"]],
    ["var a /* 1 */ = 1 // 2\n  , b", ["var a = 1;", "var b;"]],
    ["for (var a = 1, b = 2; ;) break", ["for (var a = 1, b = 2; ;) break;"]],
    ["using a = b, c = d", ["using a = b, c = d;"]],
  ] as const)("one declaration for each variable: %s", ([source, lines], { expect }) => {
    expect(codeOf(source).split("\n").slice(0, -1)).toEqual(lines);
  });

  it("a file with a hashbang and a byte-order mark", ({ expect }) => {
    expect(codeOf("#!/usr/bin/env node\nfoo()")).toBe("foo();\n");
    expect(codeOf("\uFEFFfoo()")).toBe("foo();\n");
  });

  it("a name written with escapes is written plainly where it can be renamed", ({ expect }) => {
    expect(codeOf("export let \\u0061bc = 1; abc++")).toBe("let abc = 1;\nabc++;\n");
  });
});

describe("T11: statements do not grow together at new seams", () => {
  it.for([
    ["var f = function () {}\n;(function () {})()", ["var f = function () {}", ";", "(function () {})();"]],
    ["if (a) b\nelse c\nexport { d }\n[1].map(e); var d", ["if (a) b", "else c;", "[1].map(e);", "var d;"]],
    ["for (;;) while (a) x: b\nexport {}\n`c`", ["for (;;) while (a) x: b;", "`c`;"]],
    ["do a(); while (b)\nc()", ["do a(); while (b);", "c();"]],
    ["if (a) { b }\nc", ["if (a) { b }", "c;"]],
    ["throw a", ["throw a;"]],
  ] as const)("%s", ([source, lines], { expect }) => {
    expect(codeOf(source).split("\n").slice(0, -1)).toEqual(lines);
  });

  it("nor inside of a block, where an import may become `(0, x.y)`", ({ expect }) => {
    const source = "import { a } from 'x'; export function f() {\n  const b = c\n  a()\n  a()\n}";
    expect(codeOf(source)).toBe("function f() {\n  const b = c;\n  a();\n  a()\n}\n");
  });
});

describe("T12: what a comment leaves", () => {
  it.for([
    ["export const f = () => { return /*\n*/ 1 }", "const f = () => { return;\n 1 };\n"],
    ["export const x = a/**/in b", "const x = a in b;\n"],
    ["export const x = 1/**/+/**/+1", "const x = 1 + +1;\n"],
    ["export const x = a /* 1 */ + b", "const x = a + b;\n"],
    ["export const x = a // 1\n\n  + b", "const x = a\n  + b;\n"],
    ["export const x = a//1\r+ b", "const x = a\n+ b;\n"],
    ["export const x = a /*\u2028*/ + b", "const x = a\n + b;\n"],
  ] as const)("%j", ([source, code], { expect }) => {
    expect(codeOf(source)).toBe(code);
  });
});

describe("what `export default` becomes", () => {
  it.for([
    ["export default 1 + 2", "const main_default = 1 + 2;\n"],
    ["export default /* c */ (a, b) /* d */ ;", "const main_default = (a, b);\n"],
    ["export default (function () {})", "const main_default = (function () {});\n"],
    ["export default function () { return 1 }", "function main_default() { return 1 }\n"],
    ["export default async function* (a) {}", "async function* main_default(a) {}\n"],
    ["export default function /* c */ (a) {}", "function main_default(a) {}\n"],
    ["export default function f() {}", "function f() {}\n"],
    ["export default class {}", "const main_default = class {};\n"],
    ["export default class A {}", "class A {}\n"],
    ["@dec export default class A {}", "@dec class A {}\n"],
    ["@dec export class A {}", "@dec class A {}\n"],
  ] as const)("%s", ([source, code], { expect }) => {
    expect(codeOf(source)).toBe(code);
  });

  it.for([
    ["lib/debounce.js", "debounce_default"],
    ["lib/some-thing.min.js", "some_thing_min_default"],
    ["lib/index.js", "lib_default"],
    ["404.mjs", "_404_default"],
    ["ünïcode.mjs", "n_code_default"],
    ["–.mjs", "_default"],
  ] as const)("in %s its name is %s", ([path, name], { expect }) => {
    expect(codeOf("export default 1", path)).toBe(`const ${name} = 1;\n`);
  });

  it("the name is new to the module, inner scopes and free names included", ({ expect }) => {
    const source = "export default 1; function f(a_default) { return a_default2 }";
    expect(codeOf(source, "a.mjs")).toBe("const a_default3 = 1;\nfunction f(a_default) { return a_default2 }\n");
  });
});

describe("lines", () => {
  it("each line of code has its line in the source", ({ expect }) => {
    const source =
      "import a from 'x'\n\n// c\nexport const b = 1,\n  c = `\n\n`\n/*\n*/ export default function () {\n\n  d()\n}";
    const { code, lines } = recordOf(source);
    expect(code).toBe("const b = 1;\nconst c = `\n\n`;\nfunction main_default() {\n  d()\n}\n");
    expect(lines).toEqual([4, 5, 6, 7, 9, 11, 12]);
  });

  it("of CommonJS too", ({ expect }) => {
    const { code, lines } = recordOf("/* a\n*/\n'use strict'\n\nexports.a = 1 // b\n;exports.b = 2\n", "a.cjs");
    expect(code).toBe("'use strict'\nexports.a = 1\n;exports.b = 2");
    expect(lines).toEqual([3, 5, 6]);
  });
});

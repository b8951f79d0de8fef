import { describe, it } from "vitest";
import { SYMBOL_FLAGS } from "../../../src/artifact/module-record.ts";
import { partsOf, purityOf, recordOf } from "./record-of.ts";

describe("parts", () => {
  it("are the statements, with what each declares", ({ expect }) => {
    const record = recordOf(
      "import a from 'a'; export const b = 1, c = b; function d() {} a(); if (e) { var f = 1 } ;",
    );
    expect(partsOf(record)).toEqual([
      "pure: const b = 1;",
      "pure: const c = b;",
      "pure: function d() {}",
      "ifFunction[a]: a();",
      "impure: if (e) { var f = 1 }",
    ]);
    expect([...record.declares].map((symbol) => record.symbols[symbol]?.name)).toEqual(["b", "c", "d", "f"]);
    expect(record.parts.filter((_, index) => index % 5 === 3)).toEqual([1, 2, 3, 3, 4]);
  });

  it("each knows its relocations", ({ expect }) => {
    const record = recordOf("let a; a = a; b; a");
    expect(record.parts.filter((_, index) => index % 5 === 4)).toEqual([1, 3, 3, 4]);
  });
});

describe("what evaluating a statement does", () => {
  it.for([
    ["1; 'a'; /a/; 1n; null", "pure"],
    ["export const a = () => b()", "pure"],
    ["export const a = function () { b() }", "pure"],
    ["export const a = { b: 1, 'c': [2, , 3], d() { e() }, get f() { return 1 } }", "pure"],
    ["export const a = { [b]: 1 }", "impure"],
    ["export const a = { ['b']: 1, [Symbol.iterator]: 2 }", "pure"],
    ["export const a = { ...b }", "impure"],
    ["export const a = [...b]", "impure"],
    ["export const a = [...[1, 2]]", "pure"],
    ["export const a = b()", "impure"],
    ["export const a = new B()", "impure"],
    ["export const a = b.c", "impure"],
    ["export const a = b", "impure"],
    ["export const { a } = {}", "impure"],
    ["export const [a, , b] = [1, 2, 3]", "pure"],
    ["export const [a = b()] = []", "impure"],
    ["export const [a] = b", "impure"],
    ["try { 1 } catch { a() } finally { 2 }", "pure"],
    ["try { a() } catch {}", "impure"],
    ["export const a = `${1}${'b'}`", "pure"],
    ["export const a = `${{}}`", "impure"],
    ["export const a = this", "pure"],
    ["export const a = import.meta.url", "pure"],
    ["export const a = typeof b === 'undefined' ? 1 : 2", "pure"],
    ["export const a = await 1", "impure"],
    ["let a; a = 1", "impure"],
    ["let a; a++", "impure"],
    ["let a = {}; delete a.b", "impure"],
    ["throw 1", "impure"],
    ["debugger", "impure"],
    ["for (;;) break", "impure"],
    ["{ 1; var a = 2 }", "pure"],
    ["if (1) 2; else { 3 }", "pure"],
    ["const a = 1; { let a = b; a }", "impure"],
    ["using a = null", "impure"],
  ] as const)("%s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });

  it.for([
    ["1 + 2 * 3", "pure"],
    ["'a' + 1", "pure"],
    ["-1", "pure"],
    ["-{}", "impure"],
    ["1n + 1", "impure"],
    ["+1n", "impure"],
    ["!{}", "pure"],
    ["void 0", "pure"],
    ["1 < 2", "pure"],
    ["({}) < 1", "impure"],
    ["({}) == null", "pure"],
    ["({}) == 1", "impure"],
    ["({}) === 1", "pure"],
    ["1 in {}", "impure"],
    ["({}) instanceof Object", "impure"],
    ["(1, 2)", "pure"],
    ["1 ? 2 : a()", "impure"],
    ["1 && a()", "impure"],
    ["null ?? 1", "pure"],
  ] as const)("operators: %s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });

  it.for([
    ["Math.PI * 2 + Math.sqrt(2)", "pure"],
    ["Math.max(a)", "impure"],
    ["Object.prototype.hasOwnProperty", "pure"],
    ["Array.prototype.slice", "pure"],
    ["Array.prototype.other", "impure"],
    ["Symbol.iterator", "pure"],
    ["undefined", "pure"],
    ["Map", "pure"],
    ["HTMLElement", "pure"],
    ["notThere", "impure"],
    ["new Map()", "pure"],
    ["new Map([[1, 2], [3, 4]])", "pure"],
    ["new Map([a])", "impure"],
    ["new Map(a)", "impure"],
    ["new Set([1, 2])", "pure"],
    ["new Set(null)", "pure"],
    ["new WeakMap()", "pure"],
    ["new WeakMap([[{}, 1]])", "impure"],
    ["new WeakSet([{}])", "impure"],
    ["new Date()", "pure"],
    ["new Date({})", "impure"],
    ["Symbol()", "pure"],
    ["Symbol('a')", "pure"],
    ["Symbol({})", "impure"],
    ["Symbol.for('a')", "pure"],
    ["Object.freeze({ a: 1 })", "pure"],
    ["Object.freeze({ a: b() })", "impure"],
    ["Object.freeze(a)", "impure"],
    ["Object.create(null)", "pure"],
    ["Object.create({})", "impure"],
    ["String(1)", "pure"],
    ["Boolean({})", "pure"],
    ["Number(1n)", "impure"],
  ] as const)("globals: %s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });

  it("a global that the module declares is none", ({ expect }) => {
    expect(purityOf("import { Map } from 'x'; new Map()")).toBe("impure");
    expect(purityOf("let Symbol; Symbol('a')")).toBe("impure");
  });

  it("a global that typeof proves to be there", ({ expect }) => {
    expect(purityOf("typeof foo !== 'undefined' && foo")).toBe("pure");
    expect(purityOf("typeof foo === 'object' ? foo : null")).toBe("pure");
    expect(purityOf("typeof foo === 'undefined' ? null : foo")).toBe("pure");
    expect(purityOf("typeof foo === 'undefined' || foo")).toBe("pure");
    expect(purityOf("typeof foo === 'undefined' && foo")).toBe("impure");
    expect(purityOf("typeof foo !== 'undefined' && bar")).toBe("impure");
  });

  it.for([
    ["class A { a = b(); m() { c() } #d = 1; static e = 1; get f() { return 1 } }", "pure"],
    ["class A { static a = b() }", "impure"],
    ["class A { static { b() } }", "impure"],
    ["class A { static {} }", "pure"],
    ["class A { [b]() {} }", "impure"],
    ["class A { ['b']() {} static [Symbol.hasInstance]() {} }", "pure"],
    ["class A extends b {}", "impure"],
    ["class A extends Error {}", "pure"],
    ["class A {} class B extends A {}", "pure"],
    ["import A from 'a'; class B extends A {}", "unlessCyclic"],
    ["import { a } from 'a'; class B extends a() {}", "ifFunction[a]"],
    ["@dec class A {}", "impure"],
    ["export default class { static a = b() }", "impure"],
  ] as const)("classes: %s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });
});

describe("T9: reading a binding before it has its value is no nothing", () => {
  it.for([
    ["class A { static b = typeof c } const c = 1", "impure"],
    ["const c = 1; class A { static b = typeof c }", "pure"],
    ["const a = b; let b", "impure"],
    ["const a = b; var b", "pure"],
    ["const a = b; function b() {}", "pure"],
    ["import b from 'b'; const a = b", "unlessCyclic"],
    ["import * as b from 'b'; const a = b", "unlessCyclic"],
    ["import * as b from 'b'; const a = b.c", "unlessCyclic"],
    ["import b from 'b'; const a = b.c", "impure"],
    ["import b from 'b'; const a = [b, () => b]", "unlessCyclic"],
  ] as const)("%s: %s", ([source, purity], { expect }) => {
    expect(
      partsOf(recordOf(source))
        .find((part) => /\ba\b|A/.test(part))
        ?.split(":", 1)[0],
    ).toBe(purity);
  });

  it("what constants hold is known to later parts", ({ expect }) => {
    expect(purityOf("const pi = Math.PI; const tau = pi * 2")).toBe("pure");
    expect(purityOf("let pi = Math.PI; pi = {}; const tau = pi * 2")).toBe("impure");
    expect(purityOf("import { pi } from 'x'; const tau = pi * 2")).toBe("impure");
  });
});

describe("annotations", () => {
  it.for([
    ["/*@__PURE__*/ a()", "pure"],
    ["/* #__PURE__ */ new A()", "pure"],
    ["export const a = /*@__PURE__*/ (function () { b() })()", "pure"],
    ["export const a = /*@__PURE__*/ (() => { b() })(1)", "pure"],
    ["export const a = /*@__PURE__*/ b.c.d(e => e)", "pure"],
    ["export const a = /*@__PURE__*/ b(c())", "impure"],
    ["export const a = /*@__PURE__*/ b(/*@__PURE__*/ c())", "pure"],
    ["export const a = /*@__PURE__*/ b(...c)", "impure"],
    ["export const a = /*@__PURE__*/ b, c = d()", "impure"],
    ["export default /*@__PURE__*/ a()", "pure"],
    ["import a from 'a'; export const b = /*@__PURE__*/ c(a)", "unlessCyclic"],
    ["export const a = /* not pure */ b()", "impure"],
    ["export const a = '/*@__PURE__*/' && b()", "impure"],
  ] as const)("%s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });

  it.for([
    "/*@__NO_SIDE_EFFECTS__*/ export function a() { b() }",
    "/* #__NO_SIDE_EFFECTS__ */ function a() { b() }",
    "export /*@__NO_SIDE_EFFECTS__*/ function a() { b() }",
    "/*@__NO_SIDE_EFFECTS__*/ export const a = () => b()",
    "const a = /*@__NO_SIDE_EFFECTS__*/ () => b()",
    "const a = /*@__NO_SIDE_EFFECTS__*/ (function () { b() })",
    "/*@__NO_SIDE_EFFECTS__*/ export default function a() { b() }",
    "/** documented\n * @__NO_SIDE_EFFECTS__ */\nexport function a() { b() }",
  ])("%s marks its function", (source, { expect }) => {
    expect(recordOf(source).symbols).toMatchObject([{ name: "a", flags: SYMBOL_FLAGS.pureFunction }]);
    expect(purityOf(`${source}; const c = a(1)`)).toBe("pure");
    expect(purityOf(`${source}; const c = a(d())`)).toBe("impure");
  });

  it("a marked function that is assigned again is not trusted", ({ expect }) => {
    expect(recordOf("/*@__NO_SIDE_EFFECTS__*/ let a = () => {}; a = b").symbols).toMatchObject([
      { flags: SYMBOL_FLAGS.assigned },
    ]);
  });

  it("calls of imports depend on the function", ({ expect }) => {
    expect(
      partsOf(recordOf("import { a, b } from 'x'; export const c = a(1), d = [a(), a(b)], e = [a(), b()]")),
    ).toEqual([
      "ifFunction[a]: const c = a(1);",
      "ifFunction[a]: const d = [a(), a(b)];",
      "impure: const e = [a(), b()];",
    ]);
  });
});

describe("statements that only do something in one NODE_ENV", () => {
  it.for([
    ["if (process.env.NODE_ENV !== 'production') { a() }", "ifGuard[!production]"],
    ["if (process.env.NODE_ENV === 'production') {} else a()", "ifGuard[!production]"],
    ["if (process.env.NODE_ENV === 'production') a(); else b()", "impure"],
    ["process.env.NODE_ENV !== 'production' && a()", "ifGuard[!production]"],
    ["process.env.NODE_ENV !== 'production' && b.c && a()", "ifGuard[!production]"],
    ["b.c && process.env.NODE_ENV !== 'production' && a()", "impure"],
    ["process.env.NODE_ENV === 'production' || a()", "ifGuard[!production]"],
    ["process.env.NODE_ENV !== 'production' ? a() : void 0", "ifGuard[!production]"],
    ["!!(process.env.NODE_ENV !== 'production') && a()", "ifGuard[!production]"],
    ["const a = process.env.NODE_ENV !== 'production' ? b() : {}", "ifGuard[!production]"],
    ["const a = process.env.NODE_ENV", "pure"],
    ["const a = process.env.NODE_ENV !== 'production'", "pure"],
    ["process.env.OTHER !== 'production' && a()", "impure"],
  ] as const)("%s is %s", ([source, purity], { expect }) => {
    expect(purityOf(source)).toBe(purity);
  });
});

describe("T10: what `export default` may be taken for", () => {
  const aliasIn = (source: string): string | undefined => {
    const { symbols, exports } = recordOf(source);
    const alias = symbols[exports.find(({ name }) => name === "default")?.symbol ?? -1]?.aliasOf;
    return alias === undefined ? undefined : symbols[alias]?.name;
  };

  it.for([
    ["function a() {} export default a", "a"],
    ["export default a; function a() {}", "a"],
    ["const a = {}; export default a", "a"],
    ["let a = 1; export default a", "a"],
    ["class A {} export default A", "A"],
    ["export default (a); var b, a = 1", undefined],
    ["export default a; const a = 1", undefined],
    ["let a = 1; export default a; a = 2", undefined],
    ["var a = 1; export default a; var a = 2", undefined],
    ["function a() {} export default a; a = 1", undefined],
    ["import a from 'a'; export default a", undefined],
    ["export default b", undefined],
    ["const a = 1; export default a + 1", undefined],
  ] as const)("%s", ([source, alias], { expect }) => {
    expect(aliasIn(source)).toBe(alias);
  });
});

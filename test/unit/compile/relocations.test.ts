import { describe, it } from "vitest";
import { RECORD_FLAGS } from "../../../src/artifact/module-record.ts";
import { marked, recordOf, relocationsOf } from "./record-of.ts";

const NAMES = [
  "reference",
  "shorthand",
  "callee",
  "assignImport",
  "assignImportShorthand",
  "member",
  "memberCallee",
] as const;
/** The code with every place of a top-level name marked; `x` and `y` are of the top level. */
const namesIn = (source: string) =>
  marked(recordOf(`import { x } from 'x'; let y;\n${source}`), ...NAMES)
    .replace(/^.*\n/, "")
    .trimEnd();

describe("references to the top level, and none to inner scopes", () => {
  it.for([
    ["y = x", "⟨y⟩ = ⟨x⟩;"],
    ["a(function (x, { y }, [z = y]) { x; y; arguments })", "a(function (x, { y }, [z = y]) { x; y; arguments });"],
    ["a((x) => x + y)", "a((x) => x + ⟨y⟩);"],
    ["a(function x() { x })", "a(function x() { x });"],
    ["{ let x; x; y }", "{ let x; x; ⟨y⟩ }"],
    ["{ function x() {} x }", "{ function x() {} x }"],
    ["{ class x {} x }", "{ class x {} x }"],
    ["for (let x of x) x", "for (let x of x) x;"],
    ["for (const x in y) { let y }", "for (const x in ⟨y⟩) { let y }"],
    ["for (let x = 0; x < y; x++) x", "for (let x = 0; x < ⟨y⟩; x++) x;"],
    ["try {} catch (x) { x; y } finally { x }", "try {} catch (x) { x; ⟨y⟩ } finally { ⟨x⟩ }"],
    ["try {} catch ({ a: [x] }) { x }", "try {} catch ({ a: [x] }) { x }"],
    ["switch (x) { case y: let y; y }", "switch (⟨x⟩) { case y: let y; y }"],
    ["a(function () { if (1) { for (var x;;) break } x })", "a(function () { if (1) { for (var x;;) break } x });"],
    [
      "a(function () { try { var x } catch {} label: { var y } x; y })",
      "a(function () { try { var x } catch {} label: { var y } x; y });",
    ],
    ["x: for (;;) { break x }", "x: for (;;) { break x }"],
    [
      "a({ x: y, y() { x }, get x() { return y }, [x]: 1 })",
      "a({ x: ⟨y⟩, y() { ⟨x⟩ }, get x() { return ⟨y⟩ }, [⟨x⟩]: 1 });",
    ],
    ["a.x.y; a[x].y", "a.x.y;\na[⟨x⟩].y;"],
    [
      "a(class { x = x; static y = y; static { let x; x; var y; y } [x]() {} })",
      "a(class { x = ⟨x⟩; static y = ⟨y⟩; static { let x; x; var y; y } [⟨x⟩]() {} });",
    ],
    ["a(class x extends x { m() { x } })", "a(class x extends x { m() { x } });"],
    ["a(async () => { for await (const y of x) y })", "a(async () => { for await (const y of ⟨x⟩) y });"],
    ["`${x}${`${y}`}`", "`${⟨x⟩}${`${⟨y⟩}`}`;"],
    ["typeof x", "typeof ⟨x⟩;"],
    ["a?.[x]?.(y)", "a?.[⟨x⟩]?.(⟨y⟩);"],
  ] as const)("%s", ([source, expected], { expect }) => {
    expect(namesIn(source)).toBe(expected);
  });

  it("T8: a parameter's default does not see what the body declares", ({ expect }) => {
    expect(namesIn("a(function (p = x, q = () => y) { var x; let y; x; y })")).toBe(
      "a(function (p = ⟨x⟩, q = () => ⟨y⟩) { var x; let y; x; y });",
    );
  });

  it("T7: shorthand properties, in literals and in patterns", ({ expect }) => {
    const { shown } = shownOf("export let a, b; ({ a, b: a }); ({ a, b = 1, c: a } = d); const { e, ...f } = g;");
    expect(shown).toEqual([
      "reference a",
      "reference b",
      "shorthand a",
      "reference a",
      "shorthand a",
      "shorthand b",
      "reference a",
      "shorthand e",
      "reference f",
    ]);
  });

  it("a class is renamed around it: neither its name nor what is inside of it is a place", ({ expect }) => {
    const { shown, record } = shownOf("export class A extends B { static a = A; m() { return A } }\nnew A(A)");
    expect(shown).toEqual(["classStart > A", "classEnd > A", "reference A", "reference A"]);
    expect(marked(record, "classStart", "classEnd").split("\n")[0]).toBe(
      "⟨⟩class A extends B { static a = A; m() { return A } }⟨⟩",
    );
  });

  it("variables of blocks belong to the top level, functions and classes of blocks do not", ({ expect }) => {
    const { symbols } = recordOf(
      "if (a) { var b; function c() {} class D {} } for (var e of f) { let g } try {} catch (h) { var i }",
    );
    expect(symbols.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["var b", "var e", "var i"]);
  });

  it("a variable that hides behind the parameter of its `catch` cannot be renamed", ({ expect }) => {
    expect(recordOf("try {} catch (e) { var e = 1 }").flags).toBe(RECORD_FLAGS.directEval);
    expect(recordOf("try {} catch (e) { var f = 1 }").flags).toBe(0);
  });
});

function shownOf(source: string) {
  const record = recordOf(source);
  return { record, shown: relocationsOf(record) };
}

describe("what is done with an import", () => {
  it.for([
    ["x()", ["callee x"]],
    ["x?.()", ["callee x"]],
    ["x`a`", ["callee x"]],
    ["new x()", ["reference x"]],
    ["x.p", ["member x.p > x"]],
    ["x /* c */ .p.q", ["member x .p > x"]],
    ["x['p']", ["member x['p'] > x"]],
    ["x.p()", ["memberCallee x.p > x"]],
    ["x.p`a`", ["memberCallee x.p > x"]],
    ["x.p.q()", ["member x.p > x"]],
    ["new x.P()", ["member x.P > x"]],
    ["x?.p", ["reference x"]],
    ["x[p]", ["reference x"]],
    ["(x).p", ["reference x"]],
    ["x.p?.q", ["member x.p > x"]],
    ["x.p = 1", ["reference x"]],
    ["x.p += 1", ["reference x"]],
    ["x.p++", ["reference x"]],
    ["delete x.p", ["reference x"]],
    ["delete x.p.q", ["member x.p > x"]],
    ["[x.p] = a", ["reference x"]],
    ["({ a: x.p = 1 } = a)", ["reference x"]],
    ["for (x.p of a);", ["reference x"]],
    ["for (x.p in a);", ["reference x"]],
    ["x = 1", ["assignImport x"]],
    ["x ||= 1", ["assignImport x"]],
    ["x++", ["assignImport x"]],
    ["[x] = a", ["assignImport x"]],
    ["({ x } = a)", ["assignImportShorthand x"]],
    ["({ x = 1 } = a)", ["assignImportShorthand x"]],
    ["for (x of a);", ["assignImport x"]],
    ["({ x })", ["shorthand x"]],
  ] as const)("%s", ([source, expected], { expect }) => {
    for (const declaration of ["import x from 'x'", "import * as x from 'x'"])
      expect(relocationsOf(recordOf(`${declaration};${source}`))).toEqual(expected);
  });

  it("members of what is no import are left alone", ({ expect }) => {
    const { record } = shownOf("const a = b; a.p(); a.q");
    expect(relocationsOf(record)).toEqual(["reference a", "reference a", "reference a"]);
    expect(record.strings).toEqual([]);
  });

  it("properties are named once", ({ expect }) => {
    expect(recordOf("import * as x from 'x'; x.p; x.q; x.p").strings).toEqual(["p", "q"]);
  });
});

describe("T5: names that functions and classes take from bindings", () => {
  it.for([
    ["export const f = () => {}", "const f = ⟨⟩() => {}⟨⟩;"],
    ["export let f = function () {}, g = class {}", "let f = ⟨⟩function () {}⟨⟩;\nlet g = ⟨⟩class {}⟨⟩;"],
    ["export const f = (async () => {})", "const f = (⟨⟩async () => {}⟨⟩);"],
    ["let f; f = () => {}", "let f;\nf = ⟨⟩() => {}⟨⟩;"],
    ["let f; f ??= () => {}", "let f;\nf ??= ⟨⟩() => {}⟨⟩;"],
    ["let f; f += () => {}", "let f;\nf += () => {};"],
    ["let f; (f) = () => {}", "let f;\n(f) = () => {};"],
    ["const { f = () => {} } = a", "const { f = ⟨⟩() => {}⟨⟩ } = a;"],
    ["let f; [f = class {}] = a", "let f;\n[f = ⟨⟩class {}⟨⟩] = a;"],
    ["const f = function g() {}", "const f = function g() {};"],
    ["const f = [() => {}]", "const f = [() => {}];"],
    ["const f = a, g = (b, () => {})", "const f = a;\nconst g = (b, () => {});"],
    ["function f(g = () => {}) { const h = () => {} }", "function f(g = () => {}) { const h = () => {} }"],
    ["let f; function g() { f = () => {} }", "let f;\nfunction g() { f = ⟨⟩() => {}⟨⟩ }"],
  ] as const)("%s", ([source, expected], { expect }) => {
    expect(marked(recordOf(source), "nameStart", "nameEnd").trimEnd()).toBe(expected);
  });

  it.for([
    ["export default () => {}", "const main_default = ⟨⟩() => {}⟨⟩;"],
    ["export default (class {})", "const main_default = (⟨⟩class {}⟨⟩);"],
    ["export default class { static a = 1 }", "const main_default = ⟨⟩class { static a = 1 }⟨⟩;"],
    ["export default function () {}", "function main_default() {}"],
    ["export default (function () {})", "const main_default = (⟨⟩function () {}⟨⟩);"],
  ] as const)("T6: %s is named default", ([source, expected], { expect }) => {
    const record = recordOf(source);
    expect(marked(record, "nameStart", "nameEnd").trimEnd()).toBe(expected);
    expect(record.symbols).toMatchObject([{ name: "main_default", flags: 2 }]);
    expect(marked(record, "reference")).toContain("⟨main_default⟩");
  });
});

describe("other places", () => {
  it("import.meta, import() and what they ask for", ({ expect }) => {
    const source =
      "import.meta.url; import.meta.resolve('./a'); import.meta.resolve(b); import /* */ ('c'); import(d); import.source('e'); import . defer ('f')";
    const { shown, record } = shownOf(source);
    expect(shown).toEqual([
      "meta import.meta",
      "resolve import.meta.resolve('./a')",
      "meta import.meta",
      "dynamicImport import",
      "dynamicImport import",
      "dynamicImport import.source",
      "dynamicImport import . defer",
    ]);
    expect(record.flags).toBe(RECORD_FLAGS.importMeta | RECORD_FLAGS.computedImport);
    expect(record.requests.map(({ kind, specifier, phase }) => [kind, specifier, phase])).toEqual([
      ["resolve", "./a", undefined],
      ["dynamic", "c", undefined],
      ["dynamic", "e", "source"],
      ["dynamic", "f", "defer"],
    ]);
  });

  it("`this` of the top level, and no other", ({ expect }) => {
    const source =
      "this.a; (() => this); function f() { this } ({ m() { this }, [this]: 1 }); class A extends this.B { c = this; [this.d] = 1; static { this } }";
    expect(marked(recordOf(source), "topLevelThis").trimEnd().split("\n")).toEqual([
      "⟨this⟩.a;",
      "(() => ⟨this⟩);",
      "function f() { this }",
      "({ m() { this }, [⟨this⟩]: 1 });",
      "class A extends ⟨this⟩.B { c = this; [⟨this⟩.d] = 1; static { this } }",
    ]);
  });

  it("require in an ES module, where it is free", ({ expect }) => {
    const { shown, record } = shownOf(
      "require('a'); require(b); require.resolve('c'); function f(require) { require('d') } export {}",
    );
    expect(shown).toEqual(["require require", "resolve require.resolve('c')", "reference f"]);
    expect(record.requests.map(({ kind, specifier }) => `${kind} ${specifier}`)).toEqual(["require a", "resolve c"]);
    expect(record.globals).toContain("require");
  });

  it.for([
    ["process.env.NODE_ENV", 1],
    ["process.env['NODE_ENV']", 1],
    ["process?.env?.NODE_ENV", 1],
    ["process.env.NODE_ENV = 1", 0],
    ["process.env.NODE_ENVY", 0],
    ["import process from 'process'; process.env.NODE_ENV", 0],
    ["function f(process) { process.env.NODE_ENV }", 0],
  ] as const)("%s is NODE_ENV %d times", ([source, count], { expect }) => {
    expect(relocationsOf(recordOf(source)).filter((shown) => shown.startsWith("nodeEnv"))).toHaveLength(count);
  });

  it("process is no free name for NODE_ENV alone", ({ expect }) => {
    expect(recordOf("export default process.env.NODE_ENV").globals).toEqual([]);
    expect(recordOf("export default process.env.NODE_ENV + process.platform").globals).toEqual(["process"]);
  });

  it.for([
    ["await a", true],
    ["for await (const a of b);", true],
    ["await using a = b", true],
    ["async () => { await a }", false],
    ["class A { static async m() { await a } }", false],
  ] as const)("%s waits at the top level: %s", ([source, awaits], { expect }) => {
    expect((recordOf(source).flags & RECORD_FLAGS.topLevelAwait) !== 0).toBe(awaits);
  });

  it.for([
    ["eval('a')", true],
    ["function f() { eval('a') }", true],
    ["(0, eval)('a')", false],
    ["eval?.('a')", false],
    ["a.eval('b')", false],
  ] as const)("%s is a direct eval: %s", ([source, isDirect], { expect }) => {
    expect((recordOf(source).flags & RECORD_FLAGS.directEval) !== 0).toBe(isDirect);
  });

  it("nested names and free names are told apart", ({ expect }) => {
    const { nested, globals } = recordOf(
      "import a from 'a'; export const b = (c) => { let d = Map; return [a, c, d, undefined, arguments] }; function e() { arguments } e.prototype.f = 1",
    );
    expect(nested).toEqual(["c", "d"]);
    expect(globals).toEqual(["Map", "undefined", "arguments"]);
  });

  it.for([
    ["import { a } from 'a'; export const b = (c) => [a, c];", ["c"]],
    ["import * as a from 'a'; export const b = (c) => [a.d, c];", ["c"]],
    ["const a = (b) => b; export default a;", ["b"]],
    ["const a = (b, c$, d$1, $2e) => [b, c$, d$1, $2e]; export { a }; export * from 'a'; import 'b';", ["d$1"]],
    ["export class A { static a = (b) => new A(b) }", []],
  ] as const)(
    "of %s the inner names that can capture a name of another scope are %j",
    ([source, names], { expect }) => {
      expect(recordOf(source).nested).toEqual(names);
    },
  );
});

describe("branches that NODE_ENV decides", () => {
  const branches = (source: string, path = "a.cjs") => {
    const record = recordOf(source, path);
    return { text: marked(record, "branch"), guards: record.guards };
  };

  it.for([
    [
      "if (process.env.NODE_ENV === 'production') { a } else b;",
      "if (process.env.NODE_ENV === 'production') ⟨{ a }⟩ else ⟨b;⟩",
    ],
    ["process.env.NODE_ENV !== 'production' ? a : b", "process.env.NODE_ENV !== 'production' ? ⟨a⟩ : ⟨b⟩"],
    ["process.env.NODE_ENV != 'production' && (a, b)", "process.env.NODE_ENV != 'production' && (⟨a, b⟩)"],
    ["'production' === process.env.NODE_ENV || a", "'production' === process.env.NODE_ENV || ⟨a⟩"],
    ["if (!(process.env.NODE_ENV === 'test')) a", "if (!(process.env.NODE_ENV === 'test')) ⟨a⟩"],
    ["if (c && process.env.NODE_ENV === 'test') a; else b", "if (c && process.env.NODE_ENV === 'test') ⟨a;⟩ else b"],
    ["if (c || process.env.NODE_ENV === 'test') a; else b", "if (c || process.env.NODE_ENV === 'test') a; else ⟨b⟩"],
    ["process.env.NODE_ENV !== 'test' && c && a()", "process.env.NODE_ENV !== 'test' && ⟨c⟩ && ⟨a()⟩"],
    ["if (process.env.NODE_ENV > 'a') a", "if (process.env.NODE_ENV > 'a') a"],
    ["var process; if (process.env.NODE_ENV === 'a') a", "var process; if (process.env.NODE_ENV === 'a') a"],
  ] as const)("%s", ([source, expected], { expect }) => {
    expect(branches(source).text).toBe(expected);
  });

  it("guards say what must hold", ({ expect }) => {
    expect(branches("if (process.env.NODE_ENV === 'production') a; else b").guards).toEqual([
      { value: "production", equals: true },
      { value: "production", equals: false },
    ]);
  });

  it("a branch that declares what is seen outside of it stays", ({ expect }) => {
    expect(branches("if (process.env.NODE_ENV === 'a') { var b }").text).not.toContain("⟨");
    expect(branches("if (process.env.NODE_ENV === 'a') { function b() {} }").text).not.toContain("⟨");
    expect(branches("if (process.env.NODE_ENV === 'a') { function b() {} }", "a.mjs").text).toContain("⟨");
    expect(branches("if (process.env.NODE_ENV === 'a') { let b; (() => { var c })() }").text).toContain("⟨");
  });

  it("so does one that ends where a named function does: its end could not be told from the branch's", ({ expect }) => {
    const record = recordOf("let f; process.env.NODE_ENV === 'a' ? f = () => {} : b");
    expect(marked(record, "branch", "nameEnd")).toBe("let f;\nprocess.env.NODE_ENV === 'a' ? f = () => {}⟨⟩ : ⟨b⟩;\n");
    const around = recordOf("export const f = () => process.env.NODE_ENV === 'a' && b()");
    expect(marked(around, "branch", "nameEnd")).toBe("const f = () => process.env.NODE_ENV === 'a' && ⟨b()⟩⟨⟩;\n");
  });

  it("what a branch asks for is only asked for there", ({ expect }) => {
    const { requests } = recordOf(
      "if (process.env.NODE_ENV === 'production') require('./p'); else { require('./d'); import('./e') } require('./d')",
      "a.cjs",
    );
    expect(requests.map(({ specifier, guard }) => [specifier, guard])).toEqual([
      ["./p", { value: "production", equals: true }],
      ["./d", { value: "production", equals: false }],
      ["./e", { value: "production", equals: false }],
      ["./d", undefined],
    ]);
  });
});

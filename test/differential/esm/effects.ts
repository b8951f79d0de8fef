import { operand, type ModuleWriter, type Place } from "./module-writer.ts";

/**
 * Ways in which a statement whose result nobody uses has an effect all the same. `LOG` stands for an expression that
 * writes to the log, `U` for an unused name.
 */
const EFFECTS = [
  "const U = LOG",
  "var U = LOG",
  "let U = [LOG]",
  "let U = { k: LOG }",
  "let U = { __proto__: (LOG, null) }",
  "({ get p() { LOG } }).p",
  "const U = ({ get p() { LOG; return 1 } }).p",
  "const { p: U } = { get p() { LOG; return 1 } }",
  "const { p: U = LOG } = {}",
  "const { U = LOG } = { U: 1 }",
  "const [U] = { *[Symbol.iterator]() { LOG; yield 1 } }",
  "const [] = { *[Symbol.iterator]() { LOG } }",
  "const {} = (LOG, {})",
  "const U = [...{ *[Symbol.iterator]() { LOG } }]",
  "const U = { ...{ get p() { LOG } } }",
  "const { ...U } = new Proxy({}, { ownKeys() { LOG; return [] } })",
  'const U = `${{ toString() { LOG; return "" } }}`',
  'const U = `${[{ toString() { LOG; return "" } }]}`',
  "const U = +{ valueOf() { LOG; return 1 } }",
  "const U = -{ valueOf() { LOG; return 1 } }",
  "const U = { valueOf() { LOG; return 1 } } + 1",
  "const U = { valueOf() { LOG; return 1 } } == 1",
  "const U = { valueOf() { LOG; return 1 } } < 1",
  "const U = { valueOf() { LOG; return 1 } } ** 2",
  "const U = ({}) instanceof { [Symbol.hasInstance]() { LOG } }",
  'const U = { [{ toString() { LOG; return "k" } }]: 1 }',
  'const U = "p" in new Proxy({}, { has() { LOG; return true } })',
  "const U = delete new Proxy({}, { deleteProperty() { LOG; return true } }).p",
  "class U { static s = LOG }",
  "class U { static #s = LOG }",
  "class U { static { LOG } }",
  'class U { [(LOG, "m")]() {} }',
  'class U { [(LOG, "f")] }',
  'class U { static [{ toString() { LOG; return "s" } }] }',
  "class U extends (LOG, Object) {}",
  'class U extends Object.defineProperty(function () {}.bind(), "prototype", { get() { LOG; return null } }) {}',
  "const U = class { static s = LOG }",
  "let U = (() => { LOG })()",
  "let U = new (function () { LOG })",
  "let U = new (class { constructor() { LOG } })()",
  "let U = new (class { f = LOG })",
  "let U = (() => { LOG })`x`",
  "let U = [1].map(() => LOG)",
  "let U = (async () => { LOG })()",
  "let U; U ||= LOG",
  "let U = null; U?.[LOG]; U ?? LOG",
  "let U = true && LOG",
  "let U = false || LOG",
  "let U = typeof LOG",
  "let U = void LOG",
  "let U = (LOG, 1)",
  "let U = !LOG",
  "if (LOG) {}",
  "for (; LOG && false;);",
  "for (const U of [LOG]);",
  "for (const U in new Proxy({}, { ownKeys() { LOG; return [] } }));",
  "do {} while (LOG && false)",
  "switch (LOG) {}",
  "switch (1) { case LOG: }",
  "try { LOG } finally {}",
  "try { throw 1 } catch { LOG }",
  "throwing: { LOG; break throwing }",
  "{ { LOG } }",
  "{ class U { static s = LOG } }",
  "{ const U = LOG }",
  "function U(p = LOG) {} U()",
  "var U = function () { LOG }; U()",
  "var U = { f() { LOG } }; U.f()",
  "var U = { set f(v) { LOG } }; U.f = 1",
  "var U = { f: { set g(v) { LOG } } }; U.f.g = 1",
  "function U() {} U.x = LOG",
  "class U {} U.x = LOG",
  "const U = {}; Object.defineProperty(U, 'p', { get() { LOG } }); U.p",
  "globalThis.U = LOG",
  "const U = new Map([[LOG, 1]])",
  "const U = new Set({ *[Symbol.iterator]() { LOG } })",
  "const U = Object.freeze({ p: LOG })",
  "const U = Symbol({ toString() { LOG; return '' } })",
  "const U = String({ toString() { LOG; return '' } })",
  "const U = Math.max({ valueOf() { LOG; return 1 } })",
  "const U = Object.keys(new Proxy({}, { ownKeys() { LOG; return [] } }))",
  "const U = Array.from([1], () => LOG)",
  "const U = JSON.stringify({ toJSON() { LOG } })",
  "const U = [[1]].flat().concat(LOG)",
  "var U = 1, { length: U$2 = LOG } = {}",
  "let U = /a/[Symbol.replace]('a', () => (LOG, ''))",
  "debugger; LOG",
];

/** Statements that do nothing but bind unused names: dropping them changes nothing. */
const NOTHINGS = [
  "function U() { LOG }",
  "function U(p = LOG) {}",
  "class U { f = LOG; m() { LOG } get p() { LOG } #x = LOG }",
  "const U = () => LOG",
  "const U = { get p() { LOG }, m() { LOG } }",
  "const U = function () { LOG }",
  "const U = class { f = LOG }",
  "const U = async () => LOG",
  "function* U() { LOG } U()",
  "var U",
  "let U = Math.PI",
  "const U = Object.prototype.hasOwnProperty",
  "const U = /* @__PURE__ */ (() => 1)()",
  "const U = /*#__PURE__*/ new (class { f = 1 })()",
  "if (false) LOG",
  "while (false) LOG",
  "const U = true || LOG",
  "const U = false && LOG",
  "const U = 1 ?? LOG",
  "const U = true ? 1 : LOG",
  "{ function U() { LOG } }",
  ";",
  "{}",
  "0",
  "'just a string'",
  "/re/g",
  "const U = [1, 2, { x: 3 }]",
  "switch (1) { default: }",
  "for (const U of []) LOG",
  "const U = new Map()",
  "const U = Symbol.iterator",
  "const U = `t`",
  "const { U } = { U: 1 }",
  "const [U = LOG] = [1]",
  "/* @__NO_SIDE_EFFECTS__ */ function U() { return 1 }",
];

/** Statements that end the module with an error, in ways that are easy to overlook. */
const FATAL = [
  "null.x",
  "const U = null.x",
  "const { p: U } = null",
  "const {} = null",
  "const [U] = 1",
  "const [] = null",
  "class U extends 1 {}",
  "class U extends undefined {}",
  "class U extends (() => {}) {}",
  "nowhere",
  "const U = nowhere",
  "const U = [nowhere]",
  "const U = { nowhere }",
  "const U = { [nowhere]: 1 }",
  "nowhere = 1",
  "U = 1; let U",
  "const U = U",
  "const U = () => V; U(); const V = 1",
  "class U { static s = V } const V = 1",
  "const U = 1; U = 2",
  "const U = 1; U++",
  "const U = new (() => {})",
  "const U = Symbol() + ''",
  "const U = `${Symbol()}`",
  "const U = 1n + 1",
  "const U = +1n",
  "const U = 1 in 2",
  "const U = 1 instanceof 2",
  "const U = [...1]",
  "const U = { ...nowhere }",
  "const U = new Map([1])",
  "const U = new RegExp('[')",
  "const U = BigInt(1.5)",
  "const U = new Array(-1)",
  "const U = Object.defineProperty(1)",
  "Object.freeze([]).push(1)",
  "Object.freeze({}).x = 1",
  "'s'.length = 1",
  "delete Object.prototype",
  "(void 0)()",
  "undefined = 1",
  "throw new Error('E fatal')",
  "throw 'E string'",
  "throw undefined",
  "class U { static { throw new Error('E block') } }",
  "class U { static s = nowhere }",
  "class U { [nowhere] }",
  "class U { static ['prototype'] = 1 }",
  "for (const U of 1);",
  "if (nowhere) {}",
  "nowhere.x",
  "nowhere?.x",
  "nowhere`x`",
  "(() => { throw new Error('E call') })()",
  "const U = class { static #p; static s = #p in 1 }",
  "import.meta.x.y",
  "this.x",
];

/** A statement that nobody uses, but that can be noticed. */
export function effect(w: ModuleWriter): string {
  return fill(w, w.random.pick(EFFECTS));
}

export function nothing(w: ModuleWriter): string {
  return fill(w, w.random.pick(NOTHINGS));
}

export function fatal(w: ModuleWriter, place: Place): string {
  if (w.random.chance(0.2)) {
    const name = w.known(place);
    return w.random.pick([
      `${name} = ${operand(w.safe(place))}`,
      `${name}()`,
      `new ${name}`,
      `${name}.x.y`,
      `class ${unused(w)} extends ${name} {}`,
      `const ${unused(w)} = ${name}`,
      `const { p: ${unused(w)} } = ${name}`,
      `${name}++`,
      name,
    ]);
  }
  return fill(w, w.random.pick(w.isEsm ? FATAL : FATAL.filter((text) => !text.includes("import.meta"))));
}

function fill(w: ModuleWriter, template: string): string {
  const u = unused(w);
  return template
    .replaceAll(/\bU\b/g, u)
    .replaceAll(/\bV\b/g, `${u}v`)
    .replaceAll("LOG", () => `__log.push(${w.label()})`);
}

function unused(w: ModuleWriter): string {
  return `unused${w.random.integer(0, 1e9)}`;
}

import { declaration } from "../esm/declarations.ts";
import { topLevel } from "../esm/generate.ts";
import { operand, type ModuleWriter, type Place } from "../esm/module-writer.ts";
import { joinPieces, type Piece, statement } from "../esm/pieces.ts";
import { anyStatement } from "../esm/statements.ts";
import type { MixedPlan } from "./plan.ts";

type Commonjs = Extract<MixedPlan, { format: "commonjs" }>;

/** The text of a CommonJS module. */
export function commonjsText(w: ModuleWriter, module: Commonjs, modules: readonly MixedPlan[]): string {
  const { random, taste } = w;
  const place = topLevel(w);
  const body: (() => Piece)[] = [
    ...module.plan.locals.map((local) => () => declaration(w, local, false, place)),
    ...module.requires.map((target) => () => statement(requiring(w, target, modules))),
    ...random.several(0, taste.statements, () => () => anyStatement(w, place)),
    ...random.several(0, 2, () => () => statement(probe(w, module, place))),
  ];
  const early = exportsFirst(w, module);
  const pieces = [...early, ...random.shuffle(body).map((make) => make()), ...exporting(w, module, place)];
  if (random.chance(0.1)) pieces.push(statement(failing(w)));
  if (random.chance(0.2)) pieces.push(statement(probe(w, module, place)));
  return (module.strict ? `"use strict";\n` : "") + joinPieces(w, pieces);
}

/** Compiled modules say what they are before anything else. */
function exportsFirst(w: ModuleWriter, { style, names }: Commonjs): Piece[] {
  if (style !== "compiled") return [];
  const marks = [`Object.defineProperty(exports, "__esModule", { value: true })`, "exports.__esModule = true"];
  const empty = [...names.keys()].map((name) => `exports.${name} =`).join(" ");
  const pieces = [statement(`${w.random.pick(marks)};`)];
  if (empty !== "" && w.random.chance(0.5)) pieces.push(statement(`${empty} void 0;`));
  return pieces;
}

function exporting(w: ModuleWriter, { style, names, requires }: Commonjs, place: Place): Piece[] {
  const { random } = w;
  const all = [...names];
  const extra = `exports.late = () => (${w.safe({ ...place, runsNow: false })});`;
  const lines = {
    properties: () =>
      all.map(
        ([name, local]) =>
          `${random.pick(["exports", "module.exports", "exports"])}${random.chance(0.2) ? `["${name}"]` : `.${name}`} = ${local};`,
      ),
    compiled: () => all.map(([name, local]) => `exports.${name} = ${local};`),
    getters: () =>
      all.map(
        ([name, local]) =>
          `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return ${local}; } });`,
      ),
    object: () => [
      `module.exports = { ${all.map(([name, local]) => (name === local ? name : `${name}: ${local}`)).join(", ")} };`,
    ],
    function: () => [
      `module.exports = function ${random.pick(["", "named"])}(x) { return typeof this; };`,
      `module.exports.f = ${w.safe(place)};`,
    ],
    class: () => [`module.exports = class { static k = 1; m() {} };`],
    primitive: () => [
      `module.exports = ${random.pick(["5", "null", "undefined", '"text"', "[1, 2]", "Symbol.iterator", "true", "Promise.resolve(1)"])};`,
    ],
    forward: () => [requires[0] === undefined ? "" : `module.exports = require(${w.specifierOf(requires[0])});`],
    nothing: () => ["exports = { lost: 1 };"],
  }[style]();
  return [...lines, ...(random.chance(0.2) && style === "properties" ? [extra] : [])]
    .filter((line) => line !== "")
    .map((line) => statement(line));
}

function failing(w: ModuleWriter): string {
  const { index } = w.module;
  return w.random.pick([
    `throw new Error("E always")`,
    `if (globalThis.__ran${index} === undefined) { globalThis.__ran${index} = 1; throw new Error("E once") }`,
    `globalThis.__ran${index} = (globalThis.__ran${index} || 0) + 1; __l(${w.label()}, globalThis.__ran${index}); throw "E counted"`,
    "null.x",
    "throw undefined",
  ]);
}

/** One of the ways to ask for another module. */
function requiring(w: ModuleWriter, target: number, modules: readonly MixedPlan[]): string {
  const specifier = w.specifierOf(target);
  const name = `r${w.random.integer(0, 1e6)}`;
  const call = `require(${w.random.chance(0.9) ? specifier : `\`./${w.fileOf(target)}\``})`;
  // What only running shows is in the loader's `export *` and not in Node's.
  const all = w.taste.stars > 0 ? "({})" : "exports";
  const missing = w.taste.known ? `require("./missing.cjs")` : "null.x";
  const isJson = modules[target]?.format === "json";
  const isEsm = modules[target]?.format === "esm";
  return w.random.pick([
    `const ${name} = ${call}; __l(${w.label()}, ${name})`,
    `var ${name} = ${call}; __t(${w.label()}, () => ${name}.a)`,
    `__l(${w.label()}, ${call})`,
    `__t(${w.label()}, () => ${call})`,
    `__t(${w.label()}, () => [${call} === ${call}, typeof ${call}])`,
    `try { __l(${w.label()}, ${call}) } catch (e) { __e(${w.label()}, e) }`,
    `try { ${missing} } catch (e) { __e(${w.label()}, e); __l(${w.label()}, ${call}) }`,
    `if (${w.random.pick(["true", "false", "1", "typeof exports === 'object'"])}) { var ${name} = ${call}; __l(${w.label()}, ${name}) }`,
    `exports.lazy = function () { return ${call} }`,
    `exports.lazy = () => ${call}; __later(${w.label()}, () => exports.lazy && exports.lazy())`,
    `__later(${w.label()}, () => ${call})`,
    `function ${name}(p = ${call}) { return p } __t(${w.label()}, ${name})`,
    `class ${name} { static s = __l(${w.label()}, ${call}) }`,
    `__t(${w.label()}, () => { const { a, b = 1, ...rest } = ${call}; return [a, b, Object.keys(rest)] })`,
    `__t(${w.label()}, () => (0, ${call}.f)(1))`,
    `__t(${w.label()}, () => ${call}.lazy())`,
    `__t(${w.label()}, () => new (${call})())`,
    `__t(${w.label()}, () => ${call}("x"))`,
    `for (const ${name} of [1, 2]) __t(${w.label()}, () => ${call})`,
    `exports.from${target} = ${call}`,
    `Object.assign(${all}, ${call})`,
    `Object.keys(${call}).forEach(function (k) { if (k !== "default" && !(k in exports)) ${all}[k] = ${call}[k] })`,
    `{ const require = () => "shadowed"; __l(${w.label()}, ${call}) } __t(${w.label()}, () => ${call})`,
    `(function (require) { __l(${w.label()}, ${call}) })(() => "parameter"); ${call}`,
    `switch (1) { case 1: ${call} }`,
    `__t(${w.label()}, () => true ? ${call} : ${missing})`,
    `var ${name} = __t(${w.label()}, () => ${call}) || 1`,
    `__later(${w.label()}, async () => (await import(${specifier}${isJson ? `, { with: { type: "json" } }` : ""})).default)`,
    isEsm ? `__t(${w.label()}, () => Object.keys(${call}))` : `__t(${w.label()}, () => { ${call}.patched = 1 })`,
  ]);
}

/** What CommonJS has and ES modules have not. */
function probe(w: ModuleWriter, module: Commonjs, place: Place): string {
  const name = w.fresh();
  const both = [
    `__l(${w.label()}, this === exports, this === module.exports, exports === module.exports)`,
    `__l(${w.label()}, module.exports)`,
    `__l(${w.label()}, exports)`,
    `__l(${w.label()}, typeof require, typeof module, typeof __filename, typeof __dirname)`,
    `__l(${w.label()}, __filename.endsWith("m${module.plan.index}.cjs"))`,
    `__l(${w.label()}, module.loaded, module.filename === __filename)`,
    `__l(${w.label()}, require.main === module)`,
    `__l(${w.label()}, (() => this === module.exports)())`,
    `__l(${w.label()}, (function () { return this === undefined ? "strict" : "sloppy" })())`,
    `__l(${w.label()}, arguments[0] === exports, arguments[2] === module)`,
    `__t(${w.label()}, () => require(${w.specifierOf(module.plan.index)}) === module.exports)`,
    `exports.early = ${operand(w.safe(place))}`,
    `exports = module.exports`,
    `delete exports.a`,
    `if (false) return; else __l(${w.label()})`,
    `__t(${w.label()}, () => require("./missing" + ".cjs"))`,
    `__l(${w.label()}, eval("typeof ${/^[a-z]+$/.test(name) ? name : "x"}"))`,
    `if (__fuel < 0) return`,
    `__l(${w.label()}, typeof globalThis.${/^[a-z]+$/.test(name) ? name : "x"})`,
  ];
  const sloppy = [
    `undeclared${module.plan.index} = ${w.label()}; __l(${w.label()}, undeclared${module.plan.index})`,
    `{ function hoisted${module.plan.index}() { return 1 } } __l(${w.label()}, typeof hoisted${module.plan.index})`,
    `__l(${w.label()}, typeof inBlock); if (1) { function inBlock() {} } __l(${w.label()}, typeof inBlock)`,
    `with ({ k: 1 }) { __l(${w.label()}, k) }`,
    `__l(${w.label()}, 010, "\\101")`,
    `(function (a, a) { __l(${w.label()}, a) })(1, 2)`,
    `(function (a) { arguments[0] = 2; __l(${w.label()}, a) })(1)`,
    `__l(${w.label()}, delete Object.prototype)`,
    `Object.freeze(module).exports2 = 1; __l(${w.label()})`.replace("Object.freeze(module)", "Object.freeze({})"),
    `var let = 1, yield = 2, static = 3, await = 4, package = 5; __l(${w.label()}, let + yield + static + await + package)`,
    `eval("var fromEval = 1"); __l(${w.label()}, typeof fromEval)`,
    `__l(${w.label()}, (function () { return typeof this })())`,
    `__l(${w.label()}, (function f() { f = 1; return typeof f })())`,
    `NaN = 1; undefined = 2; __l(${w.label()}, undefined)`,
    `<!-- a comment of old\n__l(${w.label()})`,
    `__l(${w.label()}, (function () { return typeof arguments.callee })())`,
    `if (1) function inIf() {} __l(${w.label()}, typeof inIf)`,
    `lab: function labelled() {} __l(${w.label()}, typeof labelled)`,
    `for (var initialised = 1 in {}) ; __l(${w.label()}, initialised)`,
  ];
  return w.random.pick(module.strict ? both : [...both, ...sloppy]);
}

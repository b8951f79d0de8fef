import { effect, fatal, nothing } from "./effects.ts";
import { arrowResult, functionExpression } from "./expressions.ts";
import { innerScope } from "./functions.ts";
import { operand, type ModuleWriter, type Place } from "./module-writer.ts";
import { type Piece, statement } from "./pieces.ts";

/** A statement that declares nothing others use. */
export function anyStatement(w: ModuleWriter, place: Place): Piece {
  const { taste } = w;
  return statement(
    w.one([
      [4, () => `__t(${w.label()}, () => (${w.wild({ ...place, mayAwait: false })}))`],
      [4, () => `try { __l(${w.label()}, ${w.wild(place)}) } catch (e) { __e(${w.label()}, e) }`],
      [3, () => `__l(${w.label()}, ${w.safe(place)})`],
      [1, () => operand(w.safe(place))],
      [taste.effects, () => effect(w)],
      [taste.effects / 2, () => nothing(w)],
      [taste.fatal, () => fatal(w, place)],
      [taste.fatal, () => `try {${w.gap()}${fatal(w, place)} } catch (e) { __e(${w.label()}, e) }`],
      [1, () => innerScope(w, w.fresh(), place)],
      [taste.seams ? 1.5 : 0, () => seam(w)],
      [w.module.namespaces.size > 0 ? 3 : 0, () => reflection(w)],
      [w.module.dynamic.length > 0 ? 2 : 0, () => dynamicImport(w, place)],
      [place.mayAwait ? 4 : 0, () => awaiting(w, place)],
      [1, () => closures(w, place)],
      [w.isEsm ? 0.5 : 0, () => `__l(${w.label()}, typeof import.meta.url, typeof import.meta, this === undefined)`],
      [0.5, () => `(async () => { __l(${w.label()}, ${w.safe(place)}); await 0; __l(${w.label()}) })()`],
    ]),
  );
}

/** Every module that is imported dynamically is. */
export function dynamicImports(w: ModuleWriter, place: Place): (() => Piece)[] {
  return w.module.dynamic.map((target) => () => statement(dynamicImport(w, place, target)));
}

/** A statement that would continue one without a semicolon. */
function seam(w: ModuleWriter): string {
  const log = `__log.push(${w.label()})`;
  return w.random.pick([
    `(function () { ${log} })()`,
    `(() => { ${log} })()`,
    `[1].forEach(() => ${log})`,
    `[__fuel] = [__fuel - 1, ${log}]`,
    `\`\${${log}}\``,
    `/a/.test(${log})`,
    `/x/g[Symbol.split](${log})`,
    `+${log}`,
    `-${log}`,
    `++{ k: ${log} }.k`,
    `;(${log})`,
    `;[${log}]`,
    `async () => ${log}`,
    `({ k: ${log} })`,
    `(class { static s = ${log} })`,
  ]);
}

function reflection(w: ModuleWriter): string {
  const ns = w.random.pick([...w.module.namespaces]);
  const key = w.random.pick(['"a"', '"x"', '"default"', '"f"', '"1"', '"__proto__"', "Symbol.toStringTag", '"nope"']);
  const read = w.random.pick([
    `Object.keys(${ns})`,
    `Reflect.ownKeys(${ns})`,
    `Object.getOwnPropertyNames(${ns})`,
    `Object.getOwnPropertyDescriptor(${ns}, ${key})`,
    `Object.getOwnPropertyDescriptors(${ns})`,
    `${key} in ${ns}`,
    `Object.hasOwn(${ns}, ${key})`,
    `${ns}[${key}]`,
    `${ns}[Symbol.toStringTag]`,
    `Object.prototype.toString.call(${ns})`,
    `Object.getPrototypeOf(${ns})`,
    `Object.isExtensible(${ns})`,
    `Object.isSealed(${ns})`,
    `Object.isFrozen(${ns})`,
    `delete ${ns}[${key}]`,
    `delete ${ns}.x`,
    `${ns}[${key}] = 1`,
    `${ns}.x = 1`,
    `${ns}.x++`,
    `[${ns}.x] = [1]`,
    `({ k: ${ns}.x } = { k: 1 })`,
    `Reflect.set(${ns}, ${key}, 1)`,
    `Reflect.deleteProperty(${ns}, ${key})`,
    `Reflect.defineProperty(${ns}, ${key}, { value: 1 })`,
    `Reflect.defineProperty(${ns}, ${key}, { value: ${ns}[${key}], writable: true, enumerable: true, configurable: false })`,
    `Reflect.defineProperty(${ns}, ${key}, { get() {} })`,
    `Reflect.defineProperty(${ns}, ${key}, {})`,
    `Reflect.setPrototypeOf(${ns}, null)`,
    `Reflect.setPrototypeOf(${ns}, {})`,
    `Reflect.preventExtensions(${ns})`,
    `Object.freeze(${ns})`,
    `Object.seal(${ns}) === ${ns}`,
    `({ ...${ns} })`,
    `Object.assign({}, ${ns})`,
    `Object.entries(${ns}).map(([key]) => key)`,
    `Object.create(${ns}).x`,
    `(() => { const keys = []; for (const key in ${ns}) keys.push(key); return keys })()`,
    `(() => { const { x, ...rest } = ${ns}; return [typeof x, Object.keys(rest)] })()`,
    `(() => { with_: { const { default: d = 1 } = ${ns}; return typeof d } })()`,
    ns,
    `typeof ${ns}`,
    `${ns}.x`,
    `${ns}?.x`,
    `${ns}.a.b`,
    `typeof ${ns}.nope`,
    `new ${ns}.f`,
    `${ns}.a.name`,
    `${ns} === ${w.random.pick([...w.module.namespaces])}`,
    `new Proxy(${ns}, {}).x`,
    `Object.is(${ns}, Object(${ns}))`,
    `${ns} + ""`,
    `\`\${${ns}}\``,
    `${ns}()`,
    `new ${ns}`,
    `${ns} instanceof Object`,
    `Array.isArray(${ns})`,
    `${ns}.hasOwnProperty`,
    `${ns}.__proto__`,
    `Object.prototype.hasOwnProperty.call(${ns}, ${key})`,
    `Object.prototype.propertyIsEnumerable.call(${ns}, ${key})`,
    `structuredClone(${ns}.nope)`,
  ]);
  return w.random.chance(0.7)
    ? `__t(${w.label()}, () => (${read}))`
    : `try { __l(${w.label()}, ${read}) } catch (e) { __e(${w.label()}, e) }`;
}

function dynamicImport(w: ModuleWriter, place: Place, target = w.random.pick(w.module.dynamic)): string {
  const literal = w.specifierOf(target);
  const [stem = "", extension = ""] = w.fileOf(target).split(/(?=\.)/);
  const specifier = w.random.pick([
    literal,
    literal,
    literal,
    `\`./${stem}${extension}\``,
    `"./m" + ${target} + "${extension}"`,
    `\`./m\${${target}}${extension}\``,
    `${w.gap()}${literal}${w.gap()}`,
    `${literal},`,
    `${literal}, {}`,
  ]);
  const call = `import(${specifier})`;
  const namespaces = [...w.module.namespaces];
  return w.one([
    [4, () => `__later(${w.label()}, () => ${call})`],
    [
      2,
      () =>
        `__later(${w.label()}, async () => { const { default: d, ...rest } = await ${call}; return [d, Object.keys(rest)] })`,
    ],
    [
      1,
      () =>
        `__later(${w.label()}, () => ${call}.then((n) => [n === n, Object.getPrototypeOf(n), n[Symbol.toStringTag]]))`,
    ],
    [1, () => `__later(${w.label()}, async () => (await ${call}) === (await ${call}))`],
    [1, () => `__later(${w.label()}, async () => { const n = await ${call}; return n.f?.(1) })`],
    [namespaces.length > 0 ? 2 : 0, () => `__later(${w.label()}, async () => (await ${call}) === ${namespaces[0]})`],
    [w.taste.known ? 1 : 0, () => `__later(${w.label()}, () => import("./nowhere.mjs"))`],
    [place.mayAwait ? 3 : 0, () => `__l(${w.label()}, await ${call})`],
    [place.mayAwait ? 1 : 0, () => `try { await ${call}; __l(${w.label()}) } catch (e) { __e(${w.label()}, e) }`],
  ]);
}

function awaiting(w: ModuleWriter, place: Place): string {
  return w.one([
    [3, () => `await 0; __l(${w.label()})`],
    [2, () => `__l(${w.label()}, await ${operand(w.safe(place))})`],
    [1, () => `await${w.gap()}Promise.resolve(); __l(${w.label()})`],
    [1, () => `for await (const each of [1, Promise.resolve(2)]) __l(${w.label()}, each)`],
    [1, () => `try { await Promise.reject(new Error("E rejected")) } catch (e) { __e(${w.label()}, e) }`],
    [1, () => `if (await 1) { __l(${w.label()}) }`],
    [1, () => `{ const inner = await ${operand(w.safe(place))}; __l(${w.label()}, inner) }`],
    [1, () => `class Awaited${w.random.integer(0, 1e9)} extends (await Object) { [await ${w.label()}]() {} }`],
    [1, () => `await null, __l(${w.label()})`],
    [0.2, () => `await Promise.reject(new Error("E top"))`],
    [1, () => `const unused${w.random.integer(0, 1e9)} = await ${operand(w.safe(place))}`],
    [1, () => `__t(${w.label()}, async () => (await ${operand(w.safe(place))}))`],
  ]);
}

/** Closures over loop variables, and functions that other modules call early. */
function closures(w: ModuleWriter, place: Place): string {
  const name = w.fresh();
  return w.one([
    [
      1,
      () =>
        `{ const all = []; for (let ${name} = 0; ${name} < 2; ${name}++) all.push(() => ${name}); __l(${w.label()}, all.map((f) => f())) }`,
    ],
    [1, () => `__l(${w.label()}, (${functionExpression(w, place)}).name)`],
    [1, () => `__t(${w.label()}, () => (function ${name}() { return typeof ${name} })())`],
    [1, () => `__t(${w.label()}, () => (class ${name} { static x = ${name}.name }).x)`],
    [1, () => `__t(${w.label()}, ((${name}) => () => ${arrowResult(name)})(${w.safe(place)}))`],
  ]);
}

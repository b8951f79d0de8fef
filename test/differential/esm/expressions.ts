import { functionBody, parameterList } from "./functions.ts";
import { classBody, heritage } from "./classes.ts";
import { inside, type ModuleWriter, type Place, operand } from "./module-writer.ts";

const LITERALS = [
  "0",
  "1",
  "42",
  "-1",
  "0.5",
  "1_000",
  "1n",
  ".5",
  "0x1F",
  "null",
  "true",
  "false",
  "void 0",
  '"s"',
  "'it\"s'",
  "\"import x from 'y'\"",
  '"//"',
  '"/* */"',
  '"\\u2028"',
  '"</script>"',
  '"a\\\nb"',
  "`t`",
  "`a\n  b // c\n`",
  "`${1}}`",
  '"use strict"',
  "''",
];
const REGEXPS = ["/[\"'`]/g", "/[/]\\//", "/}/", "/\\/*/", "/(?<n>a)/u", "/[\\p{L}--[a-z]]/v"];
const KEYS = ["k", "p", "q", "default", "if", "'a b'", "1", "x", "a", "get", "async", "static", '"__proto__x"'];

/** Inside of a function: it runs when it is called. */
const LATER = { mayAwait: false, runsNow: false } as const;

/** An expression that throws only where it reads a binding too early. */
export function safe(w: ModuleWriter, place: Place): string {
  if (place.depth <= 0) return leaf(w, place);
  const inner = { ...place, depth: place.depth - 1 };
  const sub = (): string => operand(safe(w, inner));
  return w.one([
    [6, () => leaf(w, place)],
    [2, () => `typeof ${w.any(place)}`],
    [2, () => `[${w.gap()}${safe(w, inner)}, ${safe(w, inner)}]`],
    [3, () => objectLiteral(w, inner)],
    [3, () => functionExpression(w, inner)],
    [1, () => classExpression(w, inner, true)],
    [1, () => `${sub()} ===${w.gap()}${sub()}`],
    [1, () => `${sub()} ${w.random.pick(["&&", "||", "??"])} ${sub()}`],
    [1, () => `!${sub()}`],
    [1, () => `${sub()}${w.gap()}? ${safe(w, inner)} : ${safe(w, inner)}`],
    [1, () => `(${safe(w, inner)}, ${safe(w, inner)})`],
    [1, () => `\`<\${typeof ${w.known(place)}}\``],
    [1, () => `((${w.fresh()})${w.space()}=>${w.gap()}${arrowResult(safe(w, inner))})(1)`],
    [0.5, () => `/* @__PURE__ */ (() =>${w.gap()}${arrowResult(w.random.pick(LITERALS))})()`],
    [place.mayNameArguments ? 0.3 : 0, () => `typeof arguments`],
    [0.3, () => `typeof this`],
    [w.isEsm ? 0.3 : 0, () => `import.meta === import.meta`],
  ]);
}

/** Any expression; it may throw. */
export function wild(w: ModuleWriter, place: Place): string {
  const inner = { ...place, depth: Math.max(0, place.depth - 1) };
  const name = (): string => w.known(place);
  const target = (): string => w.assignable(place);
  const value = (): string => safe(w, inner);
  return w.one([
    [4, () => safe(w, place)],
    [4, () => `${name()}${w.space()}(${value()})`],
    [1, () => `${name()}?.(${value()})`],
    [1, () => `new ${name()}(${value()})`],
    [1, () => `new ${name()}`],
    [2, () => `${name()}.${w.random.pick(["name", "length", "x", "k", "a", "prototype", "default", "p"])}`],
    [1, () => `${name()}?.${w.gap()}x`],
    [1, () => `${name()}\`t\${${value()}}\``],
    [2, () => `${target()} = ${value()}`],
    [1, () => `${target()} ${w.random.pick(["??=", "||=", "&&=", "-=", "**="])} 1`],
    [1, () => `${target()}${w.random.pick(["++", "--"])}`],
    [1, () => `${w.random.pick(["++", "--", "-"])}${target()}`],
    [1, () => `({ ${target()} } = { ${w.fresh()}: 1 })`],
    [1, () => `({ ${target()} = ${value()}, ...${target()} } = {})`],
    [1, () => `([${target()} = ${functionExpression(w, inner)}, ${target()}] = [${value()}])`],
    [0.5, () => `(${target()}) = ${functionExpression(w, inner)}`],
    [1, () => `${w.random.pick(['"a"', '"x"', '"default"', '"k"'])} in ${name()}`],
    [1, () => `${operand(value())} instanceof ${name()}`],
    [1, () => `({ ...${name()} })`],
    [1, () => `[...${name()}]`],
    [1, () => w.any(place)],
    [1, () => `(0, ${name()})(${value()})`],
    [0.5, () => `delete ${name()}.x`],
    [0.5, () => `${name()}.x = ${value()}`],
    [place.mayAwait ? 2 : 0, () => `await ${operand(value())}`],
    [w.isEsm ? 0.5 : 0, () => `import.meta.url.constructor.name`],
    [0.5, () => `typeof globalThis.${w.fresh()}`],
  ]);
}

/** After `=>` a brace begins a block. */
export function arrowResult(expression: string): string {
  return `(${expression})`;
}

function leaf(w: ModuleWriter, place: Place): string {
  return w.one([
    [5, () => w.known(place)],
    [3, () => w.random.pick(LITERALS)],
    [0.3, () => w.random.pick(REGEXPS)],
  ]);
}

function objectLiteral(w: ModuleWriter, place: Place): string {
  const members = w.random.several(0, 4, () => objectMember(w, place));
  // Only one `__proto__: x` may stand in a literal.
  if (w.random.chance(0.1)) members.push(w.random.pick(["__proto__: null", `"__proto__": ${safe(w, place)}`]));
  return `{${w.gap()}${members.join(`,${w.gap()}`)}${members.length > 0 && w.random.chance(0.2) ? "," : ""} }`;
}

function objectMember(w: ModuleWriter, place: Place): string {
  const key = (): string => w.random.pick(KEYS);
  return w.one([
    [5, () => w.known(place)],
    [3, () => `${key()}:${w.gap()}${safe(w, place)}`],
    [1, () => `${key()}(${parameterList(w, place)[0]}) { return ${safe(w, place)}; }`],
    [1, () => `get ${key()}() { return ${safe(w, place)}; }`],
    [0.5, () => `set ${key()}(v) { ${w.known(place)}; }`],
    [0.5, () => `async ${key()}() {}`],
    [0.5, () => `*${key()}() {}`],
    [1, () => `["k" + 1]: ${safe(w, place)}`],
  ]);
}

export function functionExpression(w: ModuleWriter, place: Place): string {
  const name = w.fresh();
  const [parameters, bound] = parameterList(w, inside(place, [], LATER));
  const within = inside(place, bound, LATER);
  const named = inside(within, [name], { depth: within.depth });
  return w.one([
    [4, () => `(${parameters})${w.space()}=>${w.gap()}${arrowResult(safe(w, within))}`],
    [2, () => `(${parameters}) => ${functionBody(w, within, bound)}`],
    [2, () => `function (${parameters}) ${functionBody(w, within, bound)}`],
    [1, () => `function ${name}(${parameters}) ${functionBody(w, named, bound)}`],
    [1, () => `async (${parameters}) => ${arrowResult(safe(w, within))}`],
    [0.5, () => `function* ${name}(${parameters}) { yield ${safe(w, named)}; }`],
    [0.5, () => `async function (${parameters}) ${functionBody(w, within, bound)}`],
    [1, () => `${name}${w.space()}=> ${arrowResult(safe(w, inside(place, [name], LATER)))}`],
  ]);
}

export function classExpression(w: ModuleWriter, place: Place, pure: boolean): string {
  const name = w.random.chance(0.4) ? w.fresh() : "";
  const within = inside(place, name === "" ? [] : [name], { mayAwait: false });
  return `class ${name}${heritage(w, within, pure)} ${classBody(w, within, pure)}`;
}

import { arrowResult, classExpression, functionExpression } from "./expressions.ts";
import { classBody, heritage } from "./classes.ts";
import { functionBody, parameterList } from "./functions.ts";
import { inside, type ModuleWriter, type Place, operand } from "./module-writer.ts";
import { clauseName } from "./names.ts";
import { clause, type Piece, statement } from "./pieces.ts";
import type { Local } from "./plan.ts";

/** Makers of the declarations of a module's own bindings, and of all that exports them. */
export function declarations(w: ModuleWriter, place: Place): (() => Piece)[] {
  const { locals, exports } = w.module;
  const inline = new Set<string>();
  const makers: (() => Piece)[] = [];
  const asDefault = w.module.hasDefault ? pickDefault(w) : undefined;
  if (w.module.hasDefault) makers.push(() => defaultExport(w, asDefault, place));
  for (const local of locals) {
    if (local === asDefault) continue;
    const exported = exports.get(local.name) === local.name && w.random.chance(0.7);
    if (exported) inline.add(local.name);
    makers.push(() => declaration(w, local, exported, place));
  }
  const rest = [...exports].filter(([name, local]) => local !== undefined && !(inline.has(name) && local === name));
  return [...makers, ...exportClauses(w, rest as [string, string][]).map((piece) => () => piece)];
}

function exportClauses(w: ModuleWriter, exported: readonly (readonly [name: string, local: string])[]): Piece[] {
  const items = exported.map(([name, local]) =>
    name === local && w.random.chance(0.8) ? local : `${w.spell(local)} as ${clauseName(name)}`,
  );
  const half = w.random.chance(0.3) ? w.random.integer(0, items.length) : items.length;
  return [items.slice(0, half), items.slice(half)]
    .filter((group) => group.length > 0 || w.random.chance(0.05))
    .map((group) =>
      clause(
        `export${w.gap()}{${w.gap()}${group.join(`,${w.gap()}`)}${group.length > 0 && w.random.chance(0.2) ? "," : ""} }`,
      ),
    );
}

/** The declaration of a local. */
export function declaration(w: ModuleWriter, local: Local, exported: boolean, place: Place): Piece {
  const piece = declarationOf(w, local, exported, place);
  w.declared(local.name);
  return piece;
}

function declarationOf(w: ModuleWriter, local: Local, exported: boolean, place: Place): Piece {
  const prefix = exported ? `export${w.gap()}` : "";
  const name = w.spell(local.name);
  if (local.kind === "class") return statement(`${prefix}${classDeclaration(w, local.name, name, place)}`);
  if (local.kind === "function") return statement(`${prefix}${functionDeclaration(w, "function", name, place)}`);
  if (local.kind === "async")
    return statement(`${prefix}${functionDeclaration(w, `async${w.space()}function`, name, place)}`);
  if (local.kind === "generator")
    return statement(`${prefix}function*${w.gap()}${name}() { yield ${operand(w.safe(place))}; return ${w.label()}; }`);
  if (!exported && local.kind === "var" && w.random.chance(0.3)) return statement(hiddenVar(w, name, place));
  return statement(`${prefix}${local.kind}${w.gap()}${binding(w, local, name, place)}`);
}

function functionDeclaration(w: ModuleWriter, word: string, name: string, place: Place): string {
  const within = inside(place, [], { mayAwait: false, runsNow: false });
  const [parameters, bound] = parameterList(w, within);
  return `${word} ${name}${w.gap()}(${parameters})${w.gap()}${functionBody(w, inside(within, bound, { depth: 2 }), bound)}`;
}

function classDeclaration(w: ModuleWriter, name: string, spelled: string, place: Place): string {
  const pure = w.random.chance(0.4);
  const within = inside(place, name === "" ? [] : [name], { depth: 2, mayAwait: false });
  return `class ${spelled}${heritage(w, within, pure)}${w.gap()}${classBody(w, within, pure)}`;
}

/** A binding with its initial value, as it stands after `let`. */
function binding(w: ModuleWriter, { name: plain, kind }: Local, name: string, place: Place): string {
  const value = w.safe(place);
  const named = (): string =>
    w.one([
      [3, () => functionExpression(w, place)],
      [2, () => classExpression(w, { ...place, depth: 2 }, false)],
      [1, () => `(${functionExpression(w, place)})`],
      [1, () => `(0, ${functionExpression(w, place)})`],
      [1, () => `{ ${clauseName(plain)}: ${functionExpression(w, place)} }.${plain === name ? plain : "x"}`],
    ]);
  return w.one([
    [5, () => `${name} = ${value}`],
    [4, () => `${name} =${w.gap()}${named()}`],
    [kind === "const" ? 0 : 2, () => name],
    [1, () => `{ ${name} } = { ${clauseName(plain)}: ${value} }`],
    [1, () => `{ ${name} = ${named()} } = {}`],
    [1, () => `{ k: { ${name} = ${value} } = {} } = {}`],
    [1, () => `{ k: [${name} = ${named()}] } = { k: [] }`],
    [1, () => `{ p: {}, ...${name} } = { p: 1, q: ${value} }`],
    [1, () => `[, ${name} = ${value}, ] = [1]`],
    [1, () => `[...${name}] = [${value}]`],
    [w.taste.known ? 1 : 0, () => `{ [${w.label()} + 1]: ${name} = ${value} } = {}`],
    [1, () => `{ [${w.label()} + 1]: ${name} } = {}`],
    [place.mayAwait ? 3 : 0, () => `${name} = await ${operand(value)}`],
    [1, () => `${name} = ${operand(value)}, unused${w.random.integer(0, 1e9)} = ${value}`],
  ]);
}

/** A `var` that is declared somewhere inside of a statement. */
function hiddenVar(w: ModuleWriter, name: string, place: Place): string {
  const value = w.safe(place);
  return w.one([
    [1, () => `if (true) { var ${name} = ${value} }`],
    [1, () => `for (var ${name} = 0; ${name} < 2; ${name}++) {}`],
    [1, () => `for (var ${name} of [1, ${value}]) { __l(${w.label()}, ${name}) }`],
    [1, () => `for (var ${name} in { k: ${value} }) {}`],
    [1, () => `try { throw ${operand(value)} } catch (e) { var ${name} = e }`],
    [1, () => `switch (1) { case 1: var ${name} = ${value} }`],
    [1, () => `{ { var { k: ${name} = ${value} } = {} } }`],
    [1, () => `var ${name} = 1; var ${name} = ${value}; var ${name};`],
    [1, () => `while (true) { var ${name} = ${value}; break }`],
    [1, () => `for (var ${name} = ${value}, unused${w.random.integer(0, 1e9)} = 1; false;);`],
  ]);
}

/** A local that `export default` declares as well, if there shall be one. */
function pickDefault(w: ModuleWriter): Local | undefined {
  const declared = w.module.locals.filter(
    ({ kind, name }) =>
      ["function", "async", "generator", "class"].includes(kind) && w.module.exports.get(name) !== name,
  );
  return declared.length > 0 && w.random.chance(0.4) ? w.random.pick(declared) : undefined;
}

function defaultExport(w: ModuleWriter, local: Local | undefined, place: Place): Piece {
  const start = `export${w.gap()}default${w.gap()}`;
  if (local !== undefined) return statement(start + declaration(w, local, false, place).text);
  if (w.own.length > 0 && w.random.chance(0.1)) return clause(`export { ${w.random.pick(w.own)} as default }`);
  return statement(w.random.chance(0.4) ? anonymousDefault(w, start, place) : start + defaultValue(w, place));
}

function anonymousDefault(w: ModuleWriter, start: string, place: Place): string {
  const within = inside(place, [], { mayAwait: false, runsNow: false });
  const [parameters, bound] = parameterList(w, within);
  const body = functionBody(w, inside(within, bound, { depth: 2 }), bound);
  return w.one([
    [3, () => `${start}function${w.gap()}(${parameters}) ${body}`],
    [1, () => `${start}async${w.space()}function (${parameters}) ${body}`],
    [1, () => `${start}function*${w.gap()}(${parameters}) ${body}`],
    [3, () => `${start}class${heritage(w, within, false)} ${classBody(w, within, false)}`],
  ]);
}

function defaultValue(w: ModuleWriter, place: Place): string {
  const value = w.safe(place);
  return w.one([
    [4, () => w.known(place)],
    [3, () => (/^(?:async|function|class|let)/.test(value) ? `(${value})` : value)],
    [2, () => `(${functionExpression(w, place)})`],
    [1, () => `(${classExpression(w, { ...place, depth: 2 }, false)})`],
    [1, () => `() =>${w.gap()}${arrowResult(value)}`],
    [1, () => `async () =>${w.gap()}${arrowResult(value)}`],
    [1, () => `(0, ${functionExpression(w, place)})`],
    [1, () => `[${value}]`],
    [1, () => `(${w.known(place)}, ${value})`],
    [1, () => `/* @__PURE__ */ (() => 1)()`],
    [place.mayAwait ? 3 : 0, () => `await ${operand(value)}`],
  ]);
}

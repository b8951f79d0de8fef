import { inside, type ModuleWriter, type Place, operand } from "./module-writer.ts";

/** Parameters of a function, and the names they bind. */
export function parameterList(w: ModuleWriter, place: Place): readonly [text: string, names: readonly string[]] {
  const names = w.freshNames(0, 3);
  const parameters = names.map((name, index) => {
    const deep = inside(place, names.slice(0, index), { depth: Math.min(place.depth, 1) });
    return w.one([
      [6, () => name],
      [2, () => `${name} = ${w.safe(deep)}`],
      [1, () => `{ ${name} } = {}`],
      [1, () => `{ k: ${name} = ${w.safe(deep)} } = { }`],
      [1, () => `[${name} = ${w.safe(deep)}] = []`],
      [index === names.length - 1 ? 1 : 0, () => `...${name}`],
    ]);
  });
  return [parameters.join(`,${w.gap()}`), names];
}

/** A function's body with braces. It may call others, within the limits of the fuel. */
export function functionBody(w: ModuleWriter, place: Place, parameters: readonly string[] = []): string {
  const names = w.random.chance(0.4) ? w.freshNames(1, 2) : [];
  const bound = names.filter((name) => parameters.includes(name) || w.random.chance(0.5));
  const within = inside(place, bound);
  const lines = names.map((name) => {
    if (parameters.includes(name)) return `var ${name};`;
    return bound.includes(name) ? bodyBinding(w, name, within) : innerScope(w, name, within);
  });
  if (w.random.chance(0.5)) lines.push(assignment(w, within));
  if (w.random.chance(0.3)) {
    const call = w.wild(inside(within, [], { mayAwait: false }));
    lines.push(`if (__fuel-- < 0) throw new Error("E fuel"); __t(${w.label()}, () => (${call}));`);
  }
  if (w.random.chance(0.2)) lines.push(`__l(${w.label()});`);
  const result = w.random.chance(0.3) && lines.length > 2 ? w.wild(within) : w.safe(within);
  const body = [...w.random.shuffle(lines), `return${w.space()}${operand(result)}`];
  return `{${w.gap()}${body.join(w.gap())} }`;
}

/** A declaration that binds `name` in the whole function. */
function bodyBinding(w: ModuleWriter, name: string, place: Place): string {
  return w.one([
    [3, () => `var ${name} = 1;`],
    [3, () => `let ${name} = "inner";`],
    [2, () => `function ${name}() { return ${w.safe(place)}; };`],
    [1, () => `class ${name} {};`],
    [1, () => `const { ${name} = ${w.safe({ ...place, depth: 1 })} } = {};`],
    [1, () => `for (var ${name} in { k: 1 });`],
    [1, () => `{ var ${name} = 3; };`],
  ]);
}

/** A statement with a scope of its own that has `name`. */
export function innerScope(w: ModuleWriter, name: string, place: Place): string {
  const read = `__t(${w.label()}, () => [${w.safe(inside(place, [name]))}, ${name}]);`;
  return w.one([
    [2, () => `{ let ${name} = 2; ${read} }`],
    [1, () => `{ ${read} class ${name} {} }`],
    [1, () => `{ ${read} function ${name}() {} }`],
    [1, () => `try { throw 3 } catch (${name}) { ${read} };`],
    [1, () => `try { throw { ${name}: 1 } } catch ({ ${name} }) { ${read} };`],
    [1, () => `for (let ${name} = 0; ${name} < 1; ${name}++) ${read}`],
    [1, () => `for (const ${name} of [1]) ${read}`],
    [1, () => `for (const ${name} in { k: 1 }) ${read}`],
    [1, () => `for (const { ${name} } of [{ ${name}: 1 }]) { ${read} }`],
    [1, () => `switch (1) { case 1: let ${name} = 4; ${read} };`],
    [1, () => labelled(w, name, read)],
  ]);
}

function labelled(w: ModuleWriter, name: string, read: string): string {
  const label = /^[a-z]/.test(name) ? name : "l";
  return `${label}:${w.gap()}for (let ${name} = 1;;) { ${read} break ${label}; }`;
}

/** A setter of live bindings, mostly. */
function assignment(w: ModuleWriter, place: Place): string {
  const targets = w.module.locals.filter(({ kind }) => kind === "let" || kind === "var" || kind === "function");
  const target =
    targets.length > 0 && w.random.chance(0.8) ? w.spell(w.random.pick(targets).name) : w.assignable(place);
  return w.one([
    [3, () => `${target} = ${w.safe({ ...place, depth: 1 })};`],
    [2, () => `${target}++;`],
    [1, () => `;[${target}] = ["set"];`],
    [1, () => `({ ${target} } = { ${target}: 5 });`],
    [1, () => `for (${target === "async" ? "(async)" : target} of [6]);`],
    [1, () => `${target} ??= 7;`],
  ]);
}

import { safe, wild } from "../esm/expressions.ts";
import { drawTaste, type EsmOptions, moduleText } from "../esm/generate.ts";
import { ModuleWriter, type Place, type Setting } from "../esm/module-writer.ts";
import { clauseName } from "../esm/names.ts";
import { clause, type Piece, statement } from "../esm/pieces.ts";
import type { TestProgram } from "../program.ts";
import { Random } from "../random.ts";
import { commonjsText } from "./commonjs.ts";
import { type CommonjsImport, type MixedPlan, planMixed } from "./plan.ts";

/** A program of ES modules, CommonJS and JSON, always the same for a seed. */
export function generateMixed(seed: number, options: EsmOptions): TestProgram {
  const random = new Random(seed);
  const taste = { ...drawTaste(random, options), wrongImports: 0, strings: false };
  const modules = planMixed(random, taste);
  const files = modules.map(({ plan }) => plan.path.slice(1));
  const setting: Setting = { grammar: { safe, wild }, files, inFolder: true };
  const texts = modules.map((module) => {
    const w = new ModuleWriter(module.plan, random, taste, setting);
    return [module.plan.path, textOf(w, module, modules)] as const;
  });
  return { entry: "/m0.mjs", files: Object.fromEntries(texts) };
}

function textOf(w: ModuleWriter, module: MixedPlan, modules: readonly MixedPlan[]): string {
  if (module.format === "json") return module.text;
  if (module.format === "commonjs") return commonjsText(w, module, modules);
  const pieces = module.imports.flatMap((item, index) => importing(w, item, index, modules));
  return moduleText(w, pieces);
}

function importing(
  w: ModuleWriter,
  item: CommonjsImport,
  index: number,
  modules: readonly MixedPlan[],
): ((place: Place) => Piece)[] {
  const { target, kind, byDefault, hasNamespace } = item;
  const isJson = modules[target]?.format === "json";
  // Node's namespace has the names that its lexer finds: only what it shares with the loader's is looked at.
  const namespace = `namespace${index}`;
  if (kind === "dynamic") return [() => statement(dynamicImport(w, target, isJson))];
  const pieces = [(): Piece => clause(importText(w, item, namespace, isJson))];
  if (byDefault !== undefined) {
    pieces.push(() => statement(`__l(${w.label()}, ${byDefault})`));
    pieces.push(() => statement(`__t(${w.label()}, () => ${use(w, byDefault)})`));
  }
  if (hasNamespace) pieces.push(() => statement(`__l(${w.label()}, ${namespace}.default, typeof ${namespace}.nope)`));
  return pieces;
}

function dynamicImport(w: ModuleWriter, target: number, isJson: boolean): string {
  const specifier = w.random.chance(0.7) ? w.specifierOf(target) : `"./" + ${JSON.stringify(w.fileOf(target))}`;
  const call = `import(${specifier}${isJson ? `, { with: { type: "json" } }` : ""})`;
  return w.random.pick([
    `__later(${w.label()}, async () => (await ${call}).default)`,
    `__later(${w.label()}, async () => { const { default: d } = await ${call}; return ${use(w, "d")} })`,
    `__later(${w.label()}, async () => (await ${call}) === (await ${call}))`,
    `__later(${w.label()}, async () => [typeof (await ${call}), 1])`,
  ]);
}

function use(w: ModuleWriter, name: string): string {
  return w.random.pick([
    `${name}.a`,
    `${name}("x")`,
    `new ${name}()`,
    `${name}.lazy()`,
    `${name}.late()`,
    `${name}.f(1)`,
    `Object.keys(${name})`,
    `${name}.__esModule`,
    `${name}.default`,
  ]);
}

function importText(
  w: ModuleWriter,
  { target, kind, byDefault, hasNamespace, names }: CommonjsImport,
  namespace: string,
  isJson: boolean,
): string {
  const from = `${w.specifierOf(target)}${isJson ? ` with { type: "json" }` : ""}`;
  const list = `{ ${names.map(([imported, local]) => (imported === local ? imported : `${clauseName(imported)} as ${local}`)).join(", ")} }`;
  if (kind === "bare") return `import ${from}`;
  if (kind === "star") return `export * from ${from}`;
  if (kind === "from") return `export ${list} from ${from}`;
  const parts = byDefault === undefined ? [] : [byDefault];
  if (hasNamespace) parts.push(`* as ${namespace}`);
  else if (names.length > 0 || byDefault === undefined) parts.push(list);
  return `import ${parts.join(", ")} from ${from}`;
}

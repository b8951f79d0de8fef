import { claimName, type ModulePlan, planModule, type Taste } from "../esm/plan.ts";
import type { Random } from "../random.ts";

/** How a CommonJS module makes its exports. */
export type ExportStyle =
  | "properties"
  | "object"
  | "function"
  | "class"
  | "primitive"
  | "compiled"
  | "forward"
  | "getters"
  | "nothing";

/** One module of a mixed program. */
export type MixedPlan =
  | { readonly format: "esm"; readonly plan: ModulePlan; readonly imports: CommonjsImport[] }
  | {
      readonly format: "commonjs";
      readonly plan: ModulePlan;
      readonly style: ExportStyle;
      /** Exports that are there from the end of the module's run on, never change, and can be read off the text. */
      readonly names: ReadonlyMap<string, string>;
      readonly requires: number[];
      readonly strict: boolean;
    }
  | { readonly format: "json"; readonly plan: ModulePlan; readonly text: string };

/** What an ES module imports from a CommonJS or JSON module. */
export interface CommonjsImport {
  readonly target: number;
  readonly kind: "import" | "from" | "star" | "bare" | "dynamic";
  readonly byDefault: string | undefined;
  readonly hasNamespace: boolean;
  /** Imported name → local name, or exported name. */
  readonly names: readonly (readonly [string, string])[];
}

const JSON_TEXTS = [
  '{ "a": 1, "b": [2], "default": 3 }',
  "[1, 2]",
  '"text"',
  "null",
  '{ "__proto__": 1, "x": { "__proto__": 2 } }',
  " 5 ",
];
const STYLES: readonly (readonly [number, ExportStyle])[] = [
  [6, "properties"],
  [3, "object"],
  [1, "function"],
  [1, "class"],
  [1, "primitive"],
  [3, "compiled"],
  [1, "forward"],
  [1, "getters"],
  [1, "nothing"],
];

/** Decides what the modules of a mixed program are, and who asks for whom. */
export function planMixed(random: Random, taste: Taste): MixedPlan[] {
  const modules = Array.from({ length: random.integer(2, 7) }, (_, index) => planOne(index, random, taste));
  const edges: Edge[] = [];
  const connect = (from: number, to: number): void => {
    if (!closesRequireCycle(modules, [...edges, [from, to]])) edges.push([from, to]);
  };
  for (let to = 1; to < modules.length; to++) connect(random.integer(0, to - 1), to);
  for (let from = 0; from < modules.length; from++)
    for (const to of random.several(0, 2, () => random.integer(0, modules.length - 1)))
      if (to > from || random.chance(taste.cycles)) connect(from, to);
  for (const [from, to] of edges) ask(modules, from, to, random, taste);
  dropStarRequires(modules);
  return modules;
}

/** `export *` of CommonJS gives Node's `module.exports` as a name, and that is then what `require` of the module gives. */
function dropStarRequires(modules: readonly MixedPlan[]): void {
  for (const module of modules) {
    if (module.format !== "commonjs") continue;
    const kept = module.requires.filter((target) => {
      const other = modules[target];
      return other?.format !== "esm" || other.imports.every(({ kind }) => kind !== "star");
    });
    module.requires.splice(0, module.requires.length, ...kept);
  }
}

type Edge = readonly [from: number, to: number];

function planOne(index: number, random: Random, taste: Taste): MixedPlan {
  const plan = planModule(index, random, taste);
  const format =
    index === 0
      ? "esm"
      : random.weighted([
          [4, "esm"],
          [6, "commonjs"],
          [1, "json"],
        ] as const);
  if (format === "esm") return { format, plan, imports: [] };
  if (format === "json") return { format, plan: emptied(plan, "json"), text: random.pick(JSON_TEXTS) };
  const names = new Map<string, string>();
  // Parameters of the function that the module becomes.
  const locals = plan.locals.filter(({ name }) => !["exports", "require", "module", "__filename"].includes(name));
  for (const { name } of locals)
    if (random.chance(0.6)) names.set(random.chance(0.7) ? name : random.pick(["a", "b", "x", "default"]), name);
  const commonjs = { ...plan, locals, path: `/m${index}.cjs`, awaits: false, exports: new Map(), hasDefault: false };
  return { format, plan: commonjs, style: random.weighted(STYLES), names, requires: [], strict: random.chance(0.3) };
}

function emptied(plan: ModulePlan, extension: string): ModulePlan {
  return { ...plan, path: `/m${plan.index}.${extension}`, locals: [], exports: new Map(), hasDefault: false };
}

/** Node refuses to `require` an ES module that waits for the one that requires it. */
function closesRequireCycle(modules: readonly MixedPlan[], edges: readonly Edge[]): boolean {
  const reaches = (from: number, wanted: number, seen = new Set<number>()): boolean => {
    if (from === wanted) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return edges.some(([source, target]) => source === from && reaches(target, wanted, seen));
  };
  return edges.some(
    ([from, to]) => modules[from]?.format === "commonjs" && modules[to]?.format === "esm" && reaches(to, from),
  );
}

function ask(modules: readonly MixedPlan[], from: number, target: number, random: Random, taste: Taste): void {
  const module = modules[from];
  const other = modules[target];
  if (module === undefined || other === undefined || module.format === "json") return;
  if (module.format === "commonjs") module.requires.push(target);
  else if (other.format !== "esm" && random.chance(taste.dynamic))
    module.imports.push({ target, kind: "dynamic", byDefault: undefined, hasNamespace: false, names: [] });
  else if (other.format === "esm" && random.chance(taste.dynamic)) module.plan.dynamic.push(target);
  else if (other.format === "esm") askEsm(module.plan, other.plan, random, taste);
  else module.imports.push(askCommonjs(module.plan, other, random, taste));
}

function askEsm(plan: ModulePlan, other: ModulePlan, random: Random, taste: Taste): void {
  const names: [string, string][] = [];
  const visible = [...other.exports.keys()];
  for (const imported of new Set(
    random.several(0, 3, () => (visible.length === 0 ? undefined : random.pick(visible))),
  )) {
    const local = imported === undefined ? undefined : claimName(plan, imported, random, taste);
    if (imported !== undefined && local !== undefined) names.push([imported, local]);
  }
  const byDefault = other.hasDefault && random.chance(0.6) ? claimName(plan, "", random, taste) : undefined;
  plan.requests.push({ target: other.index, clause: { kind: "import", byDefault, namespace: undefined, names } });
}

function askCommonjs(plan: ModulePlan, other: MixedPlan, random: Random, taste: Taste): CommonjsImport {
  const target = other.plan.index;
  const given = readableNames(other);
  const kind = random.weighted([
    [6, "import"],
    [given.length > 0 ? 2 : 0, "from"],
    [given.length > 0 && taste.stars > 0 ? 1 : 0, "star"],
    [1, "bare"],
  ] as const);
  if (kind === "bare" || kind === "star") return { target, kind, byDefault: undefined, hasNamespace: false, names: [] };
  const claim = (preferred: string): string | undefined => claimName(plan, preferred, random, taste);
  if (kind === "from")
    return { target, kind, byDefault: undefined, hasNamespace: false, names: exported(plan, given, random) };
  const byDefault = random.chance(0.6) ? claim("") : undefined;
  const hasNamespace = random.chance(0.2);
  const names: [string, string][] = [];
  for (const imported of new Set(random.several(0, 2, () => (given.length === 0 ? "" : random.pick(given))))) {
    const local = imported === "" || hasNamespace ? undefined : claim(imported);
    if (local !== undefined) names.push([imported, local]);
  }
  return { target, kind, byDefault, hasNamespace, names };
}

function exported(plan: ModulePlan, given: readonly string[], random: Random): [string, string][] {
  const name = random.pick(given);
  if (plan.exports.has(name)) return [];
  plan.exports.set(name, undefined);
  return [[name, name]];
}

/** Names that both Node, which reads the text, and the loader, which runs it, find. */
function readableNames(module: MixedPlan): string[] {
  if (module.format !== "commonjs") return [];
  const known = ["properties", "object", "compiled"].includes(module.style);
  return known ? [...module.names.keys()].filter((name) => name !== "default") : [];
}

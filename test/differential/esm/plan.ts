import type { Random } from "../random.ts";
import { bindingName, exportName, isBindable, type NameTaste } from "./names.ts";

/** What a generated program has; each program draws its own mix, so that every pair of features meets. */
export interface Taste extends NameTaste {
  readonly strings: boolean;
  readonly escapes: boolean;
  readonly comments: boolean;
  readonly seams: boolean;
  readonly stars: number;
  readonly cycles: number;
  readonly dynamic: number;
  readonly effects: number;
  readonly fatal: number;
  /** Share of the reads that may come before the declaration. */
  readonly tooEarly: number;
  readonly wrongImports: number;
  readonly awaits: number;
  readonly namespaces: number;
  readonly statements: number;
}

export type LocalKind = "var" | "let" | "const" | "function" | "async" | "generator" | "class";

/** A binding that a module declares itself. */
export interface Local {
  readonly name: string;
  readonly kind: LocalKind;
}

/** One clause of a request. */
export type Clause =
  | { readonly kind: "bare" }
  | { readonly kind: "star" }
  | { readonly kind: "starAs"; readonly exported: string }
  | { readonly kind: "from"; readonly names: readonly (readonly [imported: string, exported: string])[] }
  | {
      readonly kind: "import";
      readonly byDefault: string | undefined;
      readonly namespace: string | undefined;
      readonly names: readonly (readonly [imported: string, local: string])[];
    };

export interface Request {
  readonly target: number;
  readonly clause: Clause;
}

export interface ModulePlan {
  readonly index: number;
  readonly path: string;
  readonly locals: Local[];
  /** Local names of imports. */
  readonly imports: Set<string>;
  readonly namespaces: Set<string>;
  /** Exported name → local; undefined where a clause gives it. */
  readonly exports: Map<string, string | undefined>;
  readonly hasDefault: boolean;
  readonly requests: Request[];
  /** Modules that it imports with `import()`. */
  readonly dynamic: number[];
  readonly awaits: boolean;
}

const KINDS: readonly (readonly [number, LocalKind])[] = [
  [2, "var"],
  [4, "let"],
  [5, "const"],
  [5, "function"],
  [1, "async"],
  [1, "generator"],
  [3, "class"],
];

/** Decides what the modules of a program are called, declare, export and import. */
export function planModules(random: Random, taste: Taste): ModulePlan[] {
  const count = random.weighted([
    [5, random.integer(2, 4)],
    [3, random.integer(4, 6)],
    [1, random.integer(7, 9)],
  ]);
  const modules = Array.from({ length: count }, (_, index) => planModule(index, random, taste));
  const edges = planEdges(modules, random, taste);
  for (const [from, to] of edges) planStars(modules, from, to, random, taste);
  const visible = modules.map((module) => visibleNames(modules, module.index));
  for (const [from, to] of edges) planImports(modules, from, to, visible[to] ?? new Map(), random, taste);
  return modules;
}

/** A module with bindings of its own; what it imports is decided later. */
export function planModule(index: number, random: Random, taste: Taste): ModulePlan {
  const locals = new Map<string, Local>();
  for (const name of random.several(1, 5, () => bindingName(random, taste)))
    locals.set(name, { name, kind: random.weighted(KINDS) });
  const exports = new Map<string, string | undefined>();
  for (const { name } of locals.values()) {
    if (!random.chance(0.7)) continue;
    const exported = random.chance(0.75) ? name : exportName(random, taste, taste.strings);
    if (exported !== "then" && exported !== "default" && !exports.has(exported)) exports.set(exported, name);
  }
  return {
    index,
    path: `/m${index}.mjs`,
    locals: [...locals.values()],
    imports: new Set(),
    namespaces: new Set(),
    exports,
    hasDefault: random.chance(0.5),
    requests: [],
    dynamic: [],
    awaits: random.chance(taste.awaits),
  };
}

/** Every module is reached from one before it; further edges make diamonds and cycles. */
function planEdges(modules: readonly ModulePlan[], random: Random, taste: Taste): [number, number][] {
  const edges: [number, number][] = [];
  for (const { index } of modules.slice(1)) {
    const from = random.integer(0, index - 1);
    if (random.chance(taste.dynamic)) modules[from]?.dynamic.push(index);
    else edges.push([from, index]);
  }
  for (const { index } of modules) {
    for (const to of random.several(0, 2, () => random.integer(0, modules.length - 1))) {
      if (to <= index && !random.chance(taste.cycles)) continue;
      if (random.chance(taste.dynamic / 2)) modules[index]?.dynamic.push(to);
      else edges.push([index, to]);
    }
  }
  return random.shuffle(edges);
}

function planStars(modules: readonly ModulePlan[], from: number, target: number, random: Random, taste: Taste): void {
  const module = modules[from] as ModulePlan;
  if (random.chance(taste.stars)) module.requests.push({ target, clause: { kind: "star" } });
  if (!random.chance(taste.stars / 2)) return;
  const exported = exportName(random, taste, taste.strings);
  if (module.exports.has(exported) || (exported === "default" && module.hasDefault)) return;
  module.exports.set(exported, undefined);
  module.requests.push({ target, clause: { kind: "starAs", exported } });
}

/** Names that a module exports, and how many ways there are to each. */
function visibleNames(modules: readonly ModulePlan[], start: number): Map<string, number> {
  const found = new Map<string, number>();
  const seen = new Set<number>();
  const visit = (index: number, byStar: boolean): void => {
    if (seen.has(index)) return;
    seen.add(index);
    const module = modules[index] as ModulePlan;
    const own = [...module.exports.keys(), ...(module.hasDefault ? ["default"] : [])];
    for (const name of own) {
      if (name === "default" && byStar) continue;
      if (byStar && modules[start]?.exports.has(name) === true) continue;
      found.set(name, (found.get(name) ?? 0) + 1);
    }
    for (const { target, clause } of module.requests) if (clause.kind === "star") visit(target, true);
  };
  visit(start, false);
  return found;
}

function planImports(
  modules: readonly ModulePlan[],
  from: number,
  target: number,
  visible: ReadonlyMap<string, number>,
  random: Random,
  taste: Taste,
): void {
  const module = modules[from] as ModulePlan;
  const wanted = (): string => wantedName(visible, random, taste);
  const had = module.requests.some((request) => request.target === target);
  if (random.chance(had ? 0.1 : 0.2)) module.requests.push({ target, clause: { kind: "bare" } });
  if (random.chance(0.2)) planFrom(module, target, random.several(0, 3, wanted), random, taste);
  if (random.chance(had ? 0.5 : 0.9)) planImport(module, target, visible, random.several(0, 4, wanted), random, taste);
  if (!module.requests.some((request) => request.target === target))
    module.requests.push({ target, clause: { kind: "bare" } });
}

function wantedName(visible: ReadonlyMap<string, number>, random: Random, taste: Taste): string {
  if (visible.size === 0 || random.chance(taste.wrongImports)) return exportName(random, taste, taste.strings);
  const [name, ways] = random.pick([...visible]);
  // What several stars give may be ambiguous: mostly something else is taken, or the program would not link.
  return ways > 1 && !random.chance(0.1 + taste.wrongImports) ? random.pick([...visible])[0] : name;
}

function planFrom(module: ModulePlan, target: number, wanted: readonly string[], random: Random, taste: Taste): void {
  const names: [string, string][] = [];
  for (const imported of new Set(wanted)) {
    const exported = random.chance(0.6) ? imported : exportName(random, taste, taste.strings);
    if (module.exports.has(exported) || exported === "then" || (exported === "default" && module.hasDefault)) continue;
    module.exports.set(exported, undefined);
    names.push([imported, exported]);
  }
  module.requests.push({ target, clause: { kind: "from", names } });
}

function planImport(
  module: ModulePlan,
  target: number,
  visible: ReadonlyMap<string, number>,
  wanted: readonly string[],
  random: Random,
  taste: Taste,
): void {
  const claim = (preferred: string): string | undefined => claimName(module, preferred, random, taste);
  const byDefault = visible.has("default") && random.chance(0.5) ? claim("") : undefined;
  const namespace = random.chance(taste.namespaces) ? claim("") : undefined;
  if (namespace !== undefined) module.namespaces.add(namespace);
  const names: [string, string][] = [];
  for (const imported of namespace === undefined ? wanted : []) {
    const local = claim(imported);
    if (local !== undefined) names.push([imported, local]);
  }
  module.requests.push({ target, clause: { kind: "import", byDefault, namespace, names } });
}

/** A local name for an import that the module does not have yet. */
export function claimName(module: ModulePlan, preferred: string, random: Random, taste: Taste): string | undefined {
  const taken = (name: string): boolean =>
    module.imports.has(name) || module.locals.some((local) => local.name === name);
  const tries = [...(random.chance(0.6) ? [preferred] : []), ...random.several(3, 3, () => bindingName(random, taste))];
  const name = tries.find((candidate) => isBindable(candidate) && !taken(candidate));
  if (name === undefined) return undefined;
  module.imports.add(name);
  // Imports can be exported as well.
  if (random.chance(0.2) && !module.exports.has(name) && name !== "then") module.exports.set(name, name);
  return name;
}

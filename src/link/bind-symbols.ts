import { exportNames } from "../artifact/export-names.ts";
import type { IndirectExport } from "../artifact/module-record.ts";
import { isDeferred } from "./evaluation-order.ts";
import type { Binding, LinkedModule } from "./linked-module.ts";

const MISSING: Binding = { kind: "missing" };
const AMBIGUOUS: Binding = { kind: "ambiguous" };

/** What exports mean (ES `ResolveExport`); answers are kept, so that barrels are looked through once. */
export class ExportBinder {
  readonly #known = new Map<LinkedModule, Map<string, Binding>>();
  readonly #names = new Map<LinkedModule, ReadonlySet<string>>();
  readonly #namespaces = new Map<LinkedModule, readonly string[]>();
  readonly #starTargets = new Map<LinkedModule, ReadonlyMap<string, readonly LinkedModule[]>>();
  /** What is being looked up right now; meeting it again is a circle. */
  readonly #open: (readonly [module: LinkedModule, name: string])[] = [];
  /** Something was cut short by a circle since the outermost lookup began: its parts must not be kept. */
  #circular = false;

  /** The binding of `module`'s export `name`. */
  resolve(module: LinkedModule, name: string): Binding {
    if (module.record.format === "wasm" && !module.record.names.includes(name)) return MISSING;
    if (!module.isEsm) return { kind: "member", module, name };
    const known = module.barrel?.get(name)?.binding ?? this.#known.get(module)?.get(name);
    if (known !== undefined) return known;
    const own = module.ownExports.get(name);
    if (own !== undefined) return own;
    const outermost = this.#open.length === 0;
    if (outermost) this.#circular = false;
    if (this.#isOpen(module, name)) {
      this.#circular = true;
      return MISSING;
    }
    this.#open.push([module, name]);
    const binding = this.#resolveElsewhere(module, name);
    this.#open.pop();
    if (outermost || !this.#circular) this.#keep(module, name, binding);
    return binding;
  }

  /** What `imported` of a request of `module` means; `*` is its namespace. */
  resolveImported(module: LinkedModule, request: number, imported: string): Binding {
    const target = module.targets[request];
    if (target === undefined) return MISSING;
    if (imported === "*") return { kind: isDeferred(module, request) ? "deferred" : "namespace", module: target };
    return this.resolve(target, imported === "*source*" ? "default" : imported);
  }

  #resolveElsewhere(module: LinkedModule, name: string): Binding {
    const indirect = indirectOf(module).get(name);
    if (indirect !== undefined) return this.resolveImported(module, indirect.request, indirect.imported);
    return name === "default" || module.record.stars.length === 0 ? MISSING : this.#resolveStars(module, name);
  }

  #resolveStars(module: LinkedModule, name: string): Binding {
    let found: Binding = MISSING;
    for (const target of this.#starTargetsOf(module).get(name) ?? []) {
      const binding = this.resolve(target, name);
      if (binding.kind === "ambiguous") return binding;
      if (binding.kind === "missing") continue;
      if (found.kind !== "missing" && !isSame(found, binding)) return AMBIGUOUS;
      found = binding;
    }
    return found.kind === "missing" ? this.#resolveOpenStars(module, name, new Set()) : found;
  }

  /** What CommonJS may have once it has run, where nothing else has the name. */
  #resolveOpenStars(module: LinkedModule, name: string, seen: Set<LinkedModule>): Binding {
    if (seen.has(module)) return MISSING;
    seen.add(module);
    for (const star of module.record.stars) {
      const target = module.targets[star];
      if (target === undefined) continue;
      if (!target.isEsm) return { kind: "member", module: target, name };
      const found = this.#resolveOpenStars(target, name, seen);
      if (found.kind !== "missing") return found;
    }
    return MISSING;
  }

  /** The next module on the way to an export that `module` hands on, and the name there. */
  nextOf(module: LinkedModule, name: string): { module: LinkedModule; name: string } | undefined {
    if (!module.isEsm || name === "*") return undefined;
    const known = module.barrel?.get(name);
    if (known !== undefined) return known.next;
    if (module.ownExports.has(name)) return undefined;
    const indirect = indirectOf(module).get(name);
    if (indirect !== undefined) {
      const target = module.targets[indirect.request];
      return target && { module: target, name: indirect.imported };
    }
    for (const target of this.#starTargetsOf(module).get(name) ?? [])
      if (this.resolve(target, name).kind !== "missing") return { module: target, name };
    return undefined;
  }

  /** Every name that can be told before running (ES `GetExportedNames`). */
  exportNames(module: LinkedModule): ReadonlySet<string> {
    const known = this.#names.get(module);
    if (known !== undefined) return known;
    const seen = new Set<LinkedModule>();
    const names = new Set<string>();
    const stack = [module];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const { barrel } = next;
      for (const name of barrel?.keys() ?? ownNames(next)) if (next === module || name !== "default") names.add(name);
      if (barrel !== undefined) continue;
      for (const star of next.record.stars) {
        const target = next.targets[star];
        if (target !== undefined) stack.push(target);
      }
      for (const forward of next.record.forwards) {
        const target = next.targets[forward];
        if (target !== undefined) stack.push(target);
      }
    }
    this.#names.set(module, names);
    return names;
  }

  /** Names of a namespace object: those that are neither missing nor ambiguous, in code unit order. */
  namespaceNames(module: LinkedModule): readonly string[] {
    const known = this.#namespaces.get(module);
    if (known !== undefined) return known;
    const names = [...this.exportNames(module)].filter((name) => {
      const { kind } = this.resolve(module, name);
      return kind !== "missing" && kind !== "ambiguous";
    });
    names.sort(byCodeUnits);
    this.#namespaces.set(module, names);
    return names;
  }

  /** CommonJS modules whose names, unknown before they run, pass through a module's stars. */
  openStars(module: LinkedModule): LinkedModule[] {
    const seen = new Set<LinkedModule>();
    const found: LinkedModule[] = [];
    const stack = [module];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (!next.isEsm && next !== module) found.push(next);
      for (const star of next.record.stars) {
        const target = next.targets[star];
        if (target !== undefined) stack.push(target);
      }
    }
    return found;
  }

  /** Of each name the stars that can have it: a barrel of hundreds of stars is not searched name by name. */
  #starTargetsOf(module: LinkedModule): ReadonlyMap<string, readonly LinkedModule[]> {
    const known = this.#starTargets.get(module);
    if (known !== undefined) return known;
    const targets = new Map<string, LinkedModule[]>();
    for (const star of module.record.stars) {
      const target = module.targets[star];
      if (target === undefined) continue;
      for (const name of this.exportNames(target)) {
        const sharing = targets.get(name);
        if (sharing === undefined) targets.set(name, [target]);
        else if (!sharing.includes(target)) sharing.push(target);
      }
    }
    this.#starTargets.set(module, targets);
    return targets;
  }

  #isOpen(module: LinkedModule, name: string): boolean {
    for (const [openModule, openName] of this.#open) if (openModule === module && openName === name) return true;
    return false;
  }

  #keep(module: LinkedModule, name: string, binding: Binding): void {
    let known = this.#known.get(module);
    if (known === undefined) this.#known.set(module, (known = new Map()));
    known.set(name, binding);
  }
}

const indirectMaps = new WeakMap<LinkedModule, ReadonlyMap<string, IndirectExport>>();

function indirectOf(module: LinkedModule): ReadonlyMap<string, IndirectExport> {
  let map = indirectMaps.get(module);
  if (map === undefined) {
    map = new Map(module.record.reexports.map((reexport) => [reexport.name, reexport]));
    indirectMaps.set(module, map);
  }
  return map;
}

function* ownNames({ record }: LinkedModule): Generator<string> {
  for (const { name } of record.exports) yield name;
  for (const { name } of record.reexports) yield name;
  yield* exportNames(record);
}

function isSame(a: Binding, b: Binding): boolean {
  if (a.kind !== b.kind || !("module" in a) || !("module" in b) || a.module !== b.module) return false;
  if (a.kind === "symbol" && b.kind === "symbol") return a.symbol === b.symbol;
  return a.kind === "member" && b.kind === "member" ? a.name === b.name : true;
}

/** As `Array.prototype.sort` without a function has it: what ES asks of namespace keys. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

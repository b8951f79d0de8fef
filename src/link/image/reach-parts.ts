import { RECORD_FLAGS, RELOCATION, RELOCATION_STRIDE } from "../../artifact/module-record.ts";
import type { ExportBinder } from "../bind-symbols.ts";
import { evaluatedFirst } from "../evaluation-order.ts";
import { type Binding, holds, type LinkedModule } from "../linked-module.ts";
import { wasmRequest } from "../wasm-request.ts";
import { hasEffect, isTimely, memberBinding } from "./part-effects.ts";
import { declaresFrom, declaresTo, lastInside, relocationsFrom, relocationsTo } from "./part-ranges.ts";

/**
 * Finds what an image needs: statement by statement, from the entry's exports and from everything that does something
 * when it runs. What has been put into an earlier image stays there.
 */
export class PartReacher {
  readonly #binder: ExportBinder;
  readonly #mode: string;
  readonly #image: number;
  readonly #modules: LinkedModule[] = [];
  readonly #parts: number[] = [];
  /** Modules that are new in this image, or get something new. */
  readonly touched = new Set<LinkedModule>();
  /** Modules whose namespace object is asked for. */
  readonly namespaces = new Set<LinkedModule>();
  /** ES modules that are asked for by `require`, or deferred. */
  readonly required = new Set<LinkedModule>();
  /** For each module the exports that have been followed to where they come from. */
  readonly #passed = new Map<LinkedModule, string | Set<string>>();
  /** Whether something in it can import more later. */
  importsLater = false;

  constructor(binder: ExportBinder, mode: string, image: number) {
    this.#binder = binder;
    this.#mode = mode;
    this.#image = image;
  }

  /** Brings in `module`, all of its exports, and what they need. */
  reachEntry(module: LinkedModule): void {
    this.#reachModule(module);
    this.#reachNamespace(module);
    this.#work();
  }

  /** Brings in all of a module: one that runs as a function is not taken apart. */
  reachWhole(module: LinkedModule): void {
    this.#reachModule(module);
    for (let part = 0; part < module.partImage.length; part++) this.#reachPart(module, part);
    this.#work();
  }

  /**
   * Brings in what a later image could not make up for: statements that nothing needs so far, and whose value may depend on
   * when they run, because they mention something that changes.
   */
  reachTimely(): void {
    let before: number;
    do {
      before = this.touched.size;
      for (const module of this.touched) {
        if (!module.isEsm || module.image !== this.#image) continue;
        for (let part = 0; part < module.partImage.length; part++)
          if (module.partImage[part] === -1 && isTimely(module, part)) this.#reachPart(module, part);
      }
      this.#work();
    } while (this.touched.size > before);
  }

  #work(): void {
    for (let module = this.#modules.pop(); module !== undefined; module = this.#modules.pop()) {
      this.#scanPart(module, this.#parts.pop() ?? 0);
    }
  }

  /** It runs, or has run: what it does is in. */
  #reachModule(module: LinkedModule): void {
    if (module.live) return;
    module.live = true;
    module.image = this.#image;
    this.touched.add(module);
    if (module.isEsm) this.#reachEffects(module);
    this.#reachRequests(module);
    for (const { module: specifier, name } of module.record.wasm?.imports ?? []) {
      const target = module.targets[wasmRequest(module.record, specifier)];
      if (target !== undefined) this.#reachExport(target, name);
    }
    if (module.record.format === "commonjs" && this.#mayImportLater(module)) this.importsLater = true;
  }

  #mayImportLater({ record }: LinkedModule): boolean {
    return record.requests.some(({ kind }) => kind === "dynamic") || (record.flags & RECORD_FLAGS.computedImport) !== 0;
  }

  #reachEffects(module: LinkedModule): void {
    for (let part = 0; part < module.partImage.length; part++)
      if (hasEffect(module, part, this.#mode, this.#binder)) this.#reachPart(module, part);
  }

  /** Modules that run with it: all that it imports, save those that only make exports which nobody uses. */
  #reachRequests(module: LinkedModule): void {
    if (module.isEsm) {
      for (const target of evaluatedFirst(module)) if (target.hasSideEffects) this.#reachModule(target);
      return;
    }
    for (const [index, { kind }] of module.record.requests.entries()) {
      const target = module.targets[index];
      if (target !== undefined && kind === "import") this.#reachModule(target);
      else if (target !== undefined && kind === "require") this.#reachRequired(target);
    }
  }

  #reachRequired(target: LinkedModule): void {
    this.#reachModule(target);
    if (target.isFunction) return;
    this.required.add(target);
    this.#reachNamespace(target);
  }

  #reachPart(module: LinkedModule, part: number): void {
    if (module.partImage[part] !== -1 || isAlias(module, part)) return;
    module.partImage[part] = this.#image;
    this.touched.add(module);
    this.#modules.push(module);
    this.#parts.push(part);
    const { record } = module;
    const to = declaresTo(record, part);
    for (let at = declaresFrom(record, part); at < to; at++) module.symbolImage[record.declares[at] ?? 0] = this.#image;
  }

  /** Follows everything that a part refers to. */
  #scanPart(module: LinkedModule, part: number): void {
    const { relocations } = module.record;
    const to = relocationsTo(module.record, part);
    for (let index = relocationsFrom(module.record, part); index < to; index++) {
      const at = index * RELOCATION_STRIDE;
      const kind = relocations[at + 2] ?? 0;
      const a = relocations[at + 3] ?? 0;
      if (kind === RELOCATION.branch) {
        const guard = module.record.guards[a];
        if (guard !== undefined && !holds(guard, this.#mode)) index = lastInside(relocations, index, to);
      } else this.#follow(module, kind, a, relocations[at + 4] ?? 0);
    }
  }

  #follow(module: LinkedModule, kind: number, a: number, b: number): void {
    switch (kind) {
      case RELOCATION.reference:
      case RELOCATION.shorthand:
      case RELOCATION.callee:
      case RELOCATION.classStart:
      case RELOCATION.assignImport:
      case RELOCATION.assignImportShorthand:
        this.#reachSymbol(module, a);
        return;
      case RELOCATION.member:
      case RELOCATION.memberCallee:
        this.#reachMember(module, a, module.record.strings[b] ?? "");
        return;
      case RELOCATION.dynamicImport:
        this.importsLater = true;
        return;
      case RELOCATION.require: {
        const target = module.targets[a];
        if (target !== undefined) this.#reachRequired(target);
        return;
      }
      default:
    }
  }

  #reachSymbol(module: LinkedModule, symbol: number): void {
    if (module.symbolReached[symbol] === true) return;
    module.symbolReached[symbol] = true;
    const binding = module.bindings[symbol];
    if (binding !== undefined) {
      if (!module.isDirect(symbol)) {
        const { request = -1, imported = "*" } = module.record.symbols[symbol] ?? {};
        const target = module.targets[request];
        if (target !== undefined) this.#reachRoute(target, imported);
      }
      this.#reachBinding(binding, module, module.nameOf(symbol));
      return;
    }
    const canonical = module.canonical(symbol);
    if (canonical !== symbol) {
      this.#noteAlias(module, canonical, module, module.nameOf(symbol));
      this.#reachSymbol(module, canonical);
      return;
    }
    const first = module.firstPartOf(symbol);
    if (first === -1) return;
    this.#reachPart(module, first);
    for (const part of module.furtherPartsOf(symbol)) this.#reachPart(module, part);
  }

  /** Where a module says `alias` for a symbol, the symbol's own name must not mean something else. */
  #noteAlias(module: LinkedModule, symbol: number, from: LinkedModule, alias: string): void {
    if (module.nameOf(symbol) === alias) return;
    const aliasers = module.aliasers[symbol];
    if (aliasers === undefined) module.aliasers[symbol] = [from];
    else if (aliasers.at(-1) !== from) aliasers.push(from);
  }

  #reachBinding(binding: Binding, from?: LinkedModule, alias = ""): void {
    if (!("module" in binding)) return;
    const { module } = binding;
    this.#reachModule(module);
    if (binding.kind === "symbol") {
      if (from !== undefined) this.#noteAlias(module, module.canonical(binding.symbol), from, alias);
      this.#reachSymbol(module, binding.symbol);
    } else if (binding.kind === "namespace") this.#reachNamespace(module);
    else if (binding.kind === "deferred") this.#reachRequired(module);
  }

  #reachMember(module: LinkedModule, symbol: number, property: string): void {
    const namespace = module.bindings[symbol];
    if (namespace?.kind === "namespace") this.#reachRoute(namespace.module, property);
    this.#reachBinding(memberBinding(module, symbol, property, this.#binder), module, "");
  }

  #reachExport(module: LinkedModule, name: string): void {
    this.#reachRoute(module, name);
    this.#reachBinding(this.#binder.resolve(module, name));
  }

  /**
   * Brings in the modules that hand an export on. `sideEffects: false` says that a module of which nothing is used need not
   * run; one through which something is used runs, and so does what it imports for its effects.
   */
  #reachRoute(module: LinkedModule, name: string): void {
    if (!this.#pass(module, name)) return;
    this.#reachModule(module);
    const next = this.#binder.nextOf(module, name);
    if (next !== undefined) this.#reachRoute(next.module, next.name);
  }

  /** Notes that an export has been followed; false where it was before. Of most modules it is one. */
  #pass(module: LinkedModule, name: string): boolean {
    const passed = this.#passed.get(module);
    if (passed === undefined) this.#passed.set(module, name);
    else if (typeof passed !== "string") {
      if (passed.has(name)) return false;
      passed.add(name);
    } else if (passed === name) return false;
    else this.#passed.set(module, new Set([passed, name]));
    return true;
  }

  #reachNamespace(module: LinkedModule): void {
    this.#reachModule(module);
    if (module.needsNamespace) return;
    module.needsNamespace = true;
    this.namespaces.add(module);
    if (!module.isEsm) return;
    for (const name of this.#binder.exportNames(module)) this.#reachExport(module, name);
    for (const open of this.#binder.openStars(module)) this.#reachModule(open);
  }
}

/** Whether a part makes nothing but another name for a symbol. */
function isAlias(module: LinkedModule, part: number): boolean {
  const from = declaresFrom(module.record, part);
  const symbol = module.record.declares[from];
  const isLast = declaresTo(module.record, part) === from + 1;
  return isLast && symbol !== undefined && module.canonical(symbol) !== symbol;
}

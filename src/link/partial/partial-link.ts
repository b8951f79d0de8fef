import type { ModuleRequest } from "../../artifact/module-record.ts";
import { REQUEST_KINDS } from "../../artifact/rbin-format.ts";
import { type ErrorJson, LoaderError } from "../../errors.ts";
import type { Binding, KnownExport, LinkedModule, ModuleAt } from "../linked-module.ts";
import {
  type GraphModule,
  isLater,
  type ModuleOwner,
  type ModuleReference,
  type RequestTarget,
  type Wanted,
} from "../module-graph.ts";
import { entryKey } from "./closed-modules.ts";
import {
  BARREL,
  BINDING,
  FORMAT_BITS,
  MODULE,
  NO_PACKAGE,
  type PartialPackage,
  REQUEST,
  SYMBOL,
  TABLE,
  TABLE_WIDTHS,
  TARGET,
} from "./partial-format.ts";
import { PartialRecord } from "./partial-record.ts";
import { PartialTables } from "./partial-tables.ts";
import { sizedList } from "../sized-list.ts";

/** A module of a partial link. */
export interface PartialPlace {
  readonly link: PartialLink;
  /** From 0. */
  readonly index: number;
}

const LATER: RequestTarget = { kind: "later" };
const MISSING: Binding = { kind: "missing" };
const AMBIGUOUS: Binding = { kind: "ambiguous" };
const IMPORT = REQUEST_KINDS.indexOf("import");
const WIDTH = {
  requests: TABLE_WIDTHS[TABLE.requests] ?? 0,
  symbols: TABLE_WIDTHS[TABLE.symbols] ?? 0,
  barrel: TABLE_WIDTHS[TABLE.barrel] ?? 0,
};

/**
 * Modules of packages in one object, in which what they ask each other for is decided. What is asked of it is read where it
 * lies: most of a large one is never looked at.
 */
export class PartialLink {
  readonly #tables: PartialTables;
  readonly #base: string;
  readonly #owners: readonly ModuleOwner[];
  readonly #references: (ModuleReference | undefined)[] = [];
  readonly #targets: (RequestTarget | undefined)[] = [];

  /**
   * @param base prefix of module URLs, ends with `/`
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, base: string) {
    this.#tables = new PartialTables(bytes);
    this.#base = base;
    this.#owners = this.packages.map(({ key }) => ({ kind: "package", key }));
  }

  get inputs(): string {
    return this.#tables.about.inputs;
  }

  get packages(): readonly PartialPackage[] {
    return this.#tables.about.packages;
  }

  get modules(): number {
    return this.#tables.modules;
  }

  /** What a request of the project leads to; undefined where that has to be found out. */
  entry(module: Pick<GraphModule, "url">, request: ModuleRequest): ModuleReference | undefined {
    const { entries } = this.#tables.about;
    const key = entryKey(module, request, this.#base);
    const index = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return index === undefined ? undefined : this.reference(index);
  }

  reference(index: number): ModuleReference {
    return (this.#references[index] ??= this.#readReference(index));
  }

  #readReference(index: number): ModuleReference {
    const path = this.#number(index, MODULE.path);
    const owner = this.#owners[this.#number(index, MODULE.package)];
    if (owner?.kind === "package") {
      const text = this.#tables.string(path);
      return { url: `${this.#base}${owner.key}/${text}`, owner, path: text, partial: { link: this, index } };
    }
    const other = this.#tables.about.others[path];
    return { ...(other as ModuleReference), url: this.#base + (other?.url ?? "") };
  }

  /** Where a request for a module leads; the same for all who ask for it. */
  target(index: number): RequestTarget {
    return (this.#targets[index] ??= { kind: "module", url: this.reference(index).url });
  }

  /** A module, whoever asks for it; undefined for one that has to be loaded anew. */
  load(reference: ModuleReference, via: GraphModule["via"]): GraphModule | undefined {
    const { partial, url, owner, path } = reference;
    if (partial === undefined || this.#number(partial.index, MODULE.package) === NO_PACKAGE) return undefined;
    const { index } = partial;
    const record = new PartialRecord(this.#tables, index);
    const nodeMode = (this.#number(index, MODULE.format) & FORMAT_BITS.nodeMode) !== 0;
    const shownAs = owner.kind === "package" ? `${owner.key}/${path}` : path;
    return { url, owner, path, partial, record, nodeMode, shownAs, targets: this.#targetsOf(index), via };
  }

  #targetsOf(index: number): RequestTarget[] {
    const { numbers } = this.#tables;
    const from = this.#tables.from(TABLE.requests, index);
    const targets = sizedList<RequestTarget>((this.#tables.to(TABLE.requests, index) - from) / WIDTH.requests);
    for (let request = 0, at = from; request < targets.length; request++, at += WIDTH.requests) {
      const value = numbers[at + REQUEST.targetValue] ?? 0;
      const kind = numbers[at + REQUEST.target] ?? 0;
      targets[request] =
        kind === TARGET.module ? this.target(value) : kind === TARGET.later ? LATER : this.#other(kind, value);
    }
    return targets;
  }

  #other(kind: number, value: number): RequestTarget {
    const text = this.#tables.string(value);
    if (kind === TARGET.address) return { kind: "address", url: text };
    return { kind: "failed", error: LoaderError.fromJSON(JSON.parse(text) as ErrorJson) };
  }

  /** Adds to `wanted` what a module asks for and nobody has asked for before, in the order of its requests. */
  addWanted(index: number, asked: Set<string>, wanted: Wanted[]): void {
    const { numbers } = this.#tables;
    const { url } = this.reference(index);
    const end = this.#tables.to(TABLE.requests, index);
    for (let at = this.#tables.from(TABLE.requests, index); at < end; at += WIDTH.requests) {
      if (numbers[at + REQUEST.target] !== TARGET.module) continue;
      const reference = this.reference(numbers[at + REQUEST.targetValue] ?? 0);
      if (asked.has(reference.url)) continue;
      asked.add(reference.url);
      wanted.push({ reference, via: { url, specifier: this.#tables.string(numbers[at] ?? 0) } });
    }
  }

  /** Whether a module may ask for more when it runs, by `import()` or a worker. */
  asksLater(index: number): boolean {
    const { numbers } = this.#tables;
    const end = this.#tables.to(TABLE.requests, index);
    for (let at = this.#tables.from(TABLE.requests, index); at < end; at += WIDTH.requests)
      if (isLater(REQUEST_KINDS[(numbers[at + REQUEST.kind] ?? 0) & 15])) return true;
    return false;
  }

  /**
   * Connects a module to those that it asks for.
   * @param linked the module with that place
   */
  connect(module: LinkedModule, index: number, linked: ModuleAt): void {
    const { numbers } = this.#tables;
    const from = this.#tables.from(TABLE.requests, index);
    const targets = sizedList<LinkedModule | undefined>(
      (this.#tables.to(TABLE.requests, index) - from) / WIDTH.requests,
    );
    let isPlain = true;
    for (let request = 0, at = from; request < targets.length; request++, at += WIDTH.requests) {
      const isModule = numbers[at + REQUEST.target] === TARGET.module;
      targets[request] = isModule ? linked(numbers[at + REQUEST.targetValue] ?? 0) : undefined;
      isPlain &&= targets[request] !== undefined && ((numbers[at + REQUEST.kind] ?? 0) & 15) === IMPORT;
    }
    module.targets = targets;
    // Most ES modules ask for nothing but what runs before them.
    if (module.isEsm && isPlain) module.evaluatedFirst = targets as LinkedModule[];
  }

  /** What the exports of a module that hands some on stand for, by name; undefined where it has nothing but its own. */
  barrel(index: number, linked: ModuleAt): Map<string, KnownExport> | undefined {
    const { numbers } = this.#tables;
    const from = this.#tables.from(TABLE.barrel, index);
    const end = this.#tables.to(TABLE.barrel, index);
    if (from === end) return undefined;
    const known = new Map<string, KnownExport>();
    for (let at = from; at < end; at += WIDTH.barrel) {
      const binding = this.#binding(numbers[at + BARREL.binding] ?? 0, numbers[at + BARREL.bindingValue] ?? 0, linked);
      const next = numbers[at + BARREL.next] ?? 0;
      const module = next === 0 ? undefined : linked(next - 1);
      const name = this.#tables.string(numbers[at + BARREL.nextName] ?? 0);
      known.set(this.#tables.string(numbers[at] ?? 0), { binding, next: module && { module, name } });
    }
    return known;
  }

  /** For each symbol of a module what it stands for; imports only. */
  bindings(index: number, linked: ModuleAt): (Binding | undefined)[] {
    const { numbers } = this.#tables;
    const from = this.#tables.from(TABLE.symbols, index);
    const bindings = sizedList<Binding | undefined>((this.#tables.to(TABLE.symbols, index) - from) / WIDTH.symbols);
    for (let symbol = 0, at = from; symbol < bindings.length; symbol++, at += WIDTH.symbols) {
      const bits = numbers[at + SYMBOL.binding] ?? 0;
      const value = numbers[at + SYMBOL.bindingValue] ?? 0;
      bindings[symbol] = bits === BINDING.none ? undefined : this.#binding(bits, value, linked);
    }
    return bindings;
  }

  #binding(bits: number, value: number, linked: ModuleAt): Binding {
    const module = linked(bits >> 4);
    const kind = bits & 7;
    if (kind === BINDING.ambiguous) return AMBIGUOUS;
    if (module === undefined || kind === BINDING.missing) return MISSING;
    if (kind === BINDING.symbol) return { kind: "symbol", module, symbol: value };
    return kind === BINDING.namespace
      ? { kind: "namespace", module }
      : { kind: "member", module, name: this.#tables.string(value) };
  }

  #number(module: number, field: number): number {
    return this.#tables.numbers[this.#tables.from(TABLE.modules, module) + field] ?? 0;
  }
}

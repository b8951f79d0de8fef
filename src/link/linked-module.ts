import {
  type ModuleRecord,
  type NodeEnvGuard,
  PART,
  PART_STRIDE,
  RECORD_FLAGS,
  type SymbolKind,
} from "../artifact/module-record.ts";
import type { GraphModule } from "./module-graph.ts";
import { TABLE } from "./partial/partial-format.ts";
import type { PartialLink } from "./partial/partial-link.ts";
import { PartialRecord } from "./partial/partial-record.ts";
import { sizedList } from "./sized-list.ts";

/** What an imported name stands for. */
export type Binding =
  | { readonly kind: "symbol"; readonly module: LinkedModule; readonly symbol: number }
  | { readonly kind: "namespace"; readonly module: LinkedModule }
  /** A namespace whose module runs when it is first looked at. */
  | { readonly kind: "deferred"; readonly module: LinkedModule }
  /** A member of what a module that is not linked by symbols exports: CommonJS, JSON, WebAssembly. */
  | { readonly kind: "member"; readonly module: LinkedModule; readonly name: string }
  | { readonly kind: "missing" }
  | { readonly kind: "ambiguous" };

/** What an export of a module stands for, and where it comes from: the next module on the way, and the name there. */
export interface KnownExport {
  readonly binding: Binding;
  readonly next: { readonly module: LinkedModule; readonly name: string } | undefined;
}

/** The module at a place of a partial link. */
export type ModuleAt = (index: number) => LinkedModule | undefined;

const NO_PARTS: readonly number[] = [];
const UNMET = { of: 0, number: 0, isPending: false };

/**
 * A module on its way into images. The record is never changed; what linking decides is kept here, and stays for the
 * links that follow into the same realm.
 */
export class LinkedModule {
  readonly input: GraphModule;
  readonly record: ModuleRecord;
  readonly url: string;
  /** Linked by its symbols. */
  readonly isEsm: boolean;
  /** In the order they were found; a stable identity for names. */
  readonly index: number;
  /** Modules its requests lead to; undefined where they lead to none, or a guard does not hold. */
  targets: (LinkedModule | undefined)[] = [];
  /** What `evaluatedFirst` has found. */
  evaluatedFirst: readonly LinkedModule[] | undefined;

  /** Where `evaluationOrder` has met it: in which walk, as which, and whether its component is still open. */
  walk = UNMET;
  /** In a cycle of static imports. */
  cyclic = false;
  /** In a cycle, or reached from one: may be seen before it has run. */
  tainted = false;
  /** Of the cycle it is in the module that is evaluated last; itself where it is in none. */
  cycleRoot: LinkedModule = this;
  /** Has top-level await, or imports what has. */
  async = false;
  /** Runs side by side with others that wait. */
  parallel = false;
  /** Runs as a function of its own, when it is first asked for. */
  wrapped = false;
  /** Something of it is in an image. */
  live = false;
  /** Image that has its code; -1 before that. */
  image = -1;
  /** An image runs it at its place in the order; what CommonJS requires may have run without that, or not yet. */
  ran = false;
  /** Its place in the order of evaluation. */
  order = -1;
  /** Image that makes its namespace object; -1 before that. */
  namespaceImage = -1;
  needsNamespace = false;

  /** For each part the image that has it; -1 for those that none has. */
  readonly partImage: number[];
  /** For each symbol the name that its image gives it. */
  readonly names: (string | undefined)[];
  /** For each symbol the image that has it. */
  readonly symbolImage: number[];
  /** For each symbol whether something refers to it. */
  readonly symbolReached: boolean[];
  /** For each symbol the modules that call it by another name. */
  readonly aliasers: (LinkedModule[] | undefined)[] = [];

  #exports: ReadonlyMap<string, Binding> | undefined;
  #firstPart: number[] | undefined;
  #moreParts: Map<number, number[]> | undefined;
  #nested: ReadonlySet<string> | undefined;
  #barrel: ReadonlyMap<string, KnownExport> | undefined;
  #bindings: (Binding | undefined)[] | undefined;
  /** Where it is a module of a partial link, what is known there. */
  readonly #link: PartialLink | undefined;
  readonly #packed: PartialRecord | undefined;
  readonly #place: number;
  readonly #moduleAt: ModuleAt | undefined;

  /** @param moduleAt of a module of a partial link: gives the others of it */
  constructor(input: GraphModule, index: number, moduleAt?: ModuleAt) {
    this.input = input;
    this.record = input.record;
    this.url = input.url;
    this.index = index;
    this.isEsm = input.record.format === "esm";
    this.#link = input.partial?.link;
    this.#place = input.partial?.index ?? 0;
    this.#packed = input.record instanceof PartialRecord ? input.record : undefined;
    const parts = this.#packed?.count(TABLE.parts) ?? input.record.parts.length / PART_STRIDE;
    const symbols = this.#packed?.count(TABLE.symbols) ?? input.record.symbols.length;
    // Lists: most are short, and typed arrays are slow to make.
    this.partImage = sizedList<number>(parts).fill(-1);
    this.symbolImage = sizedList<number>(symbols).fill(-1);
    this.symbolReached = sizedList<boolean>(symbols).fill(false);
    this.names = sizedList<undefined>(symbols);
    this.#moduleAt = moduleAt;
  }

  /** Runs as a function with `module` and `exports`: CommonJS, JSON, CSS. */
  get isFunction(): boolean {
    return !this.isEsm && this.record.format !== "wasm";
  }

  get hasSideEffects(): boolean {
    return (this.record.flags & RECORD_FLAGS.sideEffectFree) === 0;
  }

  has(flag: number): boolean {
    return (this.record.flags & flag) !== 0;
  }

  /** A symbol's name as it stands in the code. */
  nameOf(symbol: number): string {
    return this.#packed?.symbolName(symbol) ?? this.record.symbols[symbol]?.name ?? "";
  }

  kindOf(symbol: number): SymbolKind {
    return this.#packed?.symbolKind(symbol) ?? this.record.symbols[symbol]?.kind ?? "var";
  }

  /** Sum of `SYMBOL_FLAGS`. */
  flagsOf(symbol: number): number {
    return this.#packed?.symbolFlags(symbol) ?? this.record.symbols[symbol]?.flags ?? 0;
  }

  /** For each symbol what it stands for; imports only. */
  get bindings(): (Binding | undefined)[] {
    return (this.#bindings ??= this.#readBindings());
  }

  #readBindings(): (Binding | undefined)[] {
    if (this.#link === undefined || this.#moduleAt === undefined) return [];
    return this.#link.bindings(this.#place, this.#moduleAt);
  }

  /** Whether the module that an import names is known to have what it stands for itself: nothing hands it on. */
  isDirect(symbol: number): boolean {
    return this.#packed?.isDirect(symbol) ?? false;
  }

  /** What a partial link knows of the exports of a module that hands some on, by name. */
  get barrel(): ReadonlyMap<string, KnownExport> | undefined {
    if (this.#link === undefined || this.#moduleAt === undefined) return undefined;
    return (this.#barrel ??= this.#link.barrel(this.#place, this.#moduleAt));
  }

  /** Exports of its own: local ones, and indirect ones as far as one step tells. */
  get ownExports(): ReadonlyMap<string, Binding> {
    if (this.#exports !== undefined) return this.#exports;
    const exports = new Map<string, Binding>();
    for (const { name, symbol } of this.record.exports) exports.set(name, { kind: "symbol", module: this, symbol });
    this.#exports = exports;
    return exports;
  }

  /** The first part that declares `symbol`; -1 where none does. */
  firstPartOf(symbol: number): number {
    return (this.#firstPart ??= this.#indexParts())[symbol] ?? -1;
  }

  /** The others that do: a `var` may be declared again and again. */
  furtherPartsOf(symbol: number): readonly number[] {
    return this.#moreParts?.get(symbol) ?? NO_PARTS;
  }

  #indexParts(): number[] {
    const { parts, declares } = this.record;
    const first = sizedList<number>(this.symbolImage.length).fill(-1);
    let at = 0;
    for (let part = 0, offset = 0; offset < parts.length; part++, offset += PART_STRIDE) {
      for (const end = parts[offset + PART.declaresEnd] ?? 0; at < end; at++) {
        const symbol = declares[at] ?? 0;
        if (first[symbol] === -1) first[symbol] = part;
        else if (first[symbol] !== part) this.#addPart(symbol, part);
      }
    }
    return first;
  }

  #addPart(symbol: number, part: number): void {
    const more = (this.#moreParts ??= new Map());
    const known = more.get(symbol);
    if (known === undefined) more.set(symbol, [part]);
    else known.push(part);
  }

  /** Names with a `$` that its inner scopes declare. */
  get dollarNames(): readonly string[] {
    return this.#packed?.dollarNames ?? this.record.nested.filter((name) => name.includes("$"));
  }

  /** Whether one of its inner scopes declares `name`. */
  declaresInside(name: string): boolean {
    if (this.#packed !== undefined) return this.#packed.declaresInside(name);
    return (this.#nested ??= new Set(this.record.nested)).has(name);
  }

  /** The symbol that stands for `symbol`: what a default export is an alias of, where that cannot be told apart. */
  canonical(symbol: number): number {
    if (this.tainted) return symbol;
    const aliasOf =
      this.#packed === undefined ? this.record.symbols[symbol]?.aliasOf : this.#packed.symbolAlias(symbol);
    return aliasOf ?? symbol;
  }

  /** UTF-16 units. */
  get codeLength(): number {
    return this.#packed?.codeLength ?? this.record.code.length;
  }

  /** Adds its code from an offset on, up to another, in pieces. */
  addCode(into: string[], from: number, to: number): void {
    if (this.#packed === undefined) into.push(this.record.code.slice(from, to));
    else this.#packed.addCode(into, from, to);
  }
}

/** Whether code behind `guard` runs in `mode`. */
export function holds({ value, equals }: NodeEnvGuard, mode: string): boolean {
  return (value === mode) === equals;
}

import { type ModuleRecord, type NodeEnvGuard, PART, PART_STRIDE, RECORD_FLAGS } from "../artifact/module-record.ts";
import type { GraphModule } from "./module-graph.ts";

/** What an imported name stands for. */
export type Binding =
  | { readonly kind: "symbol"; readonly module: LinkedModule; readonly symbol: number }
  | { readonly kind: "namespace"; readonly module: LinkedModule }
  /** A member of what a module that is not linked by symbols exports: CommonJS, JSON, WebAssembly. */
  | { readonly kind: "member"; readonly module: LinkedModule; readonly name: string }
  | { readonly kind: "missing" }
  | { readonly kind: "ambiguous" };

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
  readonly targets: (LinkedModule | undefined)[] = [];
  /** What `evaluatedFirst` has found. */
  evaluatedFirst: readonly LinkedModule[] | undefined;

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
  readonly partImage: Int16Array;
  /** For each symbol the name that its image gives it. */
  readonly names: (string | undefined)[];
  /** For each symbol the image that has it. */
  readonly symbolImage: Int16Array;
  /** For each symbol whether something refers to it. */
  readonly symbolReached: Uint8Array;
  /** For each symbol the modules that call it by another name. */
  readonly aliasers: (Set<LinkedModule> | undefined)[] = [];
  /** For each symbol what it stands for; imports only. */
  readonly bindings: (Binding | undefined)[];

  #exports: ReadonlyMap<string, Binding> | undefined;
  #firstPart: Int32Array | undefined;
  #moreParts: Map<number, number[]> | undefined;
  #nested: ReadonlySet<string> | undefined;

  constructor(input: GraphModule, index: number) {
    this.input = input;
    this.record = input.record;
    this.url = input.url;
    this.index = index;
    this.isEsm = input.record.format === "esm";
    this.partImage = new Int16Array(input.record.parts.length / PART_STRIDE).fill(-1);
    this.symbolImage = new Int16Array(input.record.symbols.length).fill(-1);
    this.symbolReached = new Uint8Array(input.record.symbols.length);
    this.names = [];
    this.bindings = [];
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

  /** Exports of its own: local ones, and indirect ones as far as one step tells. */
  get ownExports(): ReadonlyMap<string, Binding> {
    if (this.#exports !== undefined) return this.#exports;
    const exports = new Map<string, Binding>();
    for (const { name, symbol } of this.record.exports) exports.set(name, { kind: "symbol", module: this, symbol });
    this.#exports = exports;
    return exports;
  }

  /** Parts that declare `symbol`. */
  *partsOf(symbol: number): Generator<number> {
    const first = (this.#firstPart ??= this.#indexParts())[symbol] ?? -1;
    if (first !== -1) yield first;
    const more = this.#moreParts?.get(symbol);
    if (more !== undefined) yield* more;
  }

  #indexParts(): Int32Array {
    const { parts, declares, symbols } = this.record;
    const first = new Int32Array(symbols.length).fill(-1);
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

  /** Names that its inner scopes declare. */
  get nested(): ReadonlySet<string> {
    return (this.#nested ??= new Set(this.record.nested));
  }

  /** The symbol that stands for `symbol`: what a default export is an alias of, where that cannot be told apart. */
  canonical(symbol: number): number {
    const aliasOf = this.record.symbols[symbol]?.aliasOf;
    return aliasOf === undefined || this.tainted ? symbol : aliasOf;
  }
}

/** Whether code behind `guard` runs in `mode`. */
export function holds({ value, equals }: NodeEnvGuard, mode: string): boolean {
  return (value === mode) === equals;
}

/** URLs of the WebAssembly modules that are to be compiled for `modules`, whether they or only their sources are imported. */
export function wasmUrls(modules: readonly LinkedModule[]): string[] {
  const wasm = modules.filter(({ record, input }) => record.format === "wasm" || input.type === "source");
  return [...new Set(wasm.map(({ url }) => url.replace(/#.*$/, "")))];
}

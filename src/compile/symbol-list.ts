import { type ModuleSymbol, SYMBOL_FLAGS, type SymbolKind } from "../artifact/module-record.ts";
import type { NameTable } from "./name-table.ts";

/** A binding of the top level while its module is compiled. */
export interface FoundSymbol {
  name: string;
  readonly kind: SymbolKind;
  flags: number;
  /** Of imports: as `RequestList.add` gave it. */
  readonly request?: number;
  readonly imported?: string;
  aliasOf?: number;
}

/** The bindings of a module's top level. */
export class SymbolList {
  readonly list: FoundSymbol[] = [];
  readonly #names: NameTable;

  constructor(names: NameTable) {
    this.#names = names;
  }

  /** Declares a top-level name; a `var` that is there already is assigned a second time. */
  declare(text: string, kind: SymbolKind): void {
    const name = this.#names.get(text);
    const known = this.list[name.symbol];
    if (known === undefined) name.symbol = this.add({ name: text, kind, flags: 0 });
    else known.flags |= SYMBOL_FLAGS.assigned;
  }

  declareImport(text: string, kind: "import" | "namespace", request: number, imported?: string): void {
    const from = imported === undefined ? { request } : { request, imported };
    this.#names.get(text).symbol = this.add({ name: text, kind, flags: 0, ...from });
  }

  /** Adds a binding that no name of the source stands for. */
  add(symbol: FoundSymbol): number {
    return this.list.push(symbol) - 1;
  }

  isImport(symbol: number): boolean {
    const kind = this.list[symbol]?.kind;
    return kind === "import" || kind === "namespace";
  }

  flag(symbol: number, flag: number): void {
    const found = this.list[symbol];
    if (found !== undefined) found.flags |= flag;
  }

  /** `indices`: where each request ended up. */
  finish(indices: readonly number[]): ModuleSymbol[] {
    return this.list.map(({ request, ...symbol }) =>
      request === undefined ? symbol : { ...symbol, request: indices[request] ?? 0 },
    );
  }
}

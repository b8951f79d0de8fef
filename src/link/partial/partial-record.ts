import type {
  IndirectExport,
  LocalExport,
  ModuleFormat,
  ModuleRecord,
  ModuleRequest,
  ModuleSymbol,
  NodeEnvGuard,
  SymbolKind,
} from "../../artifact/module-record.ts";
import { MODULE_FORMATS, REQUEST_KINDS, REQUEST_PHASES, SYMBOL_KINDS } from "../../artifact/rbin-format.ts";
import { decodeText } from "../../artifact/string-table.ts";
import { DIRECT, FORMAT_BITS, MODULE, REQUEST, SYMBOL, TABLE, TABLE_WIDTHS } from "./partial-format.ts";
import type { PartialTables } from "./partial-tables.ts";
import { sizedList } from "../sized-list.ts";

const NONE: readonly never[] = [];
const SYMBOL_WIDTH = TABLE_WIDTHS[TABLE.symbols] ?? 0;

/** A module record of a partial link: what is asked for is read then. */
export class PartialRecord implements ModuleRecord {
  readonly path: string;
  readonly format: ModuleFormat;
  readonly flags: number;
  readonly #tables: PartialTables;
  readonly #module: number;
  /** Where its numbers, and those of its symbols, begin. */
  readonly #place: number;
  readonly #firstSymbol: number;
  #code: string | undefined;
  #requests: readonly ModuleRequest[] | undefined;
  #symbols: readonly ModuleSymbol[] | undefined;
  #exports: readonly LocalExport[] | undefined;
  #reexports: readonly IndirectExport[] | undefined;
  #relocations: Int32Array | undefined;
  #parts: Int32Array | undefined;
  #declares: Int32Array | undefined;
  #strings: readonly string[] | undefined;
  #guards: readonly NodeEnvGuard[] | undefined;
  #stars: readonly number[] | undefined;
  #globals: readonly string[] | undefined;

  constructor(tables: PartialTables, module: number) {
    this.#tables = tables;
    this.#module = module;
    this.#place = tables.from(TABLE.modules, module);
    this.#firstSymbol = tables.from(TABLE.symbols, module);
    this.path = tables.string(this.#number(MODULE.path));
    this.format = MODULE_FORMATS[this.#number(MODULE.format) & FORMAT_BITS.format] ?? "esm";
    this.flags = this.#number(MODULE.flags);
  }

  #number(field: number): number {
    return this.#tables.numbers[this.#place + field] ?? 0;
  }

  get code(): string {
    return (this.#code ??= this.#readCode());
  }

  #readCode(): string {
    const { ascii, other } = this.#tables;
    const start = this.#number(MODULE.codeStart);
    const end = start + this.#number(MODULE.codeLength);
    return this.#isAscii ? ascii.slice(start, end) : decodeText(other.subarray(start, end), this.path);
  }

  get #isAscii(): boolean {
    return (this.#number(MODULE.format) & FORMAT_BITS.ascii) !== 0;
  }

  /** UTF-16 units. */
  get codeLength(): number {
    return this.#isAscii ? this.#number(MODULE.codeLength) : this.code.length;
  }

  /** Adds the code from an offset on, up to another, in pieces. */
  addCode(into: string[], from: number, to: number): void {
    const start = this.#number(MODULE.codeStart);
    if (this.#isAscii) this.#tables.ascii.addTo(into, start + from, start + to);
    else into.push(this.code.slice(from, to));
  }

  get lines(): readonly number[] {
    const runs = this.#list(TABLE.lines, (line, at) => [line, this.#tables.numbers[at + 1] ?? 0] as const);
    return runs.flatMap(([line, count]) => Array.from({ length: count }, (_, index) => line + index));
  }

  get requests(): readonly ModuleRequest[] {
    return (this.#requests ??= this.#list(TABLE.requests, (specifier, at) => this.#request(specifier, at)));
  }

  #request(specifier: number, at: number): ModuleRequest {
    const { numbers } = this.#tables;
    const how = numbers[at + REQUEST.kind] ?? 0;
    const type = numbers[at + REQUEST.type] ?? 0;
    const guard = numbers[at + REQUEST.guard] ?? 0;
    const phase = REQUEST_PHASES[how >> 4];
    return {
      specifier: this.#tables.string(specifier),
      kind: REQUEST_KINDS[how & 15] ?? "import",
      line: numbers[at + REQUEST.line] ?? 0,
      column: numbers[at + REQUEST.column] ?? 0,
      ...(phase === undefined ? {} : { phase }),
      ...(type === 0 ? {} : { type: this.#tables.string(type - 1) }),
      ...(guard === 0 ? {} : { guard: { value: this.#tables.string(Math.abs(guard) - 1), equals: guard > 0 } }),
    };
  }

  get symbols(): readonly ModuleSymbol[] {
    const symbolAt = (at: number): number => (at - this.#firstSymbol) / SYMBOL_WIDTH;
    return (this.#symbols ??= this.#list(TABLE.symbols, (_, at) => this.#symbol(symbolAt(at))));
  }

  #symbol(symbol: number): ModuleSymbol {
    const name = this.symbolName(symbol);
    const kind = this.symbolKind(symbol);
    const flags = this.symbolFlags(symbol);
    const request = this.#symbolNumber(symbol, SYMBOL.request) - 1;
    const imported = this.#symbolNumber(symbol, SYMBOL.imported) - 1;
    if (imported >= 0) return { name, kind, flags, request, imported: this.#tables.string(imported) };
    if (request >= 0) return { name, kind, flags, request };
    const aliasOf = this.symbolAlias(symbol);
    return aliasOf === undefined ? { name, kind, flags } : { name, kind, flags, aliasOf };
  }

  /** How many rows it has in a table. */
  count(table: number): number {
    return (this.#tables.to(table, this.#module) - this.#tables.from(table, this.#module)) / (TABLE_WIDTHS[table] ?? 1);
  }

  symbolName(symbol: number): string {
    return this.#tables.string(this.#symbolNumber(symbol, SYMBOL.name));
  }

  symbolKind(symbol: number): SymbolKind {
    return SYMBOL_KINDS[this.#symbolNumber(symbol, SYMBOL.kind)] ?? "var";
  }

  symbolFlags(symbol: number): number {
    return this.#symbolNumber(symbol, SYMBOL.flags);
  }

  /** Undefined where it is none. */
  symbolAlias(symbol: number): number | undefined {
    const aliasOf = this.#symbolNumber(symbol, SYMBOL.aliasOf);
    return aliasOf === 0 ? undefined : aliasOf - 1;
  }

  /** Whether the module that an import names has what it stands for itself. */
  isDirect(symbol: number): boolean {
    return (this.#symbolNumber(symbol, SYMBOL.binding) & DIRECT) !== 0;
  }

  #symbolNumber(symbol: number, field: number): number {
    return this.#tables.numbers[this.#firstSymbol + symbol * SYMBOL_WIDTH + field] ?? 0;
  }

  get exports(): readonly LocalExport[] {
    return (this.#exports ??= this.#list(TABLE.exports, (name, at) => ({
      name: this.#tables.string(name),
      symbol: this.#tables.numbers[at + 1] ?? 0,
    })));
  }

  get reexports(): readonly IndirectExport[] {
    return (this.#reexports ??= this.#list(TABLE.reexports, (name, at) => ({
      name: this.#tables.string(name),
      request: this.#tables.numbers[at + 1] ?? 0,
      imported: this.#tables.string(this.#tables.numbers[at + 2] ?? 0),
    })));
  }

  get guards(): readonly NodeEnvGuard[] {
    return (this.#guards ??= this.#list(TABLE.guards, (value, at) => ({
      value: this.#tables.string(value),
      equals: this.#tables.numbers[at + 1] === 1,
    })));
  }

  get stars(): readonly number[] {
    return (this.#stars ??= this.#list(TABLE.stars, (star) => star));
  }

  get forwards(): readonly number[] {
    return this.#list(TABLE.forwards, (forward) => forward);
  }

  get parts(): Int32Array {
    return (this.#parts ??= this.#view(TABLE.parts));
  }

  get declares(): Int32Array {
    return (this.#declares ??= this.#view(TABLE.declares));
  }

  get relocations(): Int32Array {
    return (this.#relocations ??= this.#view(TABLE.relocations));
  }

  get names(): readonly string[] {
    return this.#texts(TABLE.names);
  }

  get nested(): readonly string[] {
    return this.#texts(TABLE.nested);
  }

  get globals(): readonly string[] {
    return (this.#globals ??= this.#texts(TABLE.globals));
  }

  get strings(): readonly string[] {
    return (this.#strings ??= this.#texts(TABLE.strings));
  }

  /** Those of `nested` with a `$`. */
  get dollarNames(): readonly string[] {
    return this.#texts(TABLE.dollars);
  }

  /** Whether `nested` has a name. */
  declaresInside(name: string): boolean {
    const end = this.#tables.to(TABLE.nested, this.#module);
    for (let at = this.#tables.from(TABLE.nested, this.#module); at < end; at++)
      if (this.#tables.string(this.#tables.numbers[at] ?? 0) === name) return true;
    return false;
  }

  #texts(table: number): readonly string[] {
    return this.#list(table, (string) => this.#tables.string(string));
  }

  #view(table: number): Int32Array {
    return this.#tables.numbers.subarray(this.#tables.from(table, this.#module), this.#tables.to(table, this.#module));
  }

  #list<Item>(table: number, read: (first: number, at: number) => Item): readonly Item[] {
    const { numbers } = this.#tables;
    const width = TABLE_WIDTHS[table] ?? 1;
    const from = this.#tables.from(table, this.#module);
    const count = this.count(table);
    if (count === 0) return NONE;
    // As long as it becomes: a list that grows has room for many more.
    const items = sizedList<Item>(count);
    for (let item = 0, at = from; item < count; item++, at += width) items[item] = read(numbers[at] ?? 0, at);
    return items;
  }
}

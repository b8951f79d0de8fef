import type {
  IndirectExport,
  LocalExport,
  ModuleRecord,
  ModuleRequest,
  ModuleSymbol,
  NodeEnvGuard,
  WasmInterface,
} from "./module-record.ts";
import { unzigzag } from "./number-reader.ts";
import {
  MODULE_FORMATS,
  REQUEST_BITS,
  REQUEST_KINDS,
  REQUEST_PHASES,
  SYMBOL_BITS,
  SYMBOL_KINDS,
  TABLES,
  WASM_KINDS,
} from "./rbin-format.ts";
import { readParts, readRelocations, type SymbolDraft } from "./read-relocations.ts";
import type { RecordInput } from "./record-input.ts";
import { folderOf, relativeSpecifier } from "./relative-specifier.ts";
import { decodeText } from "./string-table.ts";

/** What the graph is made of: a record's beginning, which can be read without its code. */
export type RecordGraph = Pick<ModuleRecord, "path" | "format" | "flags" | "requests">;

/** @throws LoaderError ERR_ARTIFACT_INVALID */
export function readGraph(input: RecordInput, path: string): RecordGraph {
  const { format, flags, requests } = readHead(input, path);
  return { path, format, flags, requests };
}

/**
 * A record as `writeRecord` wrote it. Every index in it leads to something, every position lies within the code.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readRecord(input: RecordInput, path: string, bytes: Uint8Array): ModuleRecord {
  const { format, flags, tables, requests } = readHead(input, path);
  const code = format === "wasm" ? "" : decodeText(bytes, input.key);
  const lines = readLines(input, code.length);
  const optional = <Item>(table: number, read: () => Item): Item[] => ((tables & table) === 0 ? [] : input.list(read));
  const text = (): string => input.text();
  const request = (): number => input.below(requests.length, "request");
  const symbols = optional(TABLES.symbols, () => readSymbol(input, requests.length));
  const strings = optional(TABLES.strings, text);
  const guards = optional(TABLES.guards, () => readGuard(input));
  const names = { code, symbols, strings, requests: requests.length, guards: guards.length };
  const relocations = (tables & TABLES.relocations) === 0 ? [] : readRelocations(input, names);
  checkSymbols(input, symbols);
  const exports = optional(TABLES.exports, () => readExport(input, symbols));
  const { parts, declares } = (tables & TABLES.parts) === 0 ? NO_PARTS : readParts(input, names, relocations);
  const nested = optional(TABLES.nested, text);
  const globals = optional(TABLES.globals, text);
  const reexports = optional(TABLES.reexports, () => readReexport(input, requests.length));
  const stars = optional(TABLES.stars, request);
  const detected = optional(TABLES.names, text);
  const forwards = optional(TABLES.forwards, request);
  const wasm = (tables & TABLES.wasm) === 0 ? undefined : readWasm(input);
  input.finish();
  return {
    path,
    format,
    flags,
    code,
    lines,
    requests,
    symbols,
    exports,
    reexports,
    stars,
    names: detected,
    forwards,
    nested,
    globals,
    guards,
    parts,
    declares,
    relocations,
    strings,
    ...(wasm === undefined ? {} : { wasm }),
  };
}

const NO_PARTS = { parts: [], declares: [] };

function readHead(input: RecordInput, path: string): RecordGraph & { tables: number } {
  const head = input.number();
  const tables = input.number();
  const format = input.choice(MODULE_FORMATS, head & 7, "module format");
  if (tables >= 2 * TABLES.wasm) throw input.invalid("a record has tables of an unknown kind");
  const requests = (tables & TABLES.requests) === 0 ? [] : readRequests(input, path);
  return { path, format, flags: head >> 3, requests, tables };
}

function readRequests(input: RecordInput, path: string): ModuleRequest[] {
  const folder = folderOf(path);
  let line = 1;
  return input.list(() => {
    const bits = input.number();
    const within = bits & REQUEST_BITS.within ? input.paths[input.below(input.paths.length, "file")] : undefined;
    const isWritten = within === undefined || (bits & REQUEST_BITS.written) !== 0;
    const specifier = isWritten ? input.text() : relativeSpecifier(folder, within);
    const kind = input.choice(REQUEST_KINDS, bits & REQUEST_BITS.kind, "request kind");
    line += unzigzag(input.number());
    const column = input.number();
    if ((bits & ~REQUEST_BITS.kind) === REQUEST_BITS.within && within !== undefined)
      return { specifier, kind, line, column, within };
    const phase = input.choice(REQUEST_PHASES, (bits >> REQUEST_BITS.phase) & REQUEST_BITS.phaseMask, "phase");
    return {
      specifier,
      kind,
      line,
      column,
      ...(within === undefined ? {} : { within }),
      ...(phase === undefined ? {} : { phase }),
      ...(bits & REQUEST_BITS.type ? { type: input.text() } : {}),
      ...(bits & REQUEST_BITS.guard ? { guard: readGuard(input) } : {}),
    };
  });
}

function readGuard(input: RecordInput): NodeEnvGuard {
  return { value: input.text(), equals: input.below(2, "comparison") === 1 };
}

/** Runs of lines that follow one another; no code has more lines than characters and one. */
function readLines(input: RecordInput, codeLength: number): number[] {
  const lines: number[] = [];
  let next = 1;
  for (let runs = input.number(); runs > 0; runs--) {
    next += unzigzag(input.number());
    let left = input.number() + 1;
    if (lines.length + left > codeLength + 1 || next < 1) throw input.invalid("a module has more lines than its code");
    while (left-- > 0) lines.push(next++);
  }
  return lines;
}

function readSymbol(input: RecordInput, requests: number): SymbolDraft {
  const bits = input.number();
  const kind = input.choice(SYMBOL_KINDS, bits & SYMBOL_BITS.kind, "symbol kind");
  const flags = (bits >> SYMBOL_BITS.flags) & SYMBOL_BITS.flagsMask;
  const name = input.textOr("");
  if (kind === "import")
    return { name, kind, flags, request: input.below(requests, "request"), imported: input.textOr(undefined) };
  if (kind === "namespace") return { name, kind, flags, request: input.below(requests, "request") };
  return bits & SYMBOL_BITS.alias ? { name, kind, flags, aliasOf: input.number() } : { name, kind, flags };
}

/** All of them have a name, and imports the name of what they import. */
function checkSymbols(input: RecordInput, symbols: readonly SymbolDraft[]): asserts symbols is readonly ModuleSymbol[] {
  for (const symbol of symbols) {
    const { name, kind, aliasOf = 0 } = symbol;
    if (name === "") throw input.invalid("a symbol in it has no name");
    if (kind === "import") symbol.imported ??= name;
    if (aliasOf > 0 && aliasOf >= symbols.length)
      throw input.invalid(`it names symbol ${aliasOf} of ${symbols.length}`);
  }
}

function readExport(input: RecordInput, symbols: readonly ModuleSymbol[]): LocalExport {
  const symbol = input.below(symbols.length, "symbol");
  return { name: input.textOr(symbols[symbol]?.name ?? ""), symbol };
}

function readReexport(input: RecordInput, requests: number): IndirectExport {
  const name = input.text();
  return { name, request: input.below(requests, "request"), imported: input.textOr(name) };
}

function readWasm(input: RecordInput): WasmInterface {
  const kind = (): WasmInterface["exports"][number]["kind"] =>
    input.choice(WASM_KINDS, input.number(), "kind of WebAssembly export");
  return {
    imports: input.list(() => ({ module: input.text(), name: input.text(), kind: kind() })),
    exports: input.list(() => ({ name: input.text(), kind: kind() })),
  };
}

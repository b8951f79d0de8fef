import { LoaderError } from "../errors.ts";
import type { ModuleRecord, ModuleRequest, ModuleSymbol, NodeEnvGuard, WasmInterface } from "./module-record.ts";
import { PART_STRIDE, PURITY, RELOCATION, RELOCATION_STRIDE } from "./module-record.ts";
import { nameAt } from "./name-at.ts";
import { zigzag } from "./number-writer.ts";
import * as format from "./rbin-format.ts";
import { folderOf, relativeSpecifier } from "./relative-specifier.ts";
import type { StringPool } from "./string-pool.ts";

/**
 * A record as numbers, in the order of `docs/rbin.md`; `~place` stands for a string of the pool.
 * @param files path → index of every file of the package
 * @throws LoaderError ERR_ARTIFACT_INVALID for a record that breaks its contract: a bug of the compiler
 */
export function writeRecord(record: ModuleRecord, pool: StringPool, files: ReadonlyMap<string, number>): number[] {
  const out = new Output(record, pool);
  out.number(format.MODULE_FORMATS.indexOf(record.format) | (record.flags << 3));
  out.number(tablesOf(record));
  out.list(record.requests, requestWriter(out, files));
  writeLines(out);
  out.list(record.symbols, symbolWriter(out));
  out.list(record.strings, out.text);
  out.list(record.guards, (guard) => writeGuard(out, guard));
  if (record.relocations.length > 0) writeRelocations(out);
  out.list(record.exports, ({ name, symbol }) => {
    out.number(symbol);
    out.textUnless(name, record.symbols[symbol]?.name);
  });
  if (record.parts.length > 0) writeParts(out);
  out.list(record.nested, out.text);
  out.list(record.globals, out.text);
  out.list(record.reexports, ({ name, request, imported }) => {
    out.text(name);
    out.number(request);
    out.textUnless(imported, name);
  });
  out.list(record.stars, out.number);
  out.list(record.names, out.text);
  out.list(record.forwards, out.number);
  if (record.wasm !== undefined) writeWasm(out, record.wasm);
  return out.numbers;
}

/** A record on its way into numbers. */
class Output {
  readonly record: ModuleRecord;
  readonly numbers: number[] = [];
  readonly #pool: StringPool;

  constructor(record: ModuleRecord, pool: StringPool) {
    this.record = record;
    this.#pool = pool;
  }

  readonly number = (value: number): void => {
    if (!(value >= 0)) throw this.broken(`${value} is no number for it`);
    this.numbers.push(value);
  };

  readonly text = (value: string): void => {
    this.numbers.push(~this.#pool.use(value));
  };

  /** 0 where the string is the usual one: no string has that number. */
  textUnless(value: string, usual: string | undefined): void {
    this.numbers.push(value === usual ? 0 : ~this.#pool.use(value));
  }

  /** How many there are, and each of them. An empty list is not written: it is none of the record's tables. */
  list<Item>(items: ArrayLike<Item> & Iterable<Item>, write: (item: Item) => void): void {
    if (items.length === 0) return;
    this.number(items.length);
    for (const item of items) write(item);
  }

  broken(reason: string): LoaderError {
    const { path } = this.record;
    const message = `The record of "${path}" cannot be written: ${reason}`;
    return new LoaderError("ERR_ARTIFACT_INVALID", message, { file: path });
  }
}

function tablesOf(record: ModuleRecord): number {
  let tables = record.wasm === undefined ? 0 : format.TABLES.wasm;
  for (const [name, bit] of Object.entries(format.TABLES)) {
    const table = record[name as keyof typeof format.TABLES];
    if (Array.isArray(table) && table.length > 0) tables |= bit;
  }
  return tables;
}

/** Runs of lines that follow one another: how far from the line that would be next, and how many more than one. */
function writeLines(out: Output): void {
  const { lines } = out.record;
  const runs: number[] = [];
  for (let at = 0, next = 1; at < lines.length;) {
    const start = at;
    const first = lines[at] ?? 0;
    do at++;
    while (lines[at] === first + at - start);
    runs.push(zigzag(first - next), at - start - 1);
    next = first + at - start;
  }
  out.number(runs.length / 2);
  runs.forEach(out.number);
}

function requestWriter(out: Output, files: ReadonlyMap<string, number>): (request: ModuleRequest) => void {
  const folder = folderOf(out.record.path);
  let line = 1;
  return (request) => {
    const { specifier, within, type, guard } = request;
    const isShortest = within !== undefined && specifier === relativeSpecifier(folder, within);
    const written = within === undefined || isShortest ? 0 : format.REQUEST_BITS.written;
    out.number(requestBits(request) | written);
    if (within !== undefined) out.number(fileIndex(within, files, out));
    if (!isShortest) out.text(specifier);
    out.number(zigzag(request.line - line));
    out.number(request.column);
    if (type !== undefined) out.text(type);
    if (guard !== undefined) writeGuard(out, guard);
    line = request.line;
  };
}

function requestBits({ kind, phase, type, guard, within }: ModuleRequest): number {
  const bits = format.REQUEST_BITS;
  return (
    format.REQUEST_KINDS.indexOf(kind) |
    (format.REQUEST_PHASES.indexOf(phase) << bits.phase) |
    (type === undefined ? 0 : bits.type) |
    (guard === undefined ? 0 : bits.guard) |
    (within === undefined ? 0 : bits.within)
  );
}

function fileIndex(path: string, files: ReadonlyMap<string, number>, out: Output): number {
  const index = files.get(path);
  if (index === undefined) throw out.broken(`it asks for "${path}", which is no file of the package`);
  return index;
}

function writeGuard(out: Output, { value, equals }: NodeEnvGuard): void {
  out.text(value);
  out.number(equals ? 1 : 0);
}

function symbolWriter(out: Output): (symbol: ModuleSymbol) => void {
  const bits = format.SYMBOL_BITS;
  const inCode = namesInCode(out.record);
  return ({ name, kind, flags, request, imported, aliasOf }) => {
    const alias = aliasOf === undefined ? 0 : bits.alias;
    out.number(format.SYMBOL_KINDS.indexOf(kind) | (flags << bits.flags) | alias);
    if (name === "") throw out.broken("a symbol of it has no name");
    out.textUnless(name, inCode.shift());
    if (kind === "import" || kind === "namespace") out.number(request ?? -1);
    if (kind === "import") out.textUnless(imported ?? name, name);
    if (aliasOf !== undefined) out.number(aliasOf);
  };
}

/** For each symbol the name that its first relocation finds in the code. */
function namesInCode({ code, symbols, relocations }: ModuleRecord): (string | undefined)[] {
  const names = symbols.map((): string | undefined => undefined);
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [position = 0, , kind = 0, symbol = 0] = relocations.slice(at, at + RELOCATION_STRIDE);
    if ((format.RELOCATION_SHAPES[kind]?.length ?? 0) < 0) names[symbol] ??= nameAt(code, position);
  }
  return names;
}

/** The kinds of all of them, how far each is from the one before, and what else there is to say of each. */
function writeRelocations(out: Output): void {
  const { relocations } = out.record;
  const gaps: number[] = [];
  const operands: number[] = [];
  out.number(relocations.length / RELOCATION_STRIDE);
  let cursor = 0;
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [position = -1, length = -1, kind = -1, a = 0, b = 0] = relocations.slice(at, at + RELOCATION_STRIDE);
    const shape = format.RELOCATION_SHAPES[kind];
    if (shape === undefined) throw out.broken(`it has a relocation of kind ${kind}`);
    const usual = usualLength(out.record, shape.length, a, b);
    out.number(length === usual ? kind : kind | format.RELOCATION_BITS.length);
    gaps.push(position - cursor);
    if (shape.operand !== format.OPERAND.none)
      operands.push(shape.operand === format.OPERAND.requestOrNone ? a + 1 : a);
    if (shape.hasSecond) operands.push(b);
    if (length !== usual) operands.push(length);
    cursor = kind === RELOCATION.branch ? position : position + length;
  }
  gaps.forEach(out.number);
  operands.forEach(out.number);
}

function usualLength({ symbols, strings }: ModuleRecord, length: number, a: number, b: number): number {
  if (length >= 0) return length;
  const name = symbols[a]?.name.length ?? 0;
  return length === format.NAME_LENGTH ? name : name + 1 + (strings[b]?.length ?? 0);
}

function writeParts(out: Output): void {
  const { parts, declares, relocations } = out.record;
  out.number(parts.length / PART_STRIDE);
  let declared = 0;
  let relocated = 0;
  let start = 0;
  let symbol = -1;
  for (let at = 0; at < parts.length; at += PART_STRIDE) {
    const [end = -1, purity = -1, condition = -1, declaresEnd = -1, relocationsEnd = -1] = parts.slice(
      at,
      at + PART_STRIDE,
    );
    out.number(end - start);
    out.number(purity | ((declaresEnd - declared) << format.PART_BITS.declares));
    if (purity === PURITY.ifFunction || purity === PURITY.ifGuard) out.number(condition);
    for (; declared < declaresEnd; declared++) {
      const next = declares[declared] ?? -1;
      out.number(zigzag(next - symbol - 1));
      symbol = next;
    }
    out.number(relocationsEnd - relocated);
    relocated = relocationsEnd;
    start = end;
  }
  const isWhole = declared === declares.length && relocated === relocations.length / RELOCATION_STRIDE;
  if (!isWhole) throw out.broken("its parts do not cover its declarations and relocations");
}

function writeWasm(out: Output, { imports, exports }: WasmInterface): void {
  out.number(imports.length);
  for (const { module, name, kind } of imports) {
    out.text(module);
    out.text(name);
    out.number(format.WASM_KINDS.indexOf(kind));
  }
  out.number(exports.length);
  for (const { name, kind } of exports) {
    out.text(name);
    out.number(format.WASM_KINDS.indexOf(kind));
  }
}

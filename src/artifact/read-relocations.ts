import { type ModuleSymbol, PURITY, RELOCATION, RELOCATION_STRIDE } from "./module-record.ts";
import { nameAt } from "./name-at.ts";
import { unzigzag } from "./number-reader.ts";
import { MEMBER_LENGTH, NAME_LENGTH, OPERAND, PART_BITS, RELOCATION_BITS, RELOCATION_SHAPES } from "./rbin-format.ts";
import type { RecordInput } from "./record-input.ts";

/** A symbol on its way: its name is empty as long as nothing has said it. */
export interface SymbolDraft extends Omit<ModuleSymbol, "name" | "imported"> {
  name: string;
  imported?: string | undefined;
}

/** What relocations and parts name. */
export interface Named {
  readonly code: string;
  readonly symbols: readonly SymbolDraft[];
  readonly strings: readonly string[];
  /** How many there are. */
  readonly requests: number;
  readonly guards: number;
}

/**
 * Relocations lie in the code in their order; only what is inside a branch overlaps it, and then lies in it entirely. The
 * first that stands for a symbol gives it its name, where that was not written.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readRelocations(input: RecordInput, named: Named): number[] {
  const relocations: number[] = [];
  const branches: number[] = [];
  const limits = [1, named.symbols.length, named.requests, named.requests + 1, named.guards];
  let enclosing = named.code.length;
  let cursor = 0;
  const count = input.number();
  // Each kind takes a byte at least, so no count asks for more than there is.
  for (let left = count; left > 0; left--) relocations.push(0, 0, input.number(), 0, 0);
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) relocations[at] = input.number();
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const bits = relocations[at + 2] ?? 0;
    const kind = bits & RELOCATION_BITS.kind;
    const shape = RELOCATION_SHAPES[kind];
    if (shape === undefined || bits > 63) throw input.invalid(`it has relocation kind ${bits}`);
    const position = cursor + (relocations[at] ?? 0);
    const written = shape.operand === OPERAND.none ? 0 : input.below(limits[shape.operand] ?? 0, "operand");
    const a = shape.operand === OPERAND.requestOrNone ? written - 1 : written;
    const b = shape.hasSecond ? input.number() : 0;
    if (shape.hasSecond) checkSecond(input, kind, b, named);
    if (shape.length < 0) nameSymbol(named, a, position);
    const length = bits & RELOCATION_BITS.length ? input.number() : usualLength(shape.length, a, b, named);
    const end = position + length;
    while (position >= enclosing && branches.length > 0) enclosing = branches.pop() ?? 0;
    if (end > enclosing) throw input.invalid("a relocation in it lies outside of its code");
    relocations[at] = position;
    relocations[at + 1] = length;
    relocations[at + 2] = kind;
    relocations[at + 3] = a;
    relocations[at + 4] = b;
    cursor = end;
    if (kind !== RELOCATION.branch) continue;
    branches.push(enclosing);
    enclosing = end;
    cursor = position;
  }
  return relocations;
}

function nameSymbol({ code, symbols }: Named, index: number, position: number): void {
  const symbol = symbols[index];
  if (symbol?.name === "") symbol.name = nameAt(code, position);
}

function checkSecond(input: RecordInput, kind: number, b: number, { strings }: Named): void {
  const count = kind === RELOCATION.branch ? 2 : strings.length;
  if (b >= count) throw input.invalid(`it names property ${b} of ${count}`);
}

function usualLength(length: number, a: number, b: number, { symbols, strings }: Named): number {
  if (length >= 0) return length;
  const name = symbols[a]?.name.length ?? 0;
  if (length === NAME_LENGTH) return name;
  return length === MEMBER_LENGTH ? name + 1 + (strings[b]?.length ?? 0) : 0;
}

/**
 * Parts follow one another in the code, and their relocations lie in them.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readParts(
  input: RecordInput,
  named: Named,
  relocations: readonly number[],
): { parts: number[]; declares: number[] } {
  const parts: number[] = [];
  const declares: number[] = [];
  const count = relocations.length / RELOCATION_STRIDE;
  let relocated = 0;
  let end = 0;
  let symbol = -1;
  for (let left = input.number(); left > 0; left--) {
    const start = end;
    end += input.number();
    const bits = input.number();
    const purity = bits & PART_BITS.purity;
    const condition = readCondition(input, purity, named);
    for (let declared = bits >> PART_BITS.declares; declared > 0; declared--) {
      symbol += 1 + unzigzag(input.number());
      if (symbol < 0 || symbol >= named.symbols.length) throw input.invalid(`a part of it declares symbol ${symbol}`);
      declares.push(symbol);
    }
    const first = relocated;
    relocated += input.number();
    if (end > named.code.length || relocated > count) throw input.invalid("a part in it is longer than its code");
    checkInside(input, relocations, first, relocated, start, end);
    parts.push(end, purity, condition, declares.length, relocated);
  }
  if (relocated !== count) throw input.invalid("relocations in it belong to no part");
  return { parts, declares };
}

function readCondition(input: RecordInput, purity: number, { symbols, guards }: Named): number {
  if (purity > PURITY.ifGuard) throw input.invalid(`it has purity ${purity}`);
  if (purity === PURITY.ifFunction) return input.below(symbols.length, "symbol");
  return purity === PURITY.ifGuard ? input.below(guards, "guard") : 0;
}

function checkInside(
  input: RecordInput,
  relocations: readonly number[],
  first: number,
  last: number,
  start: number,
  end: number,
): void {
  for (let at = first * RELOCATION_STRIDE; at < last * RELOCATION_STRIDE; at += RELOCATION_STRIDE) {
    const position = relocations[at] ?? 0;
    const isInside = position >= start && position + (relocations[at + 1] ?? 0) <= end;
    if (!isInside) throw input.invalid("a relocation in it lies outside of its part");
  }
}

import { type ModuleRecord, PART_STRIDE, RELOCATION, RELOCATION_STRIDE } from "../../../src/artifact/module-record.ts";

const { branch, dynamicImport, member, memberCallee, meta, nodeEnv, require, resolve, topLevelThis } = RELOCATION;
const WITHOUT_OPERAND: readonly number[] = [meta, nodeEnv, topLevelThis];

/** Throws a RangeError unless what a record names is there, and what its positions say lies in its code. */
export function assertSound(record: ModuleRecord): void {
  const { requests, symbols, exports, reexports, stars, forwards, declares } = record;
  for (const { request, aliasOf } of symbols) {
    assertBelow(request ?? 0, requests.length + (request === undefined ? 1 : 0));
    assertBelow(aliasOf ?? 0, symbols.length);
  }
  for (const { symbol } of exports) assertBelow(symbol, symbols.length);
  for (const request of [...stars, ...forwards, ...reexports.map((reexport) => reexport.request)])
    assertBelow(request, requests.length);
  for (const symbol of declares) assertBelow(symbol, symbols.length);
  assertParts(record);
  assertRelocations(record);
}

function assertParts({ code, parts, declares, relocations }: ModuleRecord): void {
  let start = 0;
  for (let at = 0; at < parts.length; at += PART_STRIDE) {
    const [end = -1, purity = -1, , declaresEnd = -1, relocationsEnd = -1] = parts.slice(at, at + PART_STRIDE);
    assertBelow(end, code.length + 1);
    assertBelow(end - start, code.length + 1);
    assertBelow(purity, 5);
    assertBelow(declaresEnd, declares.length + 1);
    assertBelow(relocationsEnd, relocations.length / RELOCATION_STRIDE + 1);
    start = end;
  }
}

function assertRelocations({ code, relocations, guards, requests, symbols, strings }: ModuleRecord): void {
  let last = 0;
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [position = -1, length = -1, kind = -1, a = -2, b = -1] = relocations.slice(at, at + RELOCATION_STRIDE);
    assertBelow(position - last, code.length + 1);
    assertBelow(position + length, code.length + 1);
    assertBelow(kind, Object.keys(RELOCATION).length);
    if (kind === branch) assertBelow(a, guards.length);
    else if (kind === dynamicImport) assertBelow(a + 1, requests.length + 1);
    else if (kind === resolve || kind === require) assertBelow(a, requests.length);
    else if (!WITHOUT_OPERAND.includes(kind)) assertBelow(a, symbols.length);
    if (kind === member || kind === memberCallee) assertBelow(b, strings.length);
    last = kind === branch ? position : position + length;
  }
}

function assertBelow(value: number, count: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value < count)) throw new RangeError(`${value} of ${count}`);
}

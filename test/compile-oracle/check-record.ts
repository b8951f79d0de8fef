import {
  type ModuleRecord,
  PART,
  PART_STRIDE,
  RELOCATION,
  RELOCATION_STRIDE,
  SYMBOL_FLAGS,
} from "../../src/artifact/module-record.ts";
import { compileRecord } from "../../src/compile/compile-record.ts";
import { moduleTree, scriptTree } from "./module-tree.ts";
import { treeDifference } from "./same-tree.ts";

const OF_NAMES = new Set<number>([
  RELOCATION.reference,
  RELOCATION.shorthand,
  RELOCATION.callee,
  RELOCATION.assignImport,
  RELOCATION.assignImportShorthand,
]);
const SUFFIX = "$renamed";

/** What is wrong with a record that was made of `source`; empty where nothing is. */
export function checkRecord(source: string, record: ModuleRecord): string[] {
  const difference =
    record.format === "esm"
      ? treeDifference(moduleTree(source, nameOfDefault(record)), moduleTree(record.code, ""))
      : treeDifference(scriptTree(source), scriptTree(record.code));
  const problems = difference === undefined ? [] : [`The trees differ at ${difference}`];
  return [...problems, ...checkTables(record), ...(record.format === "esm" ? checkRenamed(record) : [])];
}

function nameOfDefault({ symbols, exports }: ModuleRecord): string {
  return symbols[exports.find(({ name }) => name === "default")?.symbol ?? -1]?.name ?? "";
}

function checkTables(record: ModuleRecord): string[] {
  return [...checkLines(record), ...checkRelocations(record), ...checkParts(record)];
}

function checkLines({ code, lines }: ModuleRecord): string[] {
  const count = code.split("\n").length - (code.endsWith("\n") || code === "" ? 1 : 0);
  if (lines.length !== count) return [`${lines.length} lines are told of ${count}`];
  return lines.some((line, index) => line < (lines[index - 1] ?? 1)) ? ["Lines go back"] : [];
}

function checkRelocations({ code, relocations, symbols }: ModuleRecord): string[] {
  const problems: string[] = [];
  let position = 0;
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [start = 0, length = 0, kind = 0, a = 0] = relocations.slice(at, at + RELOCATION_STRIDE);
    if (start < position) problems.push(`Relocation ${at / RELOCATION_STRIDE} is out of order`);
    position = start;
    const text = code.slice(start, start + length);
    if (OF_NAMES.has(kind) && text !== symbols[a]?.name) problems.push(`"${text}" stands for ${symbols[a]?.name}`);
  }
  return problems;
}

function checkParts({ code, parts, relocations, declares }: ModuleRecord): string[] {
  const problems: string[] = [];
  for (let at = 0; at < parts.length; at += PART_STRIDE) {
    const end = parts[at + PART.end] ?? 0;
    if (code[end - 1] !== "\n") problems.push(`Part ${at / PART_STRIDE} ends inside of a line`);
  }
  if (parts.length === 0) return problems;
  const [end, , , declaresEnd, relocationsEnd] = parts.slice(-PART_STRIDE);
  const covered = relocationsEnd === relocations.length / RELOCATION_STRIDE && declaresEnd === declares.length;
  return end === code.length && covered ? problems : [...problems, "The parts do not cover the code"];
}

/**
 * Gives every binding another name by the relocations: if one was missed, the old name is free in what comes out; if one
 * was too many, it has other free names or inner ones.
 */
function checkRenamed(record: ModuleRecord): string[] {
  let again: ModuleRecord;
  try {
    again = compileWithImport(rename(record));
  } catch (error) {
    return [`Renamed, it does not compile: ${String(error)}`];
  }
  const imported = record.symbols.filter(({ request }) => request !== undefined).map(({ name }) => name + SUFFIX);
  const expected = new Set([...record.globals, ...imported.filter((name) => again.globals.includes(name))]);
  const problems: string[] = [];
  for (const name of again.globals) if (!expected.has(name)) problems.push(`A reference to ${name} was missed`);
  for (const name of record.globals) if (!again.globals.includes(name)) problems.push(`${name} is no global any more`);
  const { nested } = compileWithImport(record.code);
  for (const name of nested) if (!again.nested.includes(name)) problems.push(`${name} is not nested any more`);
  return problems;
}

/** Of what imports something the compiler tells all inner names. */
function compileWithImport(code: string): ModuleRecord {
  const bytes = new TextEncoder().encode(`${code}\nimport * as other${SUFFIX} from "other";`);
  return compileRecord({ path: "renamed.mjs", bytes, shownAs: "renamed.mjs" });
}

function rename({ code, relocations, symbols, strings }: ModuleRecord): string {
  const pieces: string[] = [];
  let at = 0;
  for (let index = 0; index < relocations.length; index += RELOCATION_STRIDE) {
    const [start = 0, length = 0, kind = 0, a = 0, b = 0] = relocations.slice(index, index + RELOCATION_STRIDE);
    const symbol = symbols[a];
    const name = symbol === undefined ? "" : symbol.name + SUFFIX;
    const isMember = kind === RELOCATION.member || kind === RELOCATION.memberCallee;
    const text = isMember
      ? `${name}[${JSON.stringify(strings[b])}]`
      : renamedText(kind, symbol?.name ?? "", name, symbol?.flags ?? 0);
    if (text === undefined) continue;
    pieces.push(code.slice(at, start), text);
    at = start + length;
  }
  return pieces.join("") + code.slice(at);
}

function renamedText(kind: number, old: string, name: string, flags: number): string | undefined {
  switch (kind) {
    case RELOCATION.reference:
    case RELOCATION.assignImport:
      return name;
    case RELOCATION.callee:
      return name;
    case RELOCATION.shorthand:
    case RELOCATION.assignImportShorthand:
      return old === "__proto__" ? `["__proto__"]: ${name}` : `${old}: ${name}`;
    case RELOCATION.classStart:
      return `let ${name} = `;
    case RELOCATION.classEnd:
      return ";";
    case RELOCATION.nameStart:
      return `{${(flags & SYMBOL_FLAGS.anonymousDefault) !== 0 ? "default" : JSON.stringify(old)}: `;
    case RELOCATION.nameEnd:
      return `}.x`;
    default:
      return undefined;
  }
}

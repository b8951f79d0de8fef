import {
  type ModuleRecord,
  PART,
  PART_STRIDE,
  PURITY,
  RELOCATION,
  RELOCATION_STRIDE,
} from "../../../src/artifact/module-record.ts";
import { compileRecord } from "../../../src/compile/compile-record.ts";

/** The record of a source; an ES module unless the path says otherwise. */
export function recordOf(source: string, path = "src/main.mjs", type?: string): ModuleRecord {
  return compileRecord({ path, bytes: new TextEncoder().encode(source), type, shownAs: path });
}

const KINDS = Object.keys(RELOCATION);
const PURITIES = Object.keys(PURITY);
/** Their first number is a symbol. */
const OF_SYMBOLS: readonly string[] = [
  "reference",
  "shorthand",
  "callee",
  "member",
  "memberCallee",
  "classStart",
  "classEnd",
  "nameStart",
  "nameEnd",
  "assignImport",
  "assignImportShorthand",
];

/** `kind text` of each relocation, `kind text > name` where that is another symbol's name. */
export function relocationsOf({ code, relocations, symbols }: ModuleRecord): string[] {
  const shown: string[] = [];
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [start = 0, length = 0, number = 0, a = 0] = relocations.slice(at, at + RELOCATION_STRIDE);
    const kind = KINDS[number] ?? "";
    const text = code.slice(start, start + length);
    const name = OF_SYMBOLS.includes(kind) ? symbols[a]?.name : undefined;
    shown.push([kind, text, name === undefined || name === text ? "" : `> ${name}`].filter(Boolean).join(" "));
  }
  return shown;
}

/** The code with `⟨…⟩` at the places of some kinds of relocations. */
export function marked({ code, relocations }: ModuleRecord, ...kinds: (keyof typeof RELOCATION)[]): string {
  let text = "";
  let last = 0;
  for (let at = 0; at < relocations.length; at += RELOCATION_STRIDE) {
    const [start = 0, length = 0, number = 0] = relocations.slice(at, at + RELOCATION_STRIDE);
    if (!kinds.some((kind) => RELOCATION[kind] === number)) continue;
    text += `${code.slice(last, start)}⟨${code.slice(start, start + length)}⟩`;
    last = start + length;
  }
  return text + code.slice(last);
}

/** `purity: code` of each part; what it depends on is shown in brackets. */
export function partsOf(record: ModuleRecord): string[] {
  const { code, parts, symbols, guards } = record;
  const shown: string[] = [];
  let start = 0;
  for (let at = 0; at < parts.length; at += PART_STRIDE) {
    const end = parts[at + PART.end] ?? 0;
    const purity = PURITIES[parts[at + PART.purity] ?? 0] ?? "";
    const condition = parts[at + PART.condition] ?? 0;
    const guard = guards[condition];
    const on =
      purity === "ifFunction"
        ? `[${symbols[condition]?.name}]`
        : purity === "ifGuard"
          ? `[${guard?.equals === true ? "=" : "!"}${guard?.value}]`
          : "";
    shown.push(`${purity}${on}: ${code.slice(start, end).trimEnd()}`);
    start = end;
  }
  return shown;
}

/** The purity of the last statement of a source. */
export function purityOf(source: string): string {
  return partsOf(recordOf(source)).at(-1)?.split(":", 1)[0] ?? "no part";
}

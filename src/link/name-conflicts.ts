import { type ModuleRecord, PART, PART_STRIDE, RELOCATION_STRIDE } from "../artifact/module-record.ts";
import { compileRecord } from "../compile/compile-record.ts";
import { LineTable } from "../compile/line-table.ts";
import type { SourceFile } from "../compile/source-file.ts";
import { traceCode } from "../compile/trace-code.ts";
import { type ErrorDetails, isLoaderError } from "../errors.ts";
import { placeIn } from "./bind-error.ts";
import { type ImportedName, scanImports } from "./scan-imports.ts";
import { shownPlace, type SourceFix, type SourceProblem } from "./source-problem.ts";

/** A file of the project, in memory. */
interface OwnFile extends SourceFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A compiled file, and the names that it binds twice. */
export interface CheckedFile {
  readonly record: ModuleRecord;
  /** Where there are any, the record lacks their imports: it can be checked further, but must not run. */
  readonly conflicts: readonly SourceProblem[];
  /** What the record was made of: as long as the file, line by line. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Compiles a file of the project. Names that imports bind twice, or an import and a declaration, are no end of it: their
 * imports are taken out, so that the rest of the program is checked too (M25, M26).
 * @throws LoaderError ERR_SOURCE_PARSE, ERR_UNKNOWN_MODULE_FORMAT
 */
export function compileChecked(file: OwnFile, details: ErrorDetails): CheckedFile {
  try {
    return { record: compileRecord(file, details), conflicts: [], bytes: file.bytes };
  } catch (error) {
    if (duplicateOf(error) === undefined) throw error;
    return compileRepaired(file, details, error);
  }
}

/** An import's binding, and what it is imported from. */
interface ImportBinding {
  readonly name: ImportedName;
  readonly specifier: string;
}

function compileRepaired(file: OwnFile, details: ErrorDetails, failure: unknown): CheckedFile {
  const source = new TextDecoder().decode(file.bytes);
  const bindings = importBindings(source);
  const hidden = new Set<ImportBinding>();
  let text = source;
  for (let error = failure; ;) {
    const local = duplicateOf(error);
    const binding = bindings.findLast((one) => one.name.local === local && !hidden.has(one));
    if (binding === undefined) throw error;
    hidden.add(binding);
    text = withoutBinding(text, binding.name);
    const repaired = { ...file, bytes: new TextEncoder().encode(text) };
    try {
      const record = compileRecord(repaired, details);
      const names = new Set([...hidden].map(({ name }) => name.local ?? ""));
      const conflicts = [...names].flatMap((name) => conflictsOf(name, source, bindings, { file: repaired, record }));
      return { record, conflicts, bytes: repaired.bytes };
    } catch (next) {
      error = next;
    }
  }
}

/** The name that the parser has met twice. */
function duplicateOf(error: unknown): string | undefined {
  if (!isLoaderError(error) || error.code !== "ERR_SOURCE_PARSE") return undefined;
  return / does not parse: Duplicate binding '(.+)'$/.exec(error.message)?.[1];
}

function importBindings(source: string): ImportBinding[] {
  return scanImports(source).flatMap(({ names, specifier }) =>
    names.flatMap((name) => (name.local === undefined || name.typeOnly ? [] : [{ name, specifier }])),
  );
}

/** The same text with the binding taken out, or under a name that nothing uses; all else stays where it is. */
function withoutBinding(text: string, { start, end, localStart, localEnd, inBraces }: ImportedName): string {
  if (!inBraces || localStart !== start) {
    const name = unusedName(text, localEnd - localStart);
    return text.slice(0, localStart) + name + text.slice(localEnd);
  }
  const [found = ""] = /^\s*,/.exec(text.slice(end)) ?? [];
  const taken = text.slice(start, end) + found;
  return text.slice(0, start) + taken.replace(/\S/g, " ") + text.slice(start + taken.length);
}

/** A name of that length that does not occur in `text`: letters of Latin Extended-A are in few programs. */
function unusedName(text: string, length: number): string {
  const names = Array.from({ length: 128 }, (_, index) => "_".repeat(length - 1) + String.fromCharCode(0x100 + index));
  return names.find((name) => !text.includes(name)) ?? names[0] ?? "";
}

/** Where a name is bound. */
interface BoundPlace {
  readonly start: number;
  readonly end: number;
  /** Set for imports. */
  readonly binding?: ImportBinding;
}

function conflictsOf(
  local: string,
  source: string,
  bindings: readonly ImportBinding[],
  compiled: { readonly file: OwnFile; readonly record: ModuleRecord },
): SourceProblem[] {
  const places: BoundPlace[] = bindings
    .filter(({ name }) => name.local === local)
    .map((binding) => ({ start: binding.name.localStart, end: binding.name.localEnd, binding }));
  const declared = declarationOf(local, source, compiled);
  if (declared !== undefined) places.push({ start: declared, end: declared + local.length });
  const [first, ...others] = places.toSorted((a, b) => a.start - b.start);
  if (first === undefined) return [];
  return others.map((other) => conflict(local, source, compiled.file.shownAs, first, other));
}

/** Offset of the name in the declaration that the record has for it. */
function declarationOf(
  local: string,
  source: string,
  { file, record }: { readonly file: OwnFile; readonly record: ModuleRecord },
): number | undefined {
  const { symbols, parts, declares, relocations } = record;
  const symbol = symbols.findIndex(({ name, request }) => name === local && request === undefined);
  if (symbol === -1) return undefined;
  const place = declares.indexOf(symbol);
  let part = 0;
  while (part < parts.length && (parts[part + PART.declaresEnd] ?? 0) <= place) part += PART_STRIDE;
  const from = (parts[part - PART_STRIDE + PART.relocationsEnd] ?? 0) * RELOCATION_STRIDE;
  const until = (parts[part + PART.relocationsEnd] ?? 0) * RELOCATION_STRIDE;
  const { sourceAt } = traceCode({ ...file, type: "module" });
  const lines = new LineTable(source, "script");
  const found: number[] = [];
  for (let at = from; at < until; at += RELOCATION_STRIDE)
    if (relocations[at + 3] === symbol) found.push(lines.offsetAt(sourceAt(relocations[at] ?? 0)) ?? 0);
  // A statement can use the name before it declares it: `if (a) var a`.
  const start = found.find((offset) => DECLARES.test(source.slice(0, offset))) ?? found[0] ?? 0;
  const word = new RegExp(`(?<![\\w$])${local.replace(/[$]/g, "\\$&")}(?![\\w$])`, "g");
  word.lastIndex = start;
  return word.exec(source)?.index ?? start;
}

const DECLARES = /\b(?:var|let|const|using|function\s*\*?)\s*$/;

function conflict(local: string, source: string, file: string, first: BoundPlace, second: BoundPlace): SourceProblem {
  const place = placeIn(source, file, second.start, second.end);
  const earlier = placeIn(source, file, first.start, first.end);
  const message = `Import collision: "${local}" is already ${how(first)} at ${shownPlace(earlier)}, and ${how(second)} again`;
  const binding = (second.binding ?? first.binding) as ImportBinding;
  return {
    code: "ERR_IMPORT_NAME_CONFLICT",
    message,
    ...place,
    specifier: binding.specifier,
    suggestion: `use a namespace import to avoid it: import * as ${namespaceName(binding.specifier)} from "${binding.specifier}"`,
    related: [{ ...earlier, message: `"${local}" is ${how(first)} here` }],
    fixes: [renaming(local, source, file, binding.name)],
  };
}

function how({ binding }: BoundPlace): string {
  return binding === undefined ? "declared" : `imported from "${binding.specifier}"`;
}

/** `@bob/tools` → `tools`, `./date-format.ts` → `dateFormat`. */
function namespaceName(specifier: string): string {
  const last =
    specifier
      .replace(/(?<=.)@.*$|\/+$/, "")
      .split("/")
      .at(-1) ?? "";
  const words = last
    .replace(/\.\w+$/, "")
    .split(/[^\p{ID_Continue}$]+/u)
    .filter((word) => word !== "");
  const name = words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
  return /^[\p{ID_Start}$_]/u.test(name) ? name : `module${name}`;
}

function renaming(local: string, source: string, file: string, name: ImportedName): SourceFix {
  let other = `${local}2`;
  for (let count = 3; source.includes(other); count++) other = `${local}${count}`;
  const isShort = name.inBraces && name.start === name.localStart;
  const text = isShort ? `${local} as ${other}` : other;
  const place = placeIn(source, file, name.localStart, name.localEnd);
  return { title: `import it as "${other}"`, edits: [{ ...place, text }] };
}

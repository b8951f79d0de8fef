import { codeFrame, type Position } from "../compile/code-frame.ts";
import { LineTable } from "../compile/line-table.ts";
import type { ExportBinder } from "./bind-symbols.ts";
import type { LinkedModule } from "./linked-module.ts";
import type { GraphModule } from "./module-graph.ts";
import { nearest } from "./nearest-name.ts";
import { type ImportedName, type ScannedImport, scanImports } from "./scan-imports.ts";
import type { SourcePlace, SourceProblem } from "./source-problem.ts";

/** What is wrong with an import of a name that its target does not have, or has twice (M23, M31): one problem a place. */
export function bindProblems(
  module: LinkedModule,
  request: number,
  name: string,
  kind: "missing" | "ambiguous",
  binder: ExportBinder,
): SourceProblem[] {
  const { input, record } = module;
  const specifier = record.requests[request]?.specifier ?? "";
  const what = `"${input.shownAs}" imports "${name}" from "${specifier}"`;
  const named = scannedNames(input, specifier, name);
  if (kind === "ambiguous") {
    const message = `${what}, where two modules export that name`;
    return placesOf(module, request, named).map((place) => ({
      code: "ERR_AMBIGUOUS_EXPORT",
      message,
      specifier,
      ...place,
    }));
  }
  const target = module.targets[request];
  const similar = target === undefined ? undefined : nearest(name, binder.exportNames(target));
  const message = `${what}, which does not export it`;
  return placesOf(module, request, named).map((place, index) => ({
    code: "ERR_EXPORT_NOT_FOUND",
    message,
    specifier,
    ...place,
    ...(similar === undefined
      ? {}
      : { suggestion: `did you mean "${similar}"?`, ...fixes(place, named[index], similar) }),
  }));
}

/** The nearest name in the place of the missing one; what it is called here stays. */
function fixes(place: SourcePlace, named: ImportedName | undefined, similar: string): Pick<SourceProblem, "fixes"> {
  if (named === undefined || !named.inBraces) return {};
  const isShort = named.start === named.localStart && named.local !== undefined;
  const text = isShort && similar !== named.local ? `${similar} as ${named.local}` : similar;
  return {
    fixes: [
      {
        title: `import "${similar}"`,
        edits: [{ file: place.file, line: place.line, column: place.column, end: place.end, text }],
      },
    ],
  };
}

function placesOf(module: LinkedModule, request: number, named: readonly ImportedName[]): SourcePlace[] {
  const { input, record } = module;
  const { source = "", shownAs } = input;
  if (named.length > 0) return named.map(({ start, end }) => placeIn(source, shownAs, start, end));
  const { line = 1, column = 1, specifier = "" } = record.format === "wasm" ? {} : (record.requests[request] ?? {});
  return [{ file: shownAs, line, column, end: { line, column: column + specifier.length } }];
}

/** Where the name stands in the import; the specifier where that cannot be told. */
export function placeOf(module: LinkedModule, request: number, name: string) {
  const specifier = module.record.requests[request]?.specifier ?? "";
  const [place] = placesOf(module, request, scannedNames(module.input, specifier, name));
  return errorPlace(module, place ?? { line: 1, column: 1 });
}

/** A place in a module as errors have it, with the line that stands there. */
export function errorPlace({ input, record }: LinkedModule, { line, column }: Position) {
  const { shownAs: file, source } = input;
  if (record.format === "wasm") return { referrer: file, file };
  const place = { referrer: `${file}:${line}:${column}`, file, line, column };
  return source === undefined ? place : { ...place, frame: codeFrame(source, place) };
}

/** A part of a source as a place. */
export function placeIn(source: string, file: string, start: number, end: number): SourcePlace {
  const lines = linesOf(source);
  return { file, ...lines.positionAt(start), end: lines.positionAt(end) };
}

let lastSource = "";
let lastLines = new LineTable("", "script");

/** Places of one source are asked for one after the other. */
function linesOf(source: string): LineTable {
  if (source !== lastSource) [lastSource, lastLines] = [source, new LineTable(source, "script")];
  return lastLines;
}

const scanned = new WeakMap<GraphModule, readonly ScannedImport[]>();

/** Where a module's source takes `name` from `specifier`. */
function scannedNames(input: GraphModule, specifier: string, name: string): ImportedName[] {
  if (input.source === undefined) return [];
  let imports = scanned.get(input);
  if (imports === undefined) scanned.set(input, (imports = scanImports(input.source)));
  const written = name === "*source*" ? "default" : name;
  return imports
    .filter((found) => found.specifier === specifier && !found.typeOnly)
    .flatMap(({ names }) => names.filter(({ imported, typeOnly }) => imported === written && !typeOnly));
}

import { codeFrame, type Position } from "../compile/code-frame.ts";
import { LoaderError } from "../errors.ts";
import { nearest } from "./nearest-name.ts";
import type { ExportBinder } from "./bind-symbols.ts";
import type { LinkedModule } from "./linked-module.ts";

/** The error for an import of a name that its target does not have, or has twice (M23, M31). */
export function bindError(
  module: LinkedModule,
  request: number,
  name: string,
  kind: "missing" | "ambiguous",
  binder: ExportBinder,
): LoaderError {
  const specifier = module.record.requests[request]?.specifier ?? "";
  const details = { specifier, ...placeOf(module, request, name) };
  const what = `"${module.input.shownAs}" imports "${name}" from "${specifier}"`;
  if (kind === "ambiguous")
    return new LoaderError("ERR_AMBIGUOUS_EXPORT", `${what}, where two modules export that name`, details);
  const target = module.targets[request];
  const similar = target === undefined ? undefined : nearest(name, binder.exportNames(target));
  const hint = similar === undefined ? {} : { hint: `did you mean "${similar}"?` };
  return new LoaderError("ERR_EXPORT_NOT_FOUND", `${what}, which does not export it`, { ...details, ...hint });
}

/** Where the name stands in the import; the specifier where that cannot be told. */
export function placeOf({ input, record }: LinkedModule, request: number, name: string) {
  if (record.format === "wasm") return { referrer: input.shownAs, file: input.shownAs };
  const { line = 1, column = 1 } = record.requests[request] ?? {};
  const position = input.source === undefined ? { line, column } : positionOfName(input.source, { line, column }, name);
  const place = { referrer: `${input.shownAs}:${position.line}:${position.column}`, file: input.shownAs, ...position };
  return input.source === undefined ? place : { ...place, frame: codeFrame(input.source, position) };
}

function positionOfName(source: string, specifier: Position, name: string): Position {
  if (name === "default") return specifier;
  const lines = source.split("\n").slice(0, specifier.line);
  lines[lines.length - 1] = lines.at(-1)?.slice(0, specifier.column - 1) ?? "";
  const word = new RegExp(`\\b${name.replace(/\W/g, "\\$&")}\\b`);
  // An import can begin some lines above its specifier.
  for (let line = lines.length; line > Math.max(0, lines.length - 200); line--) {
    const text = lines[line - 1] ?? "";
    const keyword = Math.max(text.lastIndexOf("import"), text.lastIndexOf("export"));
    const at = text.slice(Math.max(0, keyword)).search(word);
    if (at !== -1) return { line, column: Math.max(0, keyword) + at + 1 };
    if (keyword !== -1) break;
  }
  return specifier;
}

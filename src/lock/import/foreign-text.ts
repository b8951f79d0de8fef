import { LoaderError } from "../../errors.ts";
import type { InvalidAt } from "../invalid-lock.ts";
import { isTable, type Table } from "../lock-fields.ts";

/** Errors about another tool's file, which is named, with the place in it. */
export function invalidIn(file: string): InvalidAt {
  return (path, reason) => invalidForeign(file, path.length === 0 ? reason : `${reason} (at ${path.join(" → ")})`);
}

export function invalidForeign(file: string, reason: string, line?: number): LoaderError {
  const place = line === undefined ? "" : ` (line ${line})`;
  return new LoaderError("ERR_LOCKFILE_INVALID", `${file} cannot be imported: ${reason}${place}`, {
    file,
    ...(line === undefined ? {} : { line }),
    hint: "write the file anew with the tool that made it",
  });
}

/**
 * A file of a version that is not known.
 * @param known what can be imported, in words
 */
export function unknownVersion(file: string, version: unknown, known: string): LoaderError {
  const actual = typeof version === "string" || typeof version === "number" ? String(version) : "none";
  return new LoaderError("ERR_LOCKFILE_VERSION", `${file} has version ${actual}, ${known} can be imported`, {
    file,
    expected: known,
    actual,
    hint: "write the file anew with a version of the tool that makes one of these",
  });
}

/** @throws LoaderError ERR_LOCKFILE_INVALID when it is not a JSON object */
export function parseForeignJson(file: string, text: string): Table {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw invalidForeign(file, `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (!isTable(root)) throw invalidForeign(file, "it is not an object");
  return root;
}

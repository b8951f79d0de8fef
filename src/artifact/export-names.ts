import { LoaderError } from "../errors.ts";
import type { ModuleRecord } from "./module-record.ts";

/**
 * Export names of a module that is no ES module, as far as they can be told without running it. Those of JSON are `default`
 * and the keys of its object; only `export *` asks for them, so they are written nowhere but in its text.
 * @throws LoaderError ERR_ARTIFACT_INVALID for a record of JSON whose text is none
 */
export function exportNames(record: ModuleRecord): readonly string[] {
  // Code is decoded when it is asked for.
  if (record.format !== "json") return record.names;
  return [...new Set(["default", ...keysOf(record.code, record.path)])].toSorted();
}

function keysOf(json: string, path: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  } catch (cause) {
    throw new LoaderError("ERR_ARTIFACT_INVALID", `The record of "${path}" is not JSON`, { file: path }, cause);
  }
}

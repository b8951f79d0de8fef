import type { ModuleFormat } from "../artifact/module-record.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { FormatHint } from "./parse-module.ts";

const SCRIPT = /\.(?:[cm]?js|[cm]?ts|jsx|tsx|raya)$/;

/** What is compiled. */
export interface SourceFile {
  /** Decides language and format by its ending. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** `type` of the nearest package.json; only matters for `.js` and its kin. */
  readonly type?: string | undefined;
  /** How messages name the file. */
  readonly shownAs: string;
}

/** The format that a file's name gives; undefined for an asset. */
export function formatOfPath(path: string): ModuleFormat | undefined {
  if (/\.(?:mjs|mts)$/.test(path)) return "esm";
  if (/\.(?:cjs|cts)$/.test(path)) return "commonjs";
  if (SCRIPT.test(path) || !path.slice(path.lastIndexOf("/") + 1).includes(".")) return "esm";
  if (path.endsWith(".json")) return "json";
  if (path.endsWith(".css")) return "css";
  if (path.endsWith(".wasm")) return "wasm";
  return undefined;
}

/** What is known of a script's format before it is parsed. */
export function formatHint({ path, type }: SourceFile): FormatHint {
  if (/\.(?:mjs|mts)$/.test(path)) return "esm";
  if (/\.(?:cjs|cts)$/.test(path)) return "commonjs";
  return type === "module" ? "esm" : "unknown";
}

/** The error for an import of an asset. */
export function unknownFormat(shownAs: string, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_UNKNOWN_MODULE_FORMAT", `"${shownAs}" is not a module`, {
    ...details,
    specifier: shownAs,
    hint: "JavaScript, TypeScript, JSON, CSS and WebAssembly can be imported; for the address of another file use import.meta.resolve()",
  });
}

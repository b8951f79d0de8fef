import { type ErrorDetails, LoaderError } from "../errors.ts";
import { analyseModule } from "./analyse-module.ts";
import { codeFrame, positionAt } from "./code-frame.ts";
import { type CompiledModule, emptyAnalysis, type ModuleFormat } from "./module-analysis.ts";
import { type FormatHint, parseModule } from "./parse-module.ts";
import { isTransformed, transformTypescript } from "./typescript.ts";
import { analyseWasm } from "./wasm.ts";

const SCRIPT = /\.(?:[cm]?js|[cm]?ts|jsx|tsx|raya)$/;

/** The format that a file's name gives; undefined for an asset. */
export function formatOfPath(path: string): ModuleFormat | undefined {
  if (/\.(?:mjs|mts)$/.test(path)) return "esm";
  if (/\.(?:cjs|cts)$/.test(path)) return "commonjs";
  if (SCRIPT.test(path)) return "esm";
  if (path.endsWith(".json")) return "json";
  if (path.endsWith(".css")) return "css";
  if (path.endsWith(".wasm")) return "wasm";
  return undefined;
}

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

/**
 * Compiles one file: turns it into JavaScript where it is not, and records what the linker needs. A pure function of
 * its argument.
 * @throws LoaderError ERR_SOURCE_PARSE, ERR_UNKNOWN_MODULE_FORMAT
 */
export function compileModule(file: SourceFile, details: ErrorDetails = {}): CompiledModule {
  const { path, shownAs } = file;
  const format = formatOfPath(path);
  if (format === "wasm") return { code: "", analysis: analyseWasm(file.bytes, shownAs, details) };
  if (format === undefined) {
    throw new LoaderError("ERR_UNKNOWN_MODULE_FORMAT", `"${shownAs}" is not a module`, {
      ...details,
      specifier: shownAs,
      hint: "JavaScript, TypeScript, JSON, CSS and WebAssembly can be imported; for the address of another file use import.meta.resolve()",
    });
  }
  const text = decode(file.bytes);
  if (format === "json") return compileJson(text, shownAs, details);
  if (format === "css") return { code: text, analysis: emptyAnalysis("css") };
  const source = text.startsWith("#!") ? `//${text.slice(2)}` : text;
  const code = isTransformed(path) ? transformTypescript(source, shownAs, details) : source;
  return { code, analysis: analyseModule(code, parseModule(code, formatHint(file), shownAs, details)) };
}

function formatHint({ path, type }: SourceFile): FormatHint {
  if (/\.(?:mjs|mts)$/.test(path)) return "esm";
  if (/\.(?:cjs|cts)$/.test(path)) return "commonjs";
  return type === "module" ? "esm" : "unknown";
}

function compileJson(text: string, file: string, details: ErrorDetails): CompiledModule {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
    const position = positionAt(text, offset);
    const at = { ...details, file, ...position, frame: codeFrame(text, position) };
    throw new LoaderError(
      "ERR_SOURCE_PARSE",
      `${file}:${position.line}:${position.column} is not JSON: ${message}`,
      at,
      error,
    );
  }
  return { code: text, analysis: { ...emptyAnalysis("json"), exports: ["default"] } };
}

/** A byte-order mark is no part of the source. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

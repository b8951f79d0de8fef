import type { ErrorDetails } from "../errors.ts";
import { analyseModule } from "./analyse-module.ts";
import { parseJson } from "./compile-json.ts";
import { type CompiledModule, emptyAnalysis } from "./module-analysis.ts";
import { parseModule } from "./parse-module.ts";
import { formatHint, formatOfPath, type SourceFile, unknownFormat } from "./source-file.ts";
import { isTransformed, transformTypescript } from "./typescript.ts";
import { analyseWasm } from "./wasm.ts";

export { formatOfPath, type SourceFile };

/**
 * Compiles one file: turns it into JavaScript where it is not, and records what the linker needs. A pure function of
 * its argument.
 * @throws LoaderError ERR_SOURCE_PARSE, ERR_UNKNOWN_MODULE_FORMAT
 */
export function compileModule(file: SourceFile, details: ErrorDetails = {}): CompiledModule {
  const { path, shownAs } = file;
  const format = formatOfPath(path);
  if (format === "wasm") return { code: "", analysis: analyseWasm(file.bytes, shownAs, details) };
  if (format === undefined) throw unknownFormat(shownAs, details);
  const text = decode(file.bytes);
  if (format === "json") return compileJson(text, shownAs, details);
  if (format === "css") return { code: text, analysis: emptyAnalysis("css") };
  const source = text.startsWith("#!") ? `//${text.slice(2)}` : text;
  const code = isTransformed(path) ? transformTypescript(source, shownAs, details) : source;
  return { code, analysis: analyseModule(code, parseModule(code, formatHint(file), shownAs, details)) };
}

function compileJson(text: string, file: string, details: ErrorDetails): CompiledModule {
  parseJson(text, file, details);
  return { code: text, analysis: { ...emptyAnalysis("json"), exports: ["default"] } };
}

/** A byte-order mark is no part of the source. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

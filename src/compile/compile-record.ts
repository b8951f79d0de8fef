import { emptyRecord, type ModuleRecord } from "../artifact/module-record.ts";
import type { ErrorDetails } from "../errors.ts";
import type { OnWritten } from "./code-writer.ts";
import { compileCommonjs } from "./compile-commonjs.ts";
import { compileEsm } from "./compile-esm.ts";
import { compileJson } from "./compile-json.ts";
import { compileWhole } from "./compile-whole.ts";
import { parseError, parseModule } from "./parse-module.ts";
import { formatHint, formatOfPath, type SourceFile, unknownFormat } from "./source-file.ts";
import { isTransformed, transformTypescript } from "./typescript.ts";
import { unchangedLines } from "./unchanged-lines.ts";
import { compileWasm } from "./wasm.ts";

/** A byte-order mark is no part of the source. */
const decoder = new TextDecoder();

/**
 * Compiles one file into a record: all that linking needs to know of it. A pure function of its arguments.
 * @param analysedAtMost bytes of a script; larger ones are not parsed but kept whole, with the flag `whole`
 * @param onWritten is called where the code is not all that was parsed
 * @throws LoaderError ERR_SOURCE_PARSE, ERR_UNKNOWN_MODULE_FORMAT
 */
export function compileRecord(
  file: SourceFile,
  details: ErrorDetails = {},
  analysedAtMost = Infinity,
  onWritten?: OnWritten,
): ModuleRecord {
  const { path, shownAs } = file;
  const format = formatOfPath(path);
  if (format === "wasm") return compileWasm(file.bytes, path, shownAs, details);
  if (format === undefined) throw unknownFormat(shownAs, details);
  const text = decoder.decode(file.bytes);
  if (format === "json") return compileJson(text, path, shownAs, details);
  if (format === "css") return { ...emptyRecord(path, "css"), code: text, lines: unchangedLines(text) };
  return compileScript(text, file, details, analysedAtMost, onWritten);
}

function compileScript(
  text: string,
  file: SourceFile,
  details: ErrorDetails,
  analysedAtMost: number,
  onWritten?: OnWritten,
): ModuleRecord {
  const { path, shownAs } = file;
  const source = text.startsWith("#!") ? `//${text.slice(2)}` : text;
  const code = isTransformed(path) ? transformTypescript(source, shownAs, details) : source;
  if (file.bytes.length > analysedAtMost) return compileWhole(code, formatHint(file), path);
  const parsed = parseModule(code, formatHint(file), shownAs, details);
  try {
    const compile = parsed.format === "esm" ? compileEsm : compileCommonjs;
    return compile(code, parsed, path, onWritten);
  } catch (error) {
    // The stack is as deep as code is nested; nearly always the parser is the first to run out of it.
    if (error instanceof RangeError) throw parseError(error, code, shownAs, details);
    throw error;
  }
}

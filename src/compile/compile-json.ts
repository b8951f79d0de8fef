import { emptyRecord, type ModuleRecord } from "../artifact/module-record.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { codeFrame, positionAt } from "./code-frame.ts";
import { unchangedLines } from "./unchanged-lines.ts";
import { escapeJson } from "./wide-characters.ts";

/**
 * Makes the record of a JSON file.
 * @throws LoaderError ERR_SOURCE_PARSE
 */
export function compileJson(text: string, path: string, file: string, details: ErrorDetails): ModuleRecord {
  assertJson(text, file, details);
  return { ...emptyRecord(path, "json"), code: escapeJson(text), lines: unchangedLines(text) };
}

/**
 * @throws LoaderError ERR_SOURCE_PARSE with line, column and the line itself
 */
function assertJson(text: string, file: string, details: ErrorDetails): void {
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
}

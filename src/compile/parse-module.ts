import { type ESTree, parseModule as parseAsModule, parseScript } from "meriyah";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { codeFrame, type Position } from "./code-frame.ts";
import { isImportMeta } from "./syntax-tree.ts";

const OPTIONS = { next: true, webcompat: true, ranges: true } as const;
const MODULE_SYNTAX = /\b(?:import|export)\b/;
const IMPORT_META = /\bimport\s*\.\s*meta\b/;

/** How a file's module system is known before it is parsed. */
export type FormatHint = "esm" | "commonjs" | "unknown";

/** A parsed file. */
export interface ParsedModule {
  readonly tree: ESTree.Program;
  readonly format: "esm" | "commonjs";
}

/**
 * Parses JavaScript. Where the format is not known, a file with import or export is an ES module and everything else is
 * CommonJS, as bundlers have it.
 * @throws LoaderError ERR_SOURCE_PARSE with file, line, column and the line itself
 */
export function parseModule(code: string, hint: FormatHint, file: string, details: ErrorDetails = {}): ParsedModule {
  if (hint === "commonjs" || (hint === "unknown" && !MODULE_SYNTAX.test(code))) {
    return { tree: parseCommonjs(code, file, details), format: "commonjs" };
  }
  try {
    const tree = parseAsModule(code, OPTIONS);
    return { tree, format: hint === "esm" || hasModuleSyntax(tree, code) ? "esm" : "commonjs" };
  } catch (error) {
    const failure = parseError(error, code, file, details);
    if (hint === "esm") throw failure;
    try {
      return { tree: parseCommonjs(code, file, details), format: "commonjs" };
    } catch {
      // Both readings fail: what went wrong with the one that import and export suggest is the better message.
      throw failure;
    }
  }
}

function parseCommonjs(code: string, file: string, details: ErrorDetails): ESTree.Program {
  try {
    return parseScript(code, { ...OPTIONS, globalReturn: true });
  } catch (error) {
    throw parseError(error, code, file, details);
  }
}

function hasModuleSyntax(tree: ESTree.Program, code: string): boolean {
  return (
    tree.body.some((statement) => /^(?:Import|Export)/.test(statement.type)) ||
    (IMPORT_META.test(code) && usesImportMeta(tree))
  );
}

/** Looked for only where the text has it; it may stand in a string or a comment. */
function usesImportMeta(tree: ESTree.Program): boolean {
  const stack: unknown[] = [tree];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (isImportMeta(value)) return true;
    for (const child of Object.values(value as object))
      if (typeof child === "object" && child !== null) stack.push(child);
  }
  return false;
}

/** The error for source that does not parse, from what a parser threw. */
export function parseError(error: unknown, code: string, file: string, details: ErrorDetails): LoaderError {
  const position = positionOf(error);
  const reason = reasonOf(error);
  return new LoaderError(
    "ERR_SOURCE_PARSE",
    `${file}:${position.line}:${position.column} does not parse: ${reason}`,
    { ...details, file, ...position, frame: codeFrame(code, position) },
    error,
  );
}

function positionOf(error: unknown): Position {
  if (typeof error !== "object" || error === null || !("loc" in error)) return { line: 1, column: 1 };
  const loc = error.loc;
  if (typeof loc !== "object" || loc === null) return { line: 1, column: 1 };
  // meriyah: {start: {line, column from 0}}; sucrase: {line, column from 1}
  if ("start" in loc && typeof loc.start === "object" && loc.start !== null) return readPosition(loc.start, 1);
  return readPosition(loc, 0);
}

function readPosition(loc: object, shift: number): Position {
  const line = "line" in loc && typeof loc.line === "number" ? loc.line : 1;
  const column = "column" in loc && typeof loc.column === "number" ? loc.column + shift : 1;
  return { line, column };
}

function reasonOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "description" in error) return String(error.description);
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Error transforming [^:]*: /, "").replace(/ \(\d+:\d+\)$/, "");
}

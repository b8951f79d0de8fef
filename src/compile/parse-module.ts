import { type ESTree, type Options, parseModule as parseAsModule, parseScript } from "meriyah";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { codeFrame, type Position } from "./code-frame.ts";
import { declareLexical, declareVars } from "./declared-names.ts";
import { declaresPrivateNames } from "./private-names.ts";
import { isImportMeta, isNode } from "./syntax-tree.ts";

/** Regular expressions are left to the engine that runs them: engines differ, and what they parse to must not. */
const OPTIONS = {
  next: true,
  webcompat: true,
  lexical: true,
  validateRegex: false,
  ranges: { start: true, end: true },
} as const;
const MODULE_SYNTAX = /\b(?:import|export)\b/;
const IMPORT_META = /\bimport\s*\.\s*meta\b/;
const PRIVATE_NAME = /^Private identifier #\S+ is not defined$/;
const EXPORTED_NAME = /^Exported binding '.*' needs to refer to a top-level declared variable$/s;
const AWAIT = /\bawait\b/;
const FUNCTION = /Function|^Method|^Property|^StaticBlock/;

/** How a file's module system is known before it is parsed. */
export type FormatHint = "esm" | "commonjs" | "unknown";

/** A parsed file. */
export interface ParsedModule {
  readonly tree: ESTree.Program;
  readonly format: "esm" | "commonjs";
  /** Start and end of each comment, in source order. */
  readonly comments: readonly number[];
}

/**
 * Parses JavaScript. Where the format is not known, a file with import, export or top-level await is an ES module and
 * everything else is CommonJS, as bundlers have it.
 * @throws LoaderError ERR_SOURCE_PARSE with file, line, column and the line itself
 */
export function parseModule(code: string, hint: FormatHint, file: string, details: ErrorDetails = {}): ParsedModule {
  if (hint === "esm") return parseAs("esm", code, file, details);
  if (hint === "commonjs") return parseAs("commonjs", code, file, details);
  const first = MODULE_SYNTAX.test(code) ? "esm" : "commonjs";
  try {
    const parsed = parseAs(first, code, file, details);
    return first === "commonjs" || hasModuleSyntax(parsed.tree, code)
      ? parsed
      : asCommonjs(parsed, code, file, details);
  } catch (error) {
    if (first === "commonjs" && !AWAIT.test(code)) throw error;
    try {
      return parseAs(first === "esm" ? "commonjs" : "esm", code, file, details);
    } catch {
      // Both readings fail: what went wrong with the one that the text suggests is the better message.
      throw error;
    }
  }
}

/** Parsed as a module, but none: that only matters for what the two read differently. */
function asCommonjs(parsed: ParsedModule, code: string, file: string, details: ErrorDetails): ParsedModule {
  if (code.includes("<!--") || code.includes("-->") || AWAIT.test(code))
    return parseAs("commonjs", code, file, details);
  return { ...parsed, format: "commonjs" };
}

function parseAs(format: "esm" | "commonjs", code: string, file: string, details: ErrorDetails): ParsedModule {
  try {
    return parseWith(OPTIONS, format, code);
  } catch (error) {
    const reason = reasonOf(error);
    const isLost = PRIVATE_NAME.test(reason) || EXPORTED_NAME.test(reason);
    const parsed = isLost ? parseUnscoped(format, code) : undefined;
    if (parsed === undefined) throw parseError(error, code, file, details);
    return parsed;
  }
}

/**
 * The parser's scopes (meriyah 7.4) lose sight of private names where a function begins with a string, and of names that are
 * bound behind a computed key with a default: it is asked again without them. Gives undefined where the names are not there.
 */
function parseUnscoped(format: "esm" | "commonjs", code: string): ParsedModule | undefined {
  try {
    const parsed = parseWith({ ...OPTIONS, lexical: false }, format, code);
    return declaresPrivateNames(parsed.tree) && declaresExports(parsed.tree) ? parsed : undefined;
  } catch {
    // Another error, further on: the first one is shown.
    return undefined;
  }
}

/** Whether every local name that is exported is declared at the top level. */
function declaresExports({ body }: ESTree.Program): boolean {
  const names = new Set<string>();
  const into = { declare: (name: string) => void names.add(name) };
  const declarations = body.map((statement) =>
    (statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration") &&
    statement.declaration
      ? (statement.declaration as ESTree.Statement)
      : statement,
  );
  declareLexical(declarations, into);
  declareVars(declarations, false, into);
  for (const statement of body)
    if (statement.type === "ImportDeclaration") for (const { local } of statement.specifiers) names.add(local.name);
  return body.every((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.source !== null) return true;
    return statement.specifiers.every(({ local }) => local.type === "Identifier" && names.has(local.name));
  });
}

function parseWith(given: Options, format: "esm" | "commonjs", code: string): ParsedModule {
  const comments: number[] = [];
  const onComment = (_type: string, _text: string, start: number, end: number): void => {
    // Looking ahead, the parser can meet one twice.
    if (start >= (comments.at(-1) ?? 0)) comments.push(start, end);
  };
  const options = { ...given, onComment };
  const tree = format === "esm" ? parseAsModule(code, options) : parseScript(code, { ...options, globalReturn: true });
  return { tree, format, comments };
}

function hasModuleSyntax(tree: ESTree.Program, code: string): boolean {
  return (
    tree.body.some((statement) => /^(?:Import|Export)/.test(statement.type)) ||
    (IMPORT_META.test(code) && contains(tree, isImportMeta)) ||
    (AWAIT.test(code) && contains(tree, isAwait, FUNCTION))
  );
}

/** Looked for only where the text has it; it may stand in a string or a comment. */
function contains(tree: ESTree.Program, isWanted: (value: unknown) => boolean, notBelow?: RegExp): boolean {
  const stack: unknown[] = [tree];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (isWanted(value)) return true;
    if (notBelow !== undefined && isNode(value) && notBelow.test(value.type)) continue;
    for (const child of Object.values(value as object))
      if (typeof child === "object" && child !== null) stack.push(child);
  }
  return false;
}

function isAwait(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (value.type === "ForOfStatement") return value.await;
  return value.type === "AwaitExpression" || (value.type === "VariableDeclaration" && value.kind === "await using");
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

import { emptyRecord, INJECTED_NAMES, type ModuleRecord, RECORD_FLAGS } from "../artifact/module-record.ts";
import { compileWholeEsm } from "./compile-whole-esm.ts";
import type { FormatHint } from "./parse-module.ts";
import { RequestList } from "./request-list.ts";
import { TokenScanner } from "./token-scanner.ts";
import { unchangedLines } from "./unchanged-lines.ts";

const INJECTED: ReadonlySet<string> = new Set(INJECTED_NAMES);
const ES_MODULE = /\bexports\s*,\s*["']__esModule["']|\bexports\.__esModule\s*=/;
const USE_STRICT = /^(?:\s|\/\*[^]*?\*\/|\/\/.*)*["']use strict["']/;

/**
 * Makes the record of a file that is too big to be parsed: the source as it is. Of CommonJS what it requires is found by
 * its tokens alone; an ES module runs as one of its own.
 */
export function compileWhole(source: string, hint: FormatHint, path: string): ModuleRecord {
  if (hint === "esm") return compileWholeEsm(source, path);
  const found = new TokenSearch(source);
  if (hint === "unknown" && found.isModule) return compileWholeEsm(source, path);
  const record = {
    ...emptyRecord(path, "commonjs"),
    flags: RECORD_FLAGS.whole,
    code: source,
    lines: unchangedLines(source),
  };
  const esModule = ES_MODULE.test(source) ? RECORD_FLAGS.esModule : 0;
  const strict = USE_STRICT.test(source) ? RECORD_FLAGS.strict : 0;
  return {
    ...record,
    flags: record.flags | esModule | strict,
    requests: found.requests.finish(source).requests,
    globals: [...found.globals],
  };
}

/** What the tokens of a source tell. */
class TokenSearch {
  readonly requests = new RequestList();
  readonly globals = new Set<string>();
  /** It has import or export declarations. */
  isModule = false;
  readonly #tokens: TokenScanner;

  constructor(source: string) {
    this.#tokens = new TokenScanner(source);
    while (this.#tokens.next()) this.#token();
  }

  #token(): void {
    const { token, previous } = this.#tokens;
    if (previous === ".") return;
    if (token === "require") this.#require();
    else if (token === "import") this.#import();
    else if (token === "export") this.#noteModule();
    else if (INJECTED.has(token)) this.globals.add(token);
  }

  #noteModule(): void {
    if (this.#tokens.depth === 0) this.isModule = true;
  }

  #require(): void {
    const next = this.#nextToken();
    if (next === "(") this.#argument("require");
    else if (next === "." && this.#nextToken() === "resolve" && this.#nextToken() === "(") this.#argument("resolve");
  }

  #import(): void {
    const atTop = this.#tokens.depth === 0;
    if (this.#nextToken() === "(") this.#argument("dynamic");
    else if (atTop) this.isModule = true;
  }

  #nextToken(): string {
    this.#tokens.next();
    return this.#tokens.token;
  }

  /** The string behind a parenthesis. */
  #argument(kind: "require" | "resolve" | "dynamic"): void {
    if (this.#nextToken() !== "'") return;
    const { text, start } = this.#tokens;
    if (text.length > 1 && !text.includes("\\"))
      this.requests.add({ specifier: text.slice(1, -1), kind, offset: start });
  }
}

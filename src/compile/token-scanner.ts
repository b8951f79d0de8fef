import { isSpace } from "./white-space.ts";

/** What the scanner tells of a token: a word, or the first character of what is none. */
export type Token = string;

const WORD = /[\p{ID_Start}$_\\#][\p{ID_Continue}$\\]*/uy;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const STRING = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
/** Punctuators that mean something else than their characters alone. */
const LONG = ["...", "++", "--"];
/** Words that an expression follows. */
const OPERATORS = new Set(
  "await case delete do else extends in instanceof new of return throw typeof void yield".split(" "),
);
/** Words whose parenthesis holds a condition: a statement follows it. */
const CONDITIONS = new Set(["if", "while", "for", "with"]);

/**
 * Reads the tokens of a program without parsing it, to tell code from strings, comments, templates and regular
 * expressions. Where only a parser could tell a division from a regular expression it goes by what comes before.
 */
export class TokenScanner {
  /** Offset of the current token. */
  start = 0;
  /** Offset after it. */
  end = 0;
  /** The current token; `""` at the end of the text, `"'"` for strings, `0` for numbers, `/` for regular expressions. */
  token: Token = "";
  /** The one before. */
  previous: Token = "";
  /** Brackets around the current token, the innermost last. */
  readonly #open: string[] = [];
  readonly #source: string;
  /** An expression may begin here: a slash begins a regular expression. */
  #expectsOperand = true;

  constructor(source: string) {
    this.#source = source;
  }

  /** Brackets around the current token. */
  get depth(): number {
    return this.#open.length;
  }

  /** Goes to the next token; false at the end. */
  next(): boolean {
    const source = this.#source;
    this.previous = this.token;
    this.start = this.#skipSpace(this.end);
    if (this.start >= source.length) {
      this.token = "";
      return false;
    }
    const character = source.charAt(this.start);
    if (character === '"' || character === "'") this.#take("'", STRING, false);
    else if (character === "`") this.#template(this.start + 1);
    else if (character === "/" && this.#expectsOperand) this.#take("/", REGEX, false);
    else if (/[\d.]/.test(character) && this.#matches(NUMBER)) this.#take("0", NUMBER, false);
    else if (this.#matches(WORD)) this.#word();
    else this.#punctuator(character);
    return true;
  }

  /** The text of the current token. */
  get text(): string {
    return this.#source.slice(this.start, this.end);
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.start;
    return pattern.test(this.#source);
  }

  /** A token that `pattern` matches; what it does not match is taken for one character. */
  #take(token: Token, pattern: RegExp, expectsOperand: boolean): void {
    this.end = this.#matches(pattern) ? pattern.lastIndex : this.start + 1;
    this.token = token;
    this.#expectsOperand = expectsOperand;
  }

  #word(): void {
    this.end = WORD.lastIndex;
    this.token = this.text;
    this.#expectsOperand = this.previous !== "." && OPERATORS.has(this.token);
  }

  #punctuator(character: string): void {
    const length = LONG.find((token) => this.#source.startsWith(token, this.start))?.length ?? 1;
    this.end = this.start + length;
    this.token = this.text;
    // After `a++` stands an operator, after `++` an operand.
    if (length === 2) return;
    this.#expectsOperand = true;
    if (character === "(") this.#open.push(CONDITIONS.has(this.previous) ? "condition" : "(");
    else if (character === "[") this.#open.push("[");
    else if (character === "{") this.#open.push("{");
    else if (character === ")") this.#expectsOperand = this.#open.pop() === "condition";
    else if (character === "]") {
      this.#open.pop();
      this.#expectsOperand = false;
    } else if (character === "}" && this.#open.pop() === "`") this.#template(this.start + 1);
  }

  /** The text of a template up to its end or its next substitution. */
  #template(from: number): void {
    const source = this.#source;
    this.token = "`";
    for (let at = from; at < source.length; at++) {
      const character = source.charAt(at);
      if (character === "\\") at++;
      else if (character === "`") {
        this.end = at + 1;
        this.#expectsOperand = false;
        return;
      } else if (character === "$" && source.charAt(at + 1) === "{") {
        this.end = at + 2;
        this.#open.push("`");
        this.#expectsOperand = true;
        return;
      }
    }
    this.end = source.length;
  }

  #skipSpace(from: number): number {
    const source = this.#source;
    for (let at = from; ;) {
      while (isSpace(source.charCodeAt(at))) at++;
      if (source.startsWith("//", at)) at = endOfMatch(source.indexOf("\n", at), source);
      else if (source.startsWith("/*", at)) at = endOfMatch(source.indexOf("*/", at + 2), source) + 2;
      else return at;
    }
  }
}

function endOfMatch(found: number, source: string): number {
  return found === -1 ? source.length : found;
}

import type { SourceEdits } from "./source-edits.ts";
import { isSpace, lastLineBreak } from "./white-space.ts";

/** Where code and the text that it was made from run in step: from `code[i]` on it is what is at `text[i]`. */
export interface CodeSteps {
  readonly text: readonly number[];
  readonly code: readonly number[];
}

/** A module's code, and how it has come about. */
export interface WrittenCode {
  /** Of the file. */
  readonly path: string;
  /** What was parsed: the source, or for TypeScript what it was turned into. */
  readonly text: string;
  readonly code: string;
  readonly steps: CodeSteps;
}

export type OnWritten = (written: WrittenCode) => void;

/**
 * Writes cleaned code: ranges of a source without comments, empty lines and spaces at the ends of lines, with edits
 * applied, and text of its own between them. Ranges come in source order. It knows where in the code each place of the
 * source is, and from which source line each line of the code comes.
 */
export class CodeWriter {
  code = "";
  /** For each line of `code` its line in the source, from 1. */
  readonly lines: number[] = [];
  readonly #source: string;
  /** Start and end of each comment. */
  readonly #comments: readonly number[];
  readonly #edits: SourceEdits;
  #comment = 0;
  #edit = 0;
  /** Offsets of the source and of the code from which on they run in step. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #gap = new Gap();
  /** The last line of the code has its entry in `lines`. */
  #lineOpen = false;
  #line = 1;
  /** The first newline of the source that is not counted in `#line`. */
  #newline: number;

  constructor(source: string, comments: readonly number[], edits: SourceEdits) {
    this.#source = source;
    this.#comments = comments;
    this.#edits = edits;
    this.#newline = source.indexOf("\n");
  }

  /** Writes text that stands for the source at `offset`. */
  text(text: string, offset: number): void {
    this.#openLine(offset);
    this.code += text;
  }

  endLine(): void {
    this.code += "\n";
    this.#lineOpen = false;
  }

  /** Writes a range of the source, cleaned. It begins and ends with a token. */
  copy(from: number, to: number): void {
    this.#gap.start();
    while ((this.#comments[this.#comment + 1] ?? Infinity) <= from) this.#comment += 2;
    while ((this.#edits.ranges[this.#edit] ?? Infinity) < from) this.#edit += 2;
    for (let at = from; at < to;) {
      const comment = this.#comments[this.#comment] ?? to;
      const edit = this.#edits.ranges[this.#edit] ?? to;
      const next = Math.min(comment, edit, to);
      if (at < next) this.#plain(at, next);
      if (next === to) return;
      at = edit <= comment ? this.#applyEdit() : this.#skipComment();
    }
  }

  /** What has been written of the file of that path. */
  written(path: string): WrittenCode {
    return { path, text: this.#source, code: this.code, steps: { text: this.#from, code: this.#to } };
  }

  /** Where in the code an offset of the source is that has been written. */
  offsetOf(offset: number): number {
    let low = 0;
    let high = this.#from.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#from[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return (this.#to[low] ?? 0) + offset - (this.#from[low] ?? 0);
  }

  #skipComment(): number {
    const start = this.#comments[this.#comment] ?? 0;
    const end = this.#comments[this.#comment + 1] ?? 0;
    this.#comment += 2;
    this.#gap.addComment(lastLineBreak(this.#source, start, end) !== -1);
    return end;
  }

  #applyEdit(): number {
    const start = this.#edits.ranges[this.#edit] ?? 0;
    const end = this.#edits.ranges[this.#edit + 1] ?? 0;
    const text = this.#edits.texts[this.#edit >> 1];
    this.#edit += 2;
    if (text === undefined) {
      this.#writeGap(start);
      this.#write(start, end);
    } else if (text === "") this.#gap.addComment(false);
    else {
      if (start !== end) this.#writeGap(start);
      this.#inStep(start);
      this.code += text;
      if (start !== end) this.#inStep(end);
    }
    return end;
  }

  /** A range without comments and edits: lines are trimmed at their ends, empty ones left out. */
  #plain(from: number, to: number): void {
    const source = this.#source;
    let at = skipSpaces(source, from, to);
    if (at > from) this.#gap.addSpace(source, from, at);
    if (at === to) return;
    this.#writeGap(at);
    let start = at;
    for (let newline = source.indexOf("\n", at); newline !== -1 && newline < to; newline = source.indexOf("\n", at)) {
      const end = trimmedEnd(source, newline);
      at = skipSpaces(source, newline + 1, to);
      if (at === to) {
        this.#write(start, end);
        this.#gap.addSpace(source, end, to);
        return;
      }
      const last = lastLineBreak(source, newline, at);
      if (end === newline && last === newline) continue;
      this.#write(start, end);
      this.code += "\n";
      this.lines.push(this.#lineOf(last + 1));
      start = last + 1;
    }
    const end = trimmedEnd(source, to);
    this.#write(start, end);
    if (end < to) this.#gap.addSpace(source, end, to);
  }

  /** Writes what stands between the last token and the one at `offset`. */
  #writeGap(offset: number): void {
    const text = this.#gap.take();
    this.code += text;
    if (text.startsWith("\n")) this.lines.push(this.#lineOf(offset));
  }

  /** Writes a range as it is. */
  #write(from: number, to: number): void {
    this.#openLine(from);
    this.#inStep(from);
    this.code += this.#source.slice(from, to);
    this.#lineOf(from);
    while (this.#newline !== -1 && this.#newline < to) {
      this.#countLine();
      this.lines.push(this.#line);
    }
  }

  #openLine(offset: number): void {
    if (!this.#lineOpen) this.lines.push(this.#lineOf(offset));
    this.#lineOpen = true;
  }

  /** What comes next in the code is what is at `offset` of the source. */
  #inStep(offset: number): void {
    const last = this.#from.length - 1;
    const length = this.code.length;
    if (last >= 0 && (this.#to[last] ?? 0) - (this.#from[last] ?? 0) === length - offset) return;
    this.#from.push(offset);
    this.#to.push(length);
  }

  #lineOf(offset: number): number {
    while (this.#newline !== -1 && this.#newline < offset) this.#countLine();
    return this.#line;
  }

  #countLine(): void {
    this.#line++;
    this.#newline = this.#source.indexOf("\n", this.#newline + 1);
  }
}

/** White space and comments that are not written yet, since nothing may follow them. */
class Gap {
  #begun = false;
  #text = "";
  #isBroken = false;
  #hasComment = false;

  /** What comes first in a range is left out. */
  start(): void {
    this.#begun = false;
    this.#clear();
  }

  addSpace(source: string, from: number, to: number): void {
    const lineBreak = lastLineBreak(source, from, to);
    if (lineBreak !== -1) {
      this.#isBroken = true;
      this.#hasComment = false;
      this.#text = source.slice(lineBreak + 1, to);
    } else if (!this.#hasComment) this.#text += source.slice(from, to);
  }

  addComment(isBroken: boolean): void {
    if (isBroken) {
      this.#isBroken = true;
      this.#text = "";
    }
    this.#hasComment = !isBroken;
  }

  /** What stands for it in the code. */
  take(): string {
    const text = this.#isBroken ? `\n${this.#text}` : this.#text === "" && this.#hasComment ? " " : this.#text;
    const begun = this.#begun;
    this.#begun = true;
    this.#clear();
    return begun ? text : "";
  }

  #clear(): void {
    this.#text = "";
    this.#isBroken = false;
    this.#hasComment = false;
  }
}

function skipSpaces(source: string, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(source.charCodeAt(at))) at++;
  return at;
}

/** The end of the last token before `end`. */
function trimmedEnd(source: string, end: number): number {
  let at = end;
  while (at > 0 && isSpace(source.charCodeAt(at - 1))) at--;
  return at;
}

import type { Position } from "./code-frame.ts";

/** What ends a line: for engines, in a script; and in the code of a record. */
export type LineEnds = "script" | "code";

const SCRIPT_LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
const UNUSUAL = /[\r\u2028\u2029]/;

/** Where the lines of a text begin. */
export class LineTable {
  /** Offsets. */
  readonly starts: readonly number[];

  constructor(text: string, ends: LineEnds) {
    this.starts = ends === "script" && UNUSUAL.test(text) ? scriptLines(text) : codeLines(text);
  }

  /** The offset of a place; undefined where there is no such line. */
  offsetAt({ line, column }: Position): number | undefined {
    const start = this.starts[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }

  positionAt(offset: number): Position {
    const index = lastAtMost(this.starts, offset);
    return { line: index + 1, column: offset - (this.starts[index] ?? 0) + 1 };
  }
}

function codeLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function scriptLines(text: string): number[] {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(SCRIPT_LINE_END)) starts.push(index + end.length);
  return starts;
}

/** Index of the last of some ascending numbers that is not above `limit`; -1 where all are. */
export function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

import type { Position } from "./code-frame.ts";

/** What ends a line of JavaScript: what engines count. */
export const SCRIPT_LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
/** What ends a line of a record's code. */
export const CODE_LINE_END = /\n/g;

/** Where the lines of a text begin. */
export class LineTable {
  readonly #starts: readonly number[];

  constructor(text: string, lineEnd: RegExp) {
    const starts = [0];
    for (const { 0: end, index } of text.matchAll(lineEnd)) starts.push(index + end.length);
    this.#starts = starts;
  }

  /** The offset of a place; undefined where there is no such line. */
  offsetAt({ line, column }: Position): number | undefined {
    const start = this.#starts[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }

  positionAt(offset: number): Position {
    const index = lastAtMost(this.#starts, offset);
    return { line: index + 1, column: offset - (this.#starts[index] ?? 0) + 1 };
  }
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

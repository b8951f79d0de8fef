/** A position in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

const MAX_WIDTH = 120;

/** The line itself with a caret under the column; long lines are cut around it. */
export function codeFrame(text: string, { line, column }: Position): string {
  const source = text.split(/\r?\n/, line)[line - 1] ?? "";
  const from = column > MAX_WIDTH ? column - MAX_WIDTH / 2 : 0;
  const shown = source.slice(from, from + MAX_WIDTH).replaceAll("\t", " ");
  const gutter = `${line} | `;
  const caret = Math.min(column - 1 - from, shown.length);
  return `${gutter}${shown}\n${" ".repeat(gutter.length - 2)}| ${" ".repeat(Math.max(caret, 0))}^`;
}

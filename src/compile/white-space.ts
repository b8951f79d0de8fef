const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const NO_BREAK_SPACE = 0xa0;
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;
const OTHER_SPACES = new Set([0x1680, 0x202f, 0x205f, 0x3000, 0xfeff]);

/** Whether a character separates tokens: white space and line terminators of the language. */
export function isSpace(code: number): boolean {
  if (code <= SPACE) return code === SPACE || (code >= TAB && code <= RETURN);
  if (code < NO_BREAK_SPACE) return false;
  return code === NO_BREAK_SPACE || isLineBreak(code) || (code >= 0x2000 && code <= 0x200a) || OTHER_SPACES.has(code);
}

/** Whether a character ends a line. */
function isLineBreak(code: number): boolean {
  return code === NEWLINE || code === RETURN || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;
}

/** Offset of the last character of a range that ends a line, -1 where there is none. */
export function lastLineBreak(source: string, from: number, to: number): number {
  for (let at = to - 1; at >= from; at--) if (isLineBreak(source.charCodeAt(at))) return at;
  return -1;
}

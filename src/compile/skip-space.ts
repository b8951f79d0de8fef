const SPACE_OR_COMMENT = /(?:\s|\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*)*/y;

/** The offset of the next token at or after `from`, which is not inside of a token. */
export function skipSpace(source: string, from: number): number {
  SPACE_OR_COMMENT.lastIndex = from;
  SPACE_OR_COMMENT.test(source);
  return SPACE_OR_COMMENT.lastIndex;
}

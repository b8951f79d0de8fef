/** The lines of a text that is kept as it is. */
export function unchangedLines(text: string): number[] {
  return text.split("\n").map((_, index) => index + 1);
}

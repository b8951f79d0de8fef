/** The records of a file of vectors, a line each; the first line says where they come from and under what licence. */
export function readJsonl<Row>(text: string): Row[] {
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as Row);
}

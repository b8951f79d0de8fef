/** A table of a report. */
export interface Table {
  readonly title: string;
  /** The first row is the head. */
  readonly rows: readonly (readonly string[])[];
}

/** As Markdown, in columns. */
export function formatTable({ title, rows: [head = [], ...body] }: Table): string {
  const rows = [head, ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [title, "", line(head), rule, ...body.map(line), ""].join("\n");
}

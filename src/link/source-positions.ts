import type { CodePlace } from "./image/image-map.ts";
import { CODE_LINE_END, type LinePosition, LineTable } from "./line-table.ts";
import type { GraphModule } from "./module-graph.ts";

/** A place in a file that somebody wrote. */
export interface SourcePosition extends LinePosition {
  /** The module's. */
  readonly url: string;
}

/** Finds the places in sources that places in modules' code come from. */
export class SourcePositions {
  readonly #tables = new WeakMap<GraphModule, LineTable>();

  /** The line is that of the source; the column is that of the code, which keeps the indentation. */
  at({ module: { input }, offset }: CodePlace): SourcePosition {
    const { url, record } = input;
    let table = this.#tables.get(input);
    if (table === undefined) this.#tables.set(input, (table = new LineTable(record.code, CODE_LINE_END)));
    const { line, column } = table.positionAt(offset);
    return { url, line: record.lines[line - 1] ?? line, column };
  }
}

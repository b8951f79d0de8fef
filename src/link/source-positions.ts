import type { Position } from "../compile/code-frame.ts";
import { LineTable } from "../compile/line-table.ts";
import { traceCode } from "../compile/trace-code.ts";
import type { CodePlace } from "./image/image-map.ts";
import type { GraphModule } from "./module-graph.ts";

/** A place in a file that somebody wrote. */
export interface SourcePosition extends Position {
  /** The module's. */
  readonly url: string;
}

/** Finds the places in sources that places in modules' code come from. */
export class SourcePositions {
  readonly #traces = new WeakMap<GraphModule, (offset: number) => Position>();

  at({ module: { input }, offset }: CodePlace): SourcePosition {
    let trace = this.#traces.get(input);
    if (trace === undefined) this.#traces.set(input, (trace = createTrace(input)));
    return { url: input.url, ...trace(offset) };
  }
}

function createTrace({ record, source, bytes, path, shownAs }: GraphModule): (offset: number) => Position {
  if (source !== undefined && bytes !== undefined) return traceCode({ path, bytes, type: "module", shownAs }).sourceAt;
  // Without the source the line is known, and the column as far as the code has kept what is before it.
  const table = new LineTable(record.code, "code");
  return (offset) => {
    const { line, column } = table.positionAt(offset);
    return { line: record.lines[line - 1] ?? line, column };
  };
}

import { decode, encode, type SourceMapMappings, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import type { WrittenCode } from "./code-writer.ts";
import { LineTable } from "./line-table.ts";
import type { OwnMap } from "./own-map.ts";

/** Where a module's code comes from, token by token. */
export interface CodeMap {
  /** Addresses, as source maps have them. */
  readonly sources: readonly string[];
  /** Text of each source, where it is not to be had under its address. */
  readonly sourcesContent: readonly (string | null)[];
  readonly names: readonly string[];
  /** For each line of the code. */
  readonly mappings: SourceMapMappings;
}

/** What a module's code can be mapped with by way of its file's own source map. */
export interface ModuleMap extends OwnMap {
  /**
   * Mappings, as source maps write them, of the code to the file's text: from the place of one on, up to the next, both are
   * the same, character by character.
   */
  readonly steps: string;
}

/** Writes steps down as `ModuleMap` has them. */
export function encodeSteps({ text, code, steps }: WrittenCode): string {
  const lines = new LineTable(text, "code");
  const codeLines = new LineTable(code, "code");
  const rows: SourceMapMappings = codeLines.starts.map(() => []);
  for (const [index, offset] of steps.code.entries()) {
    const { line, column } = codeLines.positionAt(offset);
    const place = lines.positionAt(steps.text[index] ?? 0);
    rows[line - 1]?.push([column - 1, 0, place.line - 1, place.column - 1]);
  }
  return encode(rows);
}

/** The map of a module's code; `addressOf` gives the address of a path in its package, or of a URL. */
export function composeMap(map: ModuleMap, addressOf: (source: string) => string): CodeMap {
  const { sources, sourcesContent, names } = map;
  const writer = new StepWriter(decode(map.steps));
  for (const [line, row] of decode(map.mappings).entries()) {
    for (const segment of row) {
      const [column, source] = segment;
      const isKnown = source !== undefined && (sources[source] ?? null) !== null;
      writer.write(line, column, isKnown ? segment : [column]);
    }
  }
  return { sources: sources.map((source) => addressOf(source ?? "")), sourcesContent, names, mappings: writer.rows };
}

/** Where a step begins, in the code and in the text; all from 0. */
interface Step {
  readonly line: number;
  readonly column: number;
  readonly textLine: number;
  readonly textColumn: number;
}

/** Turns mappings of a text, given in its order, into mappings of the code that was made from it. */
class StepWriter {
  readonly rows: SourceMapSegment[][] = [];
  readonly #steps: readonly Step[];
  #step = -1;
  /** What maps the text from its place on, up to the next or to the end of its line. */
  #last: { readonly line: number; readonly segment: SourceMapSegment } | undefined;

  constructor(steps: SourceMapMappings) {
    this.#steps = steps.flatMap((row, line) =>
      row.map(([column, , textLine = 0, textColumn = 0]) => ({ line, column, textLine, textColumn })),
    );
  }

  write(line: number, column: number, segment: SourceMapSegment): void {
    this.#advance(line, column);
    this.#last = { line, segment };
    const step = this.#steps[this.#step];
    if (step === undefined) return;
    const { textLine, textColumn } = step;
    if (line === textLine) this.#push(step.line, step.column + column - textColumn, segment);
    else this.#push(step.line + line - textLine, column, segment);
  }

  /** To the last step that does not begin behind a place; what begins between two mappings has that of the first. */
  #advance(line: number, column: number): void {
    for (let next = this.#steps[this.#step + 1]; next !== undefined; next = this.#steps[this.#step + 1]) {
      const { textLine, textColumn } = next;
      if (textLine > line || (textLine === line && textColumn > column)) return;
      this.#step++;
      const isBetween = textLine < line || textColumn < column;
      if (isBetween && this.#last?.line === textLine) this.#push(next.line, next.column, this.#last.segment);
    }
  }

  /** What was left out of the code would come to lie behind the beginning of the next step. */
  #push(line: number, column: number, [, ...origin]: SourceMapSegment): void {
    const next = this.#steps[this.#step + 1];
    if (next !== undefined && (line > next.line || (line === next.line && column >= next.column))) return;
    while (this.rows.length <= line) this.rows.push([]);
    this.rows[line]?.push([column, ...origin] as SourceMapSegment);
  }
}

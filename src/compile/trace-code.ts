import { decode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import type { Position } from "./code-frame.ts";
import type { CodeSteps } from "./code-writer.ts";
import { compileRecord } from "./compile-record.ts";
import { CODE_LINE_END, lastAtMost, LineTable } from "./line-table.ts";
import type { SourceFile } from "./source-file.ts";
import { isTransformed, typescriptMappings } from "./typescript.ts";

/**
 * Finds where in its source each place of a module's code comes from, to the character, by compiling the file once more:
 * a record only keeps lines.
 */
export function traceCode(file: SourceFile): (offset: number) => Position {
  const source = new TextDecoder().decode(file.bytes);
  let steps: CodeSteps = { text: [0], code: [0] };
  let parsed: string | undefined;
  const { code } = compileRecord(file, {}, Infinity, (found, text) => {
    steps = found;
    parsed = text;
  });
  const lines = new LineTable(parsed ?? code, CODE_LINE_END);
  const transform = isTransformed(file.path) ? decode(typescriptMappings(source, file.shownAs)) : undefined;
  return (offset) => {
    const position = lines.positionAt(stepBack(steps, offset));
    return transform === undefined ? position : mapBack(transform, position);
  };
}

/** What the compiler has put in belongs to what follows it. */
function stepBack({ text, code }: CodeSteps, offset: number): number {
  const step = lastAtMost(code, offset);
  return Math.min((text[step] ?? 0) + offset - (code[step] ?? 0), text[step + 1] ?? Infinity);
}

function mapBack(mappings: SourceMapMappings, { line, column }: Position): Position {
  const found = mappings[line - 1]?.findLast(([from]) => from < column);
  const [, , mappedLine = line - 1, mappedColumn = column - 1] = found ?? [];
  return { line: mappedLine + 1, column: mappedColumn + 1 };
}

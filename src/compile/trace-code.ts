import { decode, type SourceMapMappings, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import type { CodeMap } from "./code-map.ts";
import type { Position } from "./code-frame.ts";
import type { CodeSteps, WrittenCode } from "./code-writer.ts";
import { compileRecord } from "./compile-record.ts";
import { lastAtMost, LineTable } from "./line-table.ts";
import type { SourceFile } from "./source-file.ts";
import { isTransformed, typescriptMappings } from "./typescript.ts";

/** A module's code, and where each place of it comes from. */
export interface TracedCode {
  readonly code: string;
  /** The place in the source, to the character. */
  readonly sourceAt: (offset: number) => Position;
}

/** Compiles a file once more, for what a record does not keep: the way of each character. */
export function traceCode(file: SourceFile): TracedCode {
  let written: WrittenCode | undefined;
  const { code } = compileRecord(file, {}, Infinity, (found) => {
    written = found;
  });
  const { text, steps }: Pick<WrittenCode, "text" | "steps"> = written ?? {
    text: code,
    steps: { text: [0], code: [0] },
  };
  const lines = new LineTable(text, "code");
  const source = new TextDecoder().decode(file.bytes);
  const transform = isTransformed(file.path) ? decode(typescriptMappings(source, file.shownAs)) : undefined;
  const sourceAt = (offset: number): Position => {
    const position = lines.positionAt(stepBack(steps, offset));
    return transform === undefined ? position : mapBack(transform, position);
  };
  return { code, sourceAt };
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

const TOKEN = /[\w$]+|["'`]|[^\s\w$"'`]+/g;

/** The same as mappings. @param content text of the source, where it is not to be had under its address */
export function mapCode(file: SourceFile, address: string, content: string | null): CodeMap {
  const { code, sourceAt } = traceCode(file);
  const lines = new LineTable(code, "code");
  const mappings: SourceMapSegment[][] = lines.starts.map(() => []);
  for (const { index } of code.matchAll(TOKEN)) {
    const { line, column } = lines.positionAt(index);
    const source = sourceAt(index);
    mappings[line - 1]?.push([column - 1, 0, source.line - 1, source.column - 1]);
  }
  return { sources: [address], sourcesContent: [content], names: [], mappings };
}

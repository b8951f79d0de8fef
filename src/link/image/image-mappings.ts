import type { SourceMapSegment } from "@jridgewell/sourcemap-codec";
import type { CodeMap } from "../../compile/code-map.ts";
import { LineTable } from "../../compile/line-table.ts";
import type { LinkedModule } from "../linked-module.ts";
import type { GraphModule } from "../module-graph.ts";
import { relocatedOffset } from "./image-map.ts";
import type { ImageSegment } from "./image-text.ts";

/** Says where a module's code comes from, token by token; undefined where only the lines of its record tell. */
export type MapOf = (module: GraphModule) => CodeMap | undefined;

/** A module whose code is in the image. */
interface MappedModule {
  readonly module: LinkedModule;
  readonly map: CodeMap | undefined;
  readonly lines: LineTable;
  /** Where its sources and names are among those of the image. */
  readonly sources: readonly number[];
  readonly names: readonly number[];
}

/** A place in a source: its index, line and column from 0, and a name. */
type Origin = readonly [] | readonly [number, number, number] | readonly [number, number, number, number];

const NAME = /^[\p{ID_Continue}$]+$/u;

/** The mappings of an image, line by line, and what they refer to. */
export class ImageMappings {
  readonly lines: SourceMapSegment[][];
  readonly sources: string[] = [];
  readonly sourcesContent: (string | null)[] = [];
  readonly #text: string;
  readonly #table: LineTable;
  readonly #mapOf: MapOf;
  readonly #modules = new Map<LinkedModule, MappedModule>();
  readonly #sources = new Map<string, number>();
  readonly #names = new Map<string, number>();

  constructor(text: string, segments: readonly ImageSegment[], mapOf: MapOf) {
    this.#text = text;
    this.#table = new LineTable(text, "script");
    this.lines = this.#table.starts.map(() => []);
    this.#mapOf = mapOf;
    let before: ImageSegment | undefined;
    for (const segment of segments) {
      this.#addGap(before, segment);
      this.#addRun(segment);
      before = segment;
    }
    if (before !== undefined) this.#add(before.offset + before.length, []);
  }

  get names(): string[] {
    return [...this.#names.keys()];
  }

  /** A run of code, line by line. */
  #addRun({ module, offset, from, length }: ImageSegment): void {
    const mapped = this.#mapped(module);
    const { starts } = mapped.lines;
    const end = from + length;
    let line = mapped.lines.positionAt(from).line - 1;
    for (let at = from; at < end; line++) {
      const start = starts[line] ?? 0;
      const next = Math.min(starts[line + 1] ?? end, end);
      this.#add(offset + at - from, originAt(mapped, line, at - start));
      for (const token of mapped.map?.mappings[line] ?? []) {
        const column = token[0];
        if (column > at - start && column < next - start)
          this.#add(offset + start + column - from, originOf(mapped, token));
      }
      at = next;
    }
  }

  /** What the linker wrote between two runs: names, which are mapped, and statements, which nobody else wrote. */
  #addGap(before: ImageSegment | undefined, after: ImageSegment): void {
    const start = before === undefined ? 0 : before.offset + before.length;
    if (start === after.offset || this.#addName(start, before, after)) return;
    this.#add(start, []);
    const lineStart = this.#text.lastIndexOf("\n", after.offset - 1) + 1;
    if (lineStart > start) this.#addName(lineStart, before, after);
  }

  #addName(offset: number, before: ImageSegment | undefined, after: ImageSegment): boolean {
    const at = relocatedOffset(this.#text, offset, before, after);
    if (at === undefined) return false;
    const mapped = this.#mapped(after.module);
    const { line, column } = mapped.lines.positionAt(at);
    const [source, sourceLine, sourceColumn, known] = originAt(mapped, line - 1, column - 1);
    if (source === undefined || sourceLine === undefined || sourceColumn === undefined) return false;
    const name = after.module.record.code.slice(at, after.from);
    const index = known ?? (NAME.test(name) ? indexOf(this.#names, name) : undefined);
    const place = [source, sourceLine, sourceColumn] as const;
    this.#add(offset, index === undefined ? place : [...place, index]);
    return true;
  }

  #add(offset: number, origin: Origin): void {
    const { line, column } = this.#table.positionAt(offset);
    this.lines[line - 1]?.push([column - 1, ...origin] as SourceMapSegment);
  }

  #mapped(module: LinkedModule): MappedModule {
    const known = this.#modules.get(module);
    if (known !== undefined) return known;
    const map = this.#mapOf(module.input);
    const sources = map?.sources ?? [module.url];
    const mapped = {
      module,
      map,
      lines: new LineTable(module.record.code, "code"),
      sources: sources.map((source, index) => this.#sourceIndex(source, map?.sourcesContent[index] ?? null)),
      names: (map?.names ?? []).map((name) => indexOf(this.#names, name)),
    };
    this.#modules.set(module, mapped);
    return mapped;
  }

  #sourceIndex(source: string, content: string | null): number {
    const index = indexOf(this.#sources, source);
    this.sources[index] = source;
    this.sourcesContent[index] ??= content;
    return index;
  }
}

function indexOf(indices: Map<string, number>, key: string): number {
  const known = indices.get(key);
  if (known !== undefined) return known;
  indices.set(key, indices.size);
  return indices.size - 1;
}

/** Where the code of a module at a line and column comes from, both from 0. */
function originAt(mapped: MappedModule, line: number, column: number): Origin {
  const { map, module, sources } = mapped;
  if (map === undefined) return [sources[0] ?? 0, (module.record.lines[line] ?? 1) - 1, column];
  const token = map.mappings[line]?.findLast(([start]) => start <= column);
  return token === undefined ? [] : originOf(mapped, token);
}

/** The same of a mapping of its own map. */
function originOf({ sources, names }: MappedModule, [, source, line, column, name]: SourceMapSegment): Origin {
  if (source === undefined || line === undefined || column === undefined) return [];
  const index = sources[source] ?? 0;
  return name === undefined ? [index, line, column] : [index, line, column, names[name] ?? 0];
}

import type { Position } from "../../compile/code-frame.ts";
import { lastAtMost, LineTable, SCRIPT_LINE_END } from "../../compile/line-table.ts";
import type { LinkedModule } from "../linked-module.ts";
import type { ImageSegment } from "./image-text.ts";

/** A place in a module's code. */
export interface CodePlace {
  readonly module: LinkedModule;
  /** UTF-16 units. */
  readonly offset: number;
}

/** Finds out which module's code a place of an image is. What that takes is made when it is first asked for. */
export class ImageMap {
  readonly #text: string;
  readonly #segments: readonly ImageSegment[];
  #lines: LineTable | undefined;
  #offsets: readonly number[] | undefined;

  /** @param segments of `text`, in its order */
  constructor(text: string, segments: readonly ImageSegment[]) {
    this.#text = text;
    this.#segments = segments;
  }

  /** The code at a place; undefined where the linker wrote what is there. */
  codeAt(position: Position): CodePlace | undefined {
    this.#lines ??= new LineTable(this.#text, SCRIPT_LINE_END);
    this.#offsets ??= this.#segments.map(({ offset }) => offset);
    const offset = this.#lines.offsetAt(position);
    if (offset === undefined) return undefined;
    const index = lastAtMost(this.#offsets, offset);
    const segment = this.#segments[index];
    if (offset === segment?.offset && this.#isCallee(offset))
      return this.#relocated(offset - 1, this.#segments[index - 1], segment);
    if (segment !== undefined && offset < segment.offset + segment.length)
      return { module: segment.module, offset: segment.from + offset - segment.offset };
    return this.#relocated(offset, segment, this.#segments[index + 1]);
  }

  /** A name that has become `(0, object.name)`: its call is where the name was, not where the parenthesis is. */
  #isCallee(offset: number): boolean {
    return this.#text[offset] === "(" && this.#text[offset - 1] === ")";
  }

  /**
   * Between two runs of code stands what the linker wrote: instead of a name, where the line is a module's, else on lines
   * of its own. Code that ends with such a name does not exist: every part ends with a line.
   */
  #relocated(offset: number, before?: ImageSegment, after?: ImageSegment): CodePlace | undefined {
    if (after === undefined) return undefined;
    const { module, from } = after;
    const { code } = module.record;
    if (before?.module === module && before.from + before.length <= from) {
      const end = before.from + before.length;
      if (code[end - 1] !== "\n") return { module, offset: end };
    }
    const lineStart = code.lastIndexOf("\n", from - 1) + 1;
    const isSameLine = !this.#text.slice(offset, after.offset).includes("\n");
    return from > lineStart && isSameLine ? { module, offset: lineStart } : undefined;
  }
}

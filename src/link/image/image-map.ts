import type { Position } from "../../compile/code-frame.ts";
import { lastAtMost, LineTable } from "../../compile/line-table.ts";
import type { LinkedModule } from "../linked-module.ts";
import type { ImageSegment, ImageText } from "./image-text.ts";

/** A place in a module's code. */
export interface CodePlace {
  readonly module: LinkedModule;
  /** UTF-16 units. */
  readonly offset: number;
}

/** Finds out which module's code a place of an image is. What that takes is made when it is first asked for. */
export class ImageMap {
  readonly #text: string;
  readonly #image: ImageText;
  #segments: readonly ImageSegment[] = [];
  #lines: LineTable | undefined;
  #offsets: readonly number[] | undefined;

  /** @param image what has become `text` */
  constructor(text: string, image: ImageText) {
    this.#text = text;
    this.#image = image;
  }

  /** The code at a place; undefined where the linker wrote what is there. */
  codeAt(position: Position): CodePlace | undefined {
    const lines = (this.#lines ??= new LineTable(this.#text, "script"));
    this.#offsets ??= (this.#segments = this.#image.segments()).map(({ offset }) => offset);
    const offset = lines.offsetAt(position);
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

  #relocated(offset: number, before?: ImageSegment, after?: ImageSegment): CodePlace | undefined {
    const code = relocatedOffset(this.#text, offset, before, after);
    return after === undefined || code === undefined ? undefined : { module: after.module, offset: code };
  }
}

/**
 * Between two runs of code stands what the linker wrote: instead of a name, where the line is a module's, else on lines of
 * its own. Where in the code of the run that comes after it is such a name? Code always goes on behind it: a part ends with
 * a newline.
 */
export function relocatedOffset(
  text: string,
  offset: number,
  before: ImageSegment | undefined,
  after: ImageSegment | undefined,
): number | undefined {
  if (after === undefined) return undefined;
  const { module, from } = after;
  const { code } = module.record;
  if (before?.module === module && before.from + before.length <= from) {
    const end = before.from + before.length;
    if (code[end - 1] !== "\n") return end;
  }
  const lineStart = code.lastIndexOf("\n", from - 1) + 1;
  return from > lineStart && !text.slice(offset, after.offset).includes("\n") ? lineStart : undefined;
}

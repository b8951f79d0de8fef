import type { LinkedModule } from "../linked-module.ts";
import type { PieceSink } from "./splice-module.ts";

/** A run of an image's text that is a module's code, unchanged. Offsets are UTF-16 units. */
export interface ImageSegment {
  /** In the image's text. */
  readonly offset: number;
  readonly module: LinkedModule;
  /** In the module's code. */
  readonly from: number;
  readonly length: number;
}

/** A run of a module's code as it is put in. */
interface Slice {
  readonly module: LinkedModule;
  readonly from: number;
  to: number;
}

/** Collects the text of an image, and where each run of it comes from. */
export class ImageText implements PieceSink {
  readonly #pieces: (string | Slice | ImageText)[] = [];

  text(text: string): void {
    if (text !== "") this.#pieces.push(text);
  }

  slice(module: LinkedModule, from: number, to: number): void {
    const last = this.#pieces.at(-1);
    // Parts that follow one another are one run: fewer pieces, and fewer segments.
    if (isSlice(last) && last.module === module && last.to === from) last.to = to;
    else this.#pieces.push({ module, from, to });
  }

  /** Puts another text, which is complete, behind this one. */
  append(other: ImageText): void {
    this.#pieces.push(other);
  }

  toString(): string {
    const texts: string[] = [];
    this.#collect(texts);
    return texts.join("");
  }

  #collect(into: string[]): void {
    for (const piece of this.#pieces) {
      if (typeof piece === "string") into.push(piece);
      else if (piece instanceof ImageText) piece.#collect(into);
      else piece.module.addCode(into, piece.from, piece.to);
    }
  }

  /** Where its code comes from; only stacks and source maps ask. */
  segments(): ImageSegment[] {
    const segments: ImageSegment[] = [];
    this.#locate(segments, 0);
    return segments;
  }

  #locate(into: ImageSegment[], start: number): number {
    let offset = start;
    for (const piece of this.#pieces) {
      if (typeof piece === "string") offset += piece.length;
      else if (piece instanceof ImageText) offset = piece.#locate(into, offset);
      else {
        const { module, from, to } = piece;
        into.push({ offset, module, from, length: to - from });
        offset += to - from;
      }
    }
    return offset;
  }
}

function isSlice(piece: string | Slice | ImageText | undefined): piece is Slice {
  return typeof piece === "object" && !(piece instanceof ImageText);
}

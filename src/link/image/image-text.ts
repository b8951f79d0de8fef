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

/** Collects the text of an image, and where each run of it comes from. */
export class ImageText implements PieceSink {
  readonly #pieces: string[] = [];
  readonly segments: ImageSegment[] = [];
  #offset = 0;

  text(text: string): void {
    this.#pieces.push(text);
    this.#offset += text.length;
  }

  slice(module: LinkedModule, from: number, to: number): void {
    const last = this.segments.at(-1);
    const follows =
      last !== undefined &&
      last.module === module &&
      last.from + last.length === from &&
      last.offset + last.length === this.#offset;
    // Parts that follow one another are one run: fewer pieces, and fewer segments.
    if (follows) this.segments[this.segments.length - 1] = { ...last, length: last.length + to - from };
    else this.segments.push({ offset: this.#offset, module, from, length: to - from });
    this.#pieces.push(module.record.code.slice(from, to));
    this.#offset += to - from;
  }

  /** Puts another text behind this one. */
  append(other: ImageText): void {
    for (const segment of other.segments) this.segments.push({ ...segment, offset: segment.offset + this.#offset });
    for (const piece of other.#pieces) this.#pieces.push(piece);
    this.#offset += other.#offset;
  }

  toString(): string {
    return this.#pieces.join("");
  }
}

import { decodeText } from "../../artifact/string-table.ts";

/**
 * UTF-16 units. Engines give a string of more than 128 KB pages of its own, which are new to the process: to fill them takes
 * four times as long as to fill memory that has been used before.
 */
const BLOCK = 1 << 16;

/** ASCII that is decoded block by block, when something in it is asked for. */
export class BlockText {
  readonly #bytes: Uint8Array;
  readonly #subject: string;
  readonly #blocks: (string | undefined)[] = [];

  /** @param subject how errors name it */
  constructor(bytes: Uint8Array, subject: string) {
    this.#bytes = bytes;
    this.#subject = subject;
  }

  /** @throws LoaderError ERR_ARTIFACT_INVALID for what is not UTF-8 */
  slice(from: number, to: number): string {
    const block = Math.floor(from / BLOCK);
    if (to <= (block + 1) * BLOCK) return this.#block(block).slice(from - block * BLOCK, to - block * BLOCK);
    return decodeText(this.#bytes.subarray(from, to), this.#subject);
  }

  /**
   * Adds the text from an offset on, up to another, in pieces.
   * @throws LoaderError ERR_ARTIFACT_INVALID for what is not UTF-8
   */
  addTo(into: string[], from: number, to: number): void {
    for (let at = from; at < to;) {
      const start = at - (at % BLOCK);
      const end = Math.min(start + BLOCK, to);
      into.push(this.#block(start / BLOCK).slice(at - start, end - start));
      at = end;
    }
  }

  #block(index: number): string {
    return (this.#blocks[index] ??= decodeText(
      this.#bytes.subarray(index * BLOCK, (index + 1) * BLOCK),
      this.#subject,
    ));
  }
}

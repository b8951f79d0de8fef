import { LoaderError } from "../errors.ts";
import { MAX_NUMBER } from "./rbin-format.ts";

/** Numbers as LEB128: seven bits a byte, the lowest first, the top bit set in all bytes but the last. */
export class NumberWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws LoaderError ERR_ARTIFACT_INVALID for what is no whole number from 0 to `MAX_NUMBER`: a bug of the compiler. */
  number(value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value <= MAX_NUMBER)) {
      throw new LoaderError("ERR_ARTIFACT_INVALID", `An artifact cannot hold the number ${value}`);
    }
    if (this.#length + 5 > this.#bytes.length) this.#grow(5);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What has been written; a view. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + by));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** A number that may be negative as one that is not: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

import { invalidRbin, MAX_NUMBER } from "./rbin-format.ts";

/** Reads what `NumberWriter` wrote, and nothing beyond the bytes it was given. */
export class NumberReader {
  /** Of the package, for messages. */
  readonly key: string;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array, key: string) {
    this.#bytes = bytes;
    this.key = key;
  }

  /** @throws LoaderError ERR_ARTIFACT_INVALID at the end, and for a number that is too large or longer than it need be */
  number(): number {
    const byte = this.#bytes[this.#at++] ?? 256;
    return byte < 128 ? byte : this.#long(byte);
  }

  /** How many bytes are left. */
  get left(): number {
    return Math.max(0, this.#bytes.length - this.#at);
  }

  /** A number below `count`, which is that of `what`. */
  below(count: number, what: string): number {
    const value = this.number();
    if (value >= count) throw this.invalid(`it names ${what} ${value} of ${count}`);
    return value;
  }

  /** @throws LoaderError ERR_ARTIFACT_INVALID where anything is left */
  finish(): void {
    if (this.#at !== this.#bytes.length) throw this.invalid("a part of it is longer than what it holds");
  }

  invalid(reason: string): Error {
    return invalidRbin(this.key, reason);
  }

  #long(first: number): number {
    let value = first & 127;
    let byte = first;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = this.#bytes[this.#at++] ?? 256;
      if (byte > 255 || first > 255) throw this.invalid("it ends within a number");
      value += (byte & 127) * scale;
      if (value > MAX_NUMBER || byte === 0) throw this.invalid("a number in it is malformed");
    }
    return value;
  }
}

/** The reverse of `zigzag`. */
export function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

import { NumberReader } from "./number-reader.ts";
import { invalidRbin } from "./rbin-format.ts";

/** The strings of an `.rbin`: decoded at once, cut when they are asked for. */
export class StringTable {
  readonly #text: string;
  /** Where each string begins, and where the last one ends. */
  readonly #offsets: Uint32Array;
  readonly #strings: (string | undefined)[] = [];

  /** @throws LoaderError ERR_ARTIFACT_INVALID */
  constructor(section: Uint8Array, key: string) {
    const reader = new NumberReader(section, key);
    const count = reader.number();
    if (count > reader.left) throw invalidRbin(key, `it cannot have ${count} strings`);
    const offsets = new Uint32Array(count + 1);
    let end = 0;
    for (let index = 1; index <= count; index++) {
      end += reader.number();
      offsets[index] = end;
    }
    this.#text = decodeText(section.subarray(section.length - reader.left), key);
    this.#offsets = offsets;
    if (this.#text.length !== end) throw invalidRbin(key, "its strings are not as long as it says");
  }

  get count(): number {
    return this.#offsets.length - 1;
  }

  /** @param index below `count` */
  at(index: number): string {
    return (this.#strings[index] ??= this.#text.slice(this.#offsets[index], this.#offsets[index + 1]));
  }
}

// A byte-order mark is a character like any other here.
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws LoaderError ERR_ARTIFACT_INVALID for what is not UTF-8 */
export function decodeText(bytes: Uint8Array, key: string): string {
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw invalidRbin(key, "a text in it is not UTF-8", cause);
  }
}

import type { LoaderError } from "../../../errors.ts";
import { invalidForeign } from "../foreign-text.ts";

export const FILE = "bun.lockb";

/** A part of the file that holds records of one size. */
export interface BinaryArray {
  readonly start: number;
  readonly end: number;
}

/** A `bun.lockb` being read: numbers are little-endian, and nothing beyond `end` is looked at. */
export class BinaryView {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly end: number;
  /** Where texts of more than eight bytes are; known once the arrays have been read. */
  #texts: BinaryArray = { start: 0, end: 0 };

  constructor(bytes: Uint8Array, end: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = end;
    if (end > bytes.length) throw this.broken(end);
  }

  useTexts(texts: BinaryArray): void {
    this.#texts = texts;
  }

  bytes(at: number, length: number): Uint8Array {
    if (at < 0 || length < 0 || at + length > this.end) throw this.broken(at);
    return this.#bytes.subarray(at, at + length);
  }

  u8(at: number): number {
    return this.bytes(at, 1)[0] ?? 0;
  }

  u16(at: number): number {
    this.bytes(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.bytes(at, 4);
    return this.#view.getUint32(at, true);
  }

  u64(at: number): bigint {
    this.bytes(at, 8);
    return this.#view.getBigUint64(at, true);
  }

  /** A number of 64 bits that is a place, a size or part of a version. */
  number(at: number): number {
    const value = this.u64(at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.broken(at);
    return Number(value);
  }

  /** Up to eight bytes as they are, zeros behind; or, where the last bit is set, place and length in the texts. */
  text(at: number): string {
    const own = this.bytes(at, 8);
    if (((own[7] ?? 0) & 0x80) === 0) {
      const zero = own.indexOf(0);
      return decode(zero === -1 ? own : own.subarray(0, zero), this, at);
    }
    const start = this.#texts.start + this.u32(at);
    const length = this.u32(at + 4) & 0x7fff_ffff;
    if (start + length > this.#texts.end) throw this.broken(at);
    return decode(this.bytes(start, length), this, at);
  }

  /** The array whose place stands at `at`; what follows it begins at its end. */
  array(at: number, width: number): BinaryArray {
    const start = this.number(at);
    const end = this.number(at + 8);
    if (start < at + 16 || start > end || end > this.end || (end - start) % width !== 0) throw this.broken(at);
    return { start, end };
  }

  broken(at: number): LoaderError {
    return invalidForeign(FILE, `it is damaged at byte ${at}`);
  }
}

function decode(bytes: Uint8Array, view: BinaryView, at: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw view.broken(at);
  }
}

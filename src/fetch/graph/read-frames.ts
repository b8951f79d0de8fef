import { inflateSync } from "fflate";
import { LoaderError } from "../../errors.ts";
import {
  FRAME_FLAGS,
  FRAME_KINDS,
  FRAME_PREFIX_LENGTH,
  type FrameKind,
  GRAPH_MAGIC,
  GRAPH_PREFIX_LENGTH,
  GRAPH_VERSION,
  type GraphFrame,
} from "./graph-format.ts";

/** Deflate cannot make more bytes than this of one. */
const DEFLATE_RATIO = 1032;

const ALL_FLAGS = FRAME_FLAGS.deflated + FRAME_FLAGS.fromUpstream;

/** The error for an answer that is not as it should be. */
export function invalidGraph(reason: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_GRAPH_INVALID", `The edge's answer cannot be read: ${reason}`, { reason }, cause);
}

/** Takes an answer in as it arrives, and gives every frame when its last byte is there. */
export class FrameReader {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  /** Bytes in `#chunks`. */
  #size = 0;
  #hasBegun = false;
  #hasEnded = false;
  /** Of all frames so far, decoded. */
  #total = 0;

  /** @param limit bytes that all frames together may have, decoded */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the frame has come that says that there is no other. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * The frames that a chunk completes.
   * @throws LoaderError ERR_GRAPH_INVALID, ERR_SIZE_LIMIT
   */
  *push(chunk: Uint8Array): Generator<GraphFrame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (!this.#hasBegun && this.#size >= GRAPH_PREFIX_LENGTH) this.#begin();
    while (this.#hasBegun) {
      const frame = this.#next();
      if (frame === undefined) return;
      yield frame;
    }
  }

  #begin(): void {
    const view = viewOf(this.#peek(GRAPH_PREFIX_LENGTH));
    if (view.getUint32(0, true) !== GRAPH_MAGIC) throw invalidGraph("it does not start with RGRF");
    const version = view.getUint32(4, true);
    if (version !== GRAPH_VERSION) throw invalidGraph(`it has version ${version} of the format, not ${GRAPH_VERSION}`);
    this.#take(GRAPH_PREFIX_LENGTH);
    this.#hasBegun = true;
  }

  #next(): GraphFrame | undefined {
    if (this.#hasEnded && this.#size > 0) throw invalidGraph("something comes after its end");
    if (this.#size < FRAME_PREFIX_LENGTH) return undefined;
    const view = viewOf(this.#peek(FRAME_PREFIX_LENGTH));
    const first = view.getUint8(0);
    const kind = FRAME_KINDS[first % 16];
    const isDeflated = (first & FRAME_FLAGS.deflated) !== 0;
    const fromUpstream = (first & FRAME_FLAGS.fromUpstream) !== 0;
    if (kind === undefined || first > ALL_FLAGS + 15) throw invalidGraph(`it has no frames of kind ${first}`);
    const sent = view.getUint32(1, true);
    const length = view.getUint32(5, true);
    // Both before anything is waited for, or room is made for it.
    this.#assertSize(sent, length);
    if (length > sent * DEFLATE_RATIO) throw invalidGraph("a frame cannot be as long as it says");
    if (this.#size < FRAME_PREFIX_LENGTH + sent) return undefined;
    const bytes = this.#take(FRAME_PREFIX_LENGTH + sent).subarray(FRAME_PREFIX_LENGTH);
    this.#total += length;
    this.#hasEnded = kind === "end";
    return { kind, bytes: decode(kind, bytes, isDeflated, length), fromUpstream };
  }

  #assertSize(...lengths: number[]): void {
    const size = this.#total + Math.max(...lengths);
    if (size <= this.#limit) return;
    const details = { limit: this.#limit, size };
    throw new LoaderError("ERR_SIZE_LIMIT", `The edge's answer is larger than ${this.#limit} bytes`, details);
  }

  /** The first `length` bytes, which are there. */
  #peek(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of this.#chunks) {
      if (at === length) break;
      const part = chunk.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#peek(length);
    let left = length;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (chunk.length > left) break;
      left -= chunk.length;
      whole += 1;
    }
    const [first, ...rest] = this.#chunks.slice(whole);
    this.#chunks = first === undefined ? [] : [first.subarray(left), ...rest];
    this.#size -= length;
    return bytes;
  }
}

function decode(
  kind: FrameKind,
  bytes: Uint8Array<ArrayBuffer>,
  isDeflated: boolean,
  length: number,
): Uint8Array<ArrayBuffer> {
  const decoded = isDeflated ? inflate(kind, bytes, length) : bytes;
  if (decoded.length !== length) throw invalidGraph(`a frame (${kind}) is not as long as it says`);
  return decoded;
}

function inflate(kind: FrameKind, bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  try {
    // One byte of room more, to see whether it is longer.
    const out = new Uint8Array(length + 1);
    return out.subarray(0, inflateSync(bytes, { out }).length);
  } catch (cause) {
    throw invalidGraph(`a frame (${kind}) cannot be unpacked`, cause);
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The layout of an edge's answer to `POST /graph`, which `docs/graph.md` describes: eight bytes that say what it is, then
 * frames. Of each a byte with its kind and encoding, the number of bytes that follow, how many they stand for, and the bytes.
 */
export const GRAPH_TYPE = "application/vnd.raya.graph";
/** `RGRF`. */
export const GRAPH_MAGIC = 0x46524752;
/** Of the layout. Readers refuse any other. */
export const GRAPH_VERSION = 1;
/** Magic and version, 32 bits each, little-endian as all numbers. */
export const GRAPH_PREFIX_LENGTH = 8;
/** Kind and encoding, and two lengths. */
export const FRAME_PREFIX_LENGTH = 9;

/** What frames are, by the lower half of their first byte. */
export const FRAME_KINDS = ["lock", "index", "files", "maps", "end"] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** The rest of the first byte. */
export const FRAME_FLAGS = { deflated: 16, fromUpstream: 32 } as const;

/** One frame, decoded. */
export interface GraphFrame {
  readonly kind: FrameKind;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the edge had to ask the registry for what it was made of. */
  readonly fromUpstream?: boolean;
}

/** What stands before a frame's bytes. */
export interface FramePrefix {
  readonly kind: FrameKind;
  readonly isDeflated: boolean;
  readonly fromUpstream: boolean;
  /** How many bytes follow. */
  readonly sent: number;
  /** How many they are, decoded. */
  readonly length: number;
}

/** Hex digits of a digest that say which object is meant, where nothing depends on it but what is sent. */
export const HELD_DIGITS = 24;

/** What an answer begins with. */
export function encodeGraphPrefix(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(GRAPH_PREFIX_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, GRAPH_MAGIC, true);
  view.setUint32(4, GRAPH_VERSION, true);
  return bytes;
}

export function encodeFramePrefix(prefix: FramePrefix): Uint8Array<ArrayBuffer> {
  const { kind, isDeflated, fromUpstream, sent, length } = prefix;
  const bytes = new Uint8Array(FRAME_PREFIX_LENGTH);
  const view = new DataView(bytes.buffer);
  const flags = (isDeflated ? FRAME_FLAGS.deflated : 0) + (fromUpstream ? FRAME_FLAGS.fromUpstream : 0);
  view.setUint8(0, FRAME_KINDS.indexOf(kind) + flags);
  view.setUint32(1, sent, true);
  view.setUint32(5, length, true);
  return bytes;
}

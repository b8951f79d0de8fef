import { fileDigest } from "../../artifact/file-digest.ts";
import { DIGEST_LENGTH } from "../../artifact/rbin-format.ts";
import { type RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { verifyFile } from "../../artifact/verify-rbin.ts";
import { COMPILER_ID } from "../../compile/compile-objects.ts";
import { isErrorJson, LoaderError } from "../../errors.ts";
import { type GraphFrame, HELD_DIGITS } from "../../fetch/graph/graph-format.ts";
import { concatenate } from "../../fetch/read-body.ts";
import { invalidGraph } from "../../fetch/graph/read-frames.ts";
import type { Lock } from "../../lock/lock.ts";
import { readLock } from "../../lock/read-lock.ts";
import { toHex } from "../../verify/digest.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What has come of one package whose index has come. */
export interface ArrivedPackage {
  readonly index: RbinIndex;
  /** Those of the index. */
  readonly bytes: Bytes;
  /** SHA-256 of the index, 64 hex digits. */
  readonly digest: string;
  /** Whether it was with the edge already. */
  readonly source: "edge" | "upstream";
}

/** Files of a package by their places in its index: each is what its digest there says. */
type ArrivedFiles = Map<number, Bytes>;

/** What has come of answers so far. Nothing is given out that has not been verified. */
export class GraphArrivals {
  /** By `name@version`. */
  readonly #packages = new Map<string, ArrivedPackage>();
  /** By digest of the index; those that are stored too. */
  readonly #indexes = new Map<string, RbinIndex>();
  readonly #files = new Map<string, ArrivedFiles>();
  /** By `name@version`. */
  readonly #maps = new Map<string, { readonly digest: string; readonly bytes: Bytes }>();
  /** Frames of packages whose index is stored, and has not been read so far: by its digest. */
  readonly #pending = new Map<string, Bytes[]>();

  /** @param name `name@version` */
  find(name: string): ArrivedPackage | undefined {
    return this.#packages.get(name);
  }

  /** The source maps that have come of a package: a `PackageMaps`. @param name `name@version` */
  maps(name: string): Bytes | undefined {
    return this.#maps.get(name)?.bytes;
  }

  /** Of everything that has come: what need not be sent again. */
  held(): string[] {
    const indexes = [...this.#packages.values()].map(({ digest }) => heldDigest(digest));
    const files = [...this.#files].flatMap(([digest, arrived]) => {
      const index = this.#indexes.get(digest);
      const known = [...(index?.files.values() ?? [])].filter((file) => arrived.has(file.index));
      return known.map((file) => heldDigest(toHex(index?.digest(file) ?? new Uint8Array())));
    });
    const maps = [...this.#maps.values()].map(({ digest }) => heldDigest(digest));
    return [...indexes, ...files, ...maps];
  }

  /** Says which indexes need not come, as they are stored. @param digests SHA-256, 64 hex digits */
  expect(digests: readonly string[]): void {
    for (const digest of digests) if (!this.#pending.has(digest)) this.#pending.set(digest, []);
  }

  /**
   * The files that have come of the package with that index.
   * @throws LoaderError ERR_GRAPH_INVALID, ERR_INTEGRITY_MISMATCH
   */
  know(digest: string, index: RbinIndex): ReadonlyMap<number, Bytes> {
    this.#indexes.set(digest, index);
    for (const bytes of this.#pending.get(digest)?.splice(0) ?? []) this.#readFiles(digest, index, bytes);
    return this.#files.get(digest) ?? new Map<number, Bytes>();
  }

  /**
   * Takes an `index`, `files` or `maps` frame in.
   * @returns the package that has begun to come with it
   * @throws LoaderError ERR_GRAPH_INVALID, ERR_ARTIFACT_INVALID, ERR_INTEGRITY_MISMATCH
   */
  take({ kind, bytes, fromUpstream = false }: GraphFrame): ArrivedPackage | undefined {
    if (kind === "index") return this.#takeIndex(bytes, fromUpstream ? "upstream" : "edge");
    if (kind === "files") this.#takeFiles(bytes);
    else if (kind === "maps") this.#takeMaps(bytes);
    return undefined;
  }

  #takeIndex(frame: Bytes, source: ArrivedPackage["source"]): ArrivedPackage {
    const { digest, own: bytes } = readWhole("index", frame);
    const index = new RbinIndex(bytes, "a package of the graph");
    const { package: name, compiler } = index.header;
    if (index.length !== bytes.length) throw invalidGraph(`the index of "${name}" is not as long as it says`);
    if (compiler !== COMPILER_ID) throw invalidGraph(`"${name}" was compiled by "${compiler}", not "${COMPILER_ID}"`);
    const arrived = { index, bytes, digest, source };
    this.#packages.set(name, arrived);
    this.know(digest, index);
    return arrived;
  }

  /** SHA-256 of the maps · length of the package's name@version, 32 bits · name@version · maps. */
  #takeMaps(frame: Bytes): void {
    if (frame.length < FILES_HEAD) throw invalidGraph("source maps of no package");
    const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(DIGEST_LENGTH, true);
    const name = new TextDecoder().decode(frame.subarray(FILES_HEAD, FILES_HEAD + length));
    const bytes = frame.subarray(FILES_HEAD + length);
    const digest = assertDigest("source maps", frame, bytes);
    this.#maps.set(name, { digest, bytes });
  }

  #takeFiles(bytes: Bytes): void {
    if (bytes.length < FILES_HEAD) throw invalidGraph("files of no package");
    const digest = toHex(bytes.subarray(0, DIGEST_LENGTH));
    const index = this.#indexes.get(digest);
    const pending = this.#pending.get(digest);
    if (index !== undefined) this.#readFiles(digest, index, bytes);
    else if (pending !== undefined) pending.push(bytes);
    else throw invalidGraph("files of a package whose index has not come");
  }

  /** SHA-256 of the index · how many files · their places in it, 32 bits each · their bytes. */
  #readFiles(digest: string, index: RbinIndex, bytes: Bytes): void {
    const arrived = this.#files.get(digest) ?? new Map<number, Bytes>();
    this.#files.set(digest, arrived);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getUint32(DIGEST_LENGTH, true);
    let at = FILES_HEAD + 4 * count;
    if (at > bytes.length) throw invalidGraph(`there cannot be ${count} files`);
    const all = [...index.files.values()];
    for (let place = 0; place < count; place++) {
      const file = all[view.getUint32(FILES_HEAD + 4 * place, true)];
      if (file === undefined || at + file.length > bytes.length) throw invalidGraph("files that are not there");
      const own = bytes.subarray(at, at + file.length);
      verifyFile(index, file, own);
      arrived.set(file.index, own);
      at += file.length;
    }
    if (at !== bytes.length) throw invalidGraph("something comes after files");
  }
}

/** What stands before the places of files. */
const FILES_HEAD = DIGEST_LENGTH + 4;

/**
 * The lockfile of a `lock` frame.
 * @throws LoaderError ERR_GRAPH_INVALID, ERR_INTEGRITY_MISMATCH, ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export function readGraphLock(bytes: Bytes): { readonly text: string; readonly lock: Lock } {
  const text = new TextDecoder().decode(readWhole("lockfile", bytes).own);
  return { text, lock: readLock(text) };
}

/**
 * Why an answer has not all that was asked for, by its `end` frame; undefined where it has.
 * @throws LoaderError ERR_GRAPH_INVALID
 */
export function readGraphEnd(bytes: Bytes): LoaderError | undefined {
  if (bytes.length === 0) return undefined;
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!isErrorJson(json)) throw invalidGraph("it does not say how it ends");
  return new LoaderError(json.code, json.message, json.details);
}

/** How a question names what need not be sent. @param digest SHA-256, hex */
export function heldDigest(digest: string): string {
  return digest.slice(0, HELD_DIGITS);
}

/** The bytes of a `lock` or an `index` frame: SHA-256 of what follows · what follows. */
export function joinWhole(own: Uint8Array, digest: Uint8Array = fileDigest(own)): Uint8Array<ArrayBuffer> {
  return concatenate([digest, own], DIGEST_LENGTH + own.length);
}

function readWhole(what: string, bytes: Bytes): { digest: string; own: Bytes } {
  if (bytes.length < DIGEST_LENGTH) throw invalidGraph(`a frame (${what}) without its digest`);
  const own = bytes.subarray(DIGEST_LENGTH);
  return { digest: assertDigest(what, bytes, own), own };
}

/** Gives the digest that a frame begins with, if it is that of `own`. */
function assertDigest(what: string, frame: Bytes, own: Bytes): string {
  const [expected, digest] = [toHex(frame.subarray(0, DIGEST_LENGTH)), toHex(fileDigest(own))];
  if (expected === digest) return digest;
  const details = { expected: `sha256:${expected}`, actual: `sha256:${digest}`, size: own.length };
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", `What the edge sent is damaged (${what})`, details);
}

/** The bytes of a `maps` frame, and the digest of the maps, 64 hex digits. */
export function joinMaps(name: string, maps: Uint8Array): { digest: string; frame: Bytes } {
  const digest = fileDigest(maps);
  const text = new TextEncoder().encode(name);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const frame = concatenate([digest, length, text, maps], FILES_HEAD + text.length + maps.length);
  return { digest: toHex(digest), frame };
}

/** The bytes of a `files` frame. */
export function joinFiles(
  digest: Uint8Array,
  files: readonly { readonly file: RbinFile; readonly bytes: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const head = FILES_HEAD + 4 * files.length;
  const joined = new Uint8Array(files.reduce((length, { bytes }) => length + bytes.length, head));
  const view = new DataView(joined.buffer);
  joined.set(digest);
  view.setUint32(DIGEST_LENGTH, files.length, true);
  let at = head;
  for (const [place, { file, bytes }] of files.entries()) {
    view.setUint32(FILES_HEAD + 4 * place, file.index, true);
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidGraph("it does not say how it ends", cause);
  }
}

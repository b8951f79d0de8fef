import { fileDigest } from "../../artifact/file-digest.ts";
import { DIGEST_LENGTH } from "../../artifact/rbin-format.ts";
import { type RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { verifyFile } from "../../artifact/verify-rbin.ts";
import { COMPILER_ID } from "../../compile/compile-objects.ts";
import { isErrorJson, LoaderError } from "../../errors.ts";
import { type GraphFrame, HELD_DIGEST_LENGTH } from "../../fetch/graph/graph-format.ts";
import { concatenate } from "../../fetch/read-body.ts";
import { invalidGraph } from "../../fetch/graph/read-frames.ts";
import type { Lock } from "../../lock/lock.ts";
import { readLock } from "../../lock/read-lock.ts";
import { toHex } from "../../verify/digest.ts";

/** What has come of one package. */
export interface ArrivedPackage {
  readonly index: RbinIndex;
  /** Those of the index. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the index, 64 hex digits. */
  readonly digest: string;
  /** By their places in the index: each is what its digest there says. */
  readonly files: Map<number, Uint8Array<ArrayBuffer>>;
}

/** What has come of answers so far. Nothing is in it that has not been verified. */
export class GraphArrivals {
  /** The lockfile that everything after it is by. */
  lock: { readonly text: string; readonly lock: Lock } | undefined;
  /** Why the edge could not give all. */
  error: LoaderError | undefined;
  /** By digest. */
  readonly #packages = new Map<string, ArrivedPackage>();
  /** By `name@version`. */
  readonly #byName = new Map<string, ArrivedPackage>();

  /** @param name `name@version` */
  find(name: string): ArrivedPackage | undefined {
    return this.#byName.get(name);
  }

  /** Of everything that has come: what need not be sent again. */
  held(): string[] {
    return [...this.#packages.values()].flatMap(({ index, bytes, files }) => {
      const places = [...index.files.values()].filter((file) => files.has(file.index));
      return [heldDigest(fileDigest(bytes)), ...places.map((file) => heldDigest(index.digest(file)))];
    });
  }

  /** @throws LoaderError ERR_GRAPH_INVALID, ERR_LOCKFILE_INVALID, ERR_ARTIFACT_INVALID, ERR_INTEGRITY_MISMATCH */
  take({ kind, bytes }: GraphFrame): void {
    if (kind === "lock") this.#takeLock(bytes);
    else if (kind === "index") this.#takeIndex(bytes);
    else if (kind === "files") this.#takeFiles(bytes);
    else if (kind === "end") this.error = readEnd(bytes);
  }

  #takeLock(bytes: Uint8Array<ArrayBuffer>): void {
    const text = new TextDecoder().decode(readWhole("lockfile", bytes).own);
    this.lock = { text, lock: readLock(text) };
  }

  #takeIndex(frame: Uint8Array<ArrayBuffer>): void {
    const { digest, own: bytes } = readWhole("index", frame);
    const index = new RbinIndex(bytes, "a package of the graph");
    const { package: name, compiler } = index.header;
    if (index.length !== bytes.length) throw invalidGraph(`the index of "${name}" is not as long as it says`);
    if (compiler !== COMPILER_ID) throw invalidGraph(`"${name}" was compiled by "${compiler}", not "${COMPILER_ID}"`);
    if (this.#packages.has(digest)) return;
    const arrived = { index, bytes, digest, files: new Map() };
    this.#packages.set(digest, arrived);
    this.#byName.set(name, arrived);
  }

  /** SHA-256 of the index · how many files · their places in it, 32 bits each · their bytes. */
  #takeFiles(bytes: Uint8Array<ArrayBuffer>): void {
    const head = DIGEST_LENGTH + 4;
    if (bytes.length < head) throw invalidGraph("files of no package");
    const arrived = this.#packages.get(toHex(bytes.subarray(0, DIGEST_LENGTH)));
    if (arrived === undefined) throw invalidGraph("files of a package whose index has not come");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getUint32(DIGEST_LENGTH, true);
    let at = head + 4 * count;
    if (at > bytes.length) throw invalidGraph(`there cannot be ${count} files`);
    const all = [...arrived.index.files.values()];
    for (let place = 0; place < count; place++) {
      const file = all[view.getUint32(head + 4 * place, true)];
      if (file === undefined || at + file.length > bytes.length) throw invalidGraph("files that are not there");
      const own = bytes.subarray(at, at + file.length);
      verifyFile(arrived.index, file, own);
      arrived.files.set(file.index, own);
      at += file.length;
    }
    if (at !== bytes.length) throw invalidGraph("something comes after files");
  }
}

/** How a question names what need not be sent. */
export function heldDigest(digest: Uint8Array): string {
  return btoa(String.fromCharCode(...digest.subarray(0, HELD_DIGEST_LENGTH)));
}

/** The bytes of a `lock` or an `index` frame: SHA-256 of what follows · what follows. */
export function joinWhole(own: Uint8Array, digest: Uint8Array = fileDigest(own)): Uint8Array<ArrayBuffer> {
  return concatenate([digest, own], DIGEST_LENGTH + own.length);
}

function readWhole(what: string, bytes: Uint8Array<ArrayBuffer>): { digest: string; own: Uint8Array<ArrayBuffer> } {
  if (bytes.length < DIGEST_LENGTH) throw invalidGraph(`a frame (${what}) without its digest`);
  const own = bytes.subarray(DIGEST_LENGTH);
  const [expected, digest] = [toHex(bytes.subarray(0, DIGEST_LENGTH)), toHex(fileDigest(own))];
  if (expected === digest) return { digest, own };
  const details = { expected: `sha256:${expected}`, actual: `sha256:${digest}`, size: own.length };
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", `What the edge sent is damaged (${what})`, details);
}

/** The bytes of a `files` frame. */
export function joinFiles(
  digest: Uint8Array,
  files: readonly { readonly file: RbinFile; readonly bytes: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const head = DIGEST_LENGTH + 4 + 4 * files.length;
  const joined = new Uint8Array(files.reduce((length, { bytes }) => length + bytes.length, head));
  const view = new DataView(joined.buffer);
  joined.set(digest);
  view.setUint32(DIGEST_LENGTH, files.length, true);
  let at = head;
  for (const [place, { file, bytes }] of files.entries()) {
    view.setUint32(DIGEST_LENGTH + 4 + 4 * place, file.index, true);
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

function readEnd(bytes: Uint8Array): LoaderError | undefined {
  if (bytes.length === 0) return undefined;
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!isErrorJson(json)) throw invalidGraph("it does not say how it ends");
  return new LoaderError(json.code, json.message, json.details);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidGraph("it does not say how it ends", cause);
  }
}

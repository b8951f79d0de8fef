import { DIGEST_LENGTH } from "../../src/artifact/rbin-format.ts";
import type { RbinFile } from "../../src/artifact/read-rbin.ts";
import { isLoaderError, LoaderError } from "../../src/errors.ts";
import {
  encodeFramePrefix,
  encodeGraphPrefix,
  type FrameKind,
  type FramePrefix,
} from "../../src/fetch/graph/graph-format.ts";
import { heldDigest, joinFiles, joinWhole } from "../../src/load/graph/graph-arrivals.ts";
import type { GraphListener } from "../../src/load/graph/graph-answer.ts";
import { toHex } from "../../src/verify/digest.ts";
import { encodeText } from "../encode-text.ts";
import { deflate } from "../gzip.ts";
import type { GraphPackage } from "./graph-package.ts";
import type { SentMaps } from "./package-maps.ts";

/** Bytes of files that wait at most until more of their package have been found: the more, the smaller they get. */
const MOST_WAITING = 256 * 1024;

interface WaitingFile {
  readonly file: RbinFile;
  readonly bytes: Uint8Array;
}

/** Writes an answer as it is found, without what whoever asks has already. */
export class GraphStream implements GraphListener<GraphPackage> {
  readonly body: ReadableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #held: ReadonlySet<string>;
  readonly #isAtHand: (name: string) => boolean;
  readonly #sent = new Set<string>();
  readonly #used = new Set<GraphPackage>();
  readonly #waiting = new Map<GraphPackage, WaitingFile[]>();
  #waitingBytes = 0;
  /** Frames are written one after the other. */
  #written: Promise<void>;

  /** @param isAtHand whether a package can be had without waiting */
  constructor(held: readonly string[], isAtHand: (name: string) => boolean) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.body = readable;
    this.#writer = writable.getWriter();
    this.#held = new Set(held);
    this.#isAtHand = isAtHand;
    this.#written = this.#writer.write(encodeGraphPrefix());
    this.#written.catch(() => undefined);
  }

  /** Packages that the program needs. */
  get used(): ReadonlySet<GraphPackage> {
    return this.#used;
  }

  lock(text: string): void {
    const bytes = joinWhole(encodeText(text));
    this.#send("lock", bytes.length, () => deflate(bytes));
  }

  loading(name: string): void {
    if (!this.#isAtHand(name)) this.#flush();
  }

  package(found: GraphPackage): void {
    this.#used.add(found);
    if (this.#isNew(found.digest)) this.#sendIndex(found);
  }

  file(found: GraphPackage, file: RbinFile, bytes: Uint8Array): void {
    // Files of small packages came with their index.
    if (found.index.bytes(file) !== undefined) return;
    if (!this.#isNew(found.index.digest(file), `${file.index} ${found.index.header.package} `)) return;
    const waiting = this.#waiting.get(found) ?? [];
    this.#waiting.set(found, waiting);
    waiting.push({ file, bytes });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > MOST_WAITING) this.#flush();
  }

  maps({ digest, length, deflated }: SentMaps): void {
    if (!this.#held.has(heldDigest(digest))) this.#send("maps", length, async () => deflated);
  }

  /** @param work finds all that is to be sent */
  async end(work: Promise<string | undefined>): Promise<void> {
    try {
      const lock = await work;
      this.#flush();
      if (lock !== undefined) this.lock(lock);
      this.#send("end", 0);
    } catch (error) {
      const known = isLoaderError(error)
        ? error
        : new LoaderError("ERR_EDGE_FAILED", "The edge failed; its log says why");
      this.#flush();
      const bytes = encodeText(JSON.stringify(known.toJSON()));
      this.#send("end", bytes.length, () => deflate(bytes));
      if (!isLoaderError(error)) throw error;
    } finally {
      // Who has gone away has no use for the rest.
      await this.#written.then(() => this.#writer.close()).catch(() => undefined);
    }
  }

  #isNew(digest: Uint8Array, name = ""): boolean {
    const held = heldDigest(toHex(digest));
    if (this.#held.has(held) || this.#sent.has(name + held)) return false;
    this.#sent.add(name + held);
    return true;
  }

  #flush(): void {
    for (const [{ digest }, files] of this.#waiting) {
      const bytes = joinFiles(digest, files);
      this.#send("files", bytes.length, () => deflate(bytes));
    }
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }

  #sendIndex({ index, deflated, isNew }: GraphPackage): void {
    this.#send("index", DIGEST_LENGTH + index.length, async () => deflated, isNew);
  }

  /** @param encode makes what is sent, if that is more than nothing */
  #send(kind: FrameKind, length: number, encode?: () => Promise<Uint8Array<ArrayBuffer>>, fromUpstream = false): void {
    const prefix = { kind, length, fromUpstream };
    this.#written = this.#write(this.#written, prefix, encode?.());
    this.#written.catch(() => undefined);
  }

  async #write(
    previous: Promise<void>,
    prefix: Omit<FramePrefix, "sent" | "isDeflated">,
    encoding: Promise<Uint8Array<ArrayBuffer>> | undefined,
  ): Promise<void> {
    await previous;
    const bytes = await encoding;
    const isDeflated = bytes !== undefined;
    await this.#writer.write(encodeFramePrefix({ ...prefix, isDeflated, sent: bytes?.length ?? 0 }));
    if (isDeflated) await this.#writer.write(bytes);
  }
}

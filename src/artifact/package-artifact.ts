import type { CompiledFile } from "../compile/compiled-package.ts";
import type { ModuleRecord } from "./module-record.ts";
import { invalidRbin } from "./rbin-format.ts";
import { type RbinFile, RbinIndex, type Rbin } from "./read-rbin.ts";
import { writeRbin } from "./write-rbin.ts";

/**
 * An `.rbin` as it is stored: what is linked is kept apart from what is hardly ever asked for, which is most of a large
 * package (builds for other targets, pictures, WebAssembly).
 */
export interface StoredParts {
  /** The index, and the code of its modules behind it. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** All other files, one behind the other. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

/** Takes an `.rbin` apart for the store. */
export function splitRbin(bytes: Uint8Array<ArrayBuffer>, { index }: Rbin): StoredParts {
  const head = [bytes.subarray(0, index.length)];
  const rest: Uint8Array[] = [];
  for (const file of index.files.values())
    (isInHead(file) ? head : rest).push(bytes.subarray(file.offset, file.offset + file.length));
  return { head: concatenate(head), rest: concatenate(rest) };
}

function isInHead({ state, path }: RbinFile): boolean {
  return state === "module" && !path.endsWith(".wasm");
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** The artifact of a package: its modules at hand, its other files when they are asked for. */
export class PackageArtifact {
  readonly index: RbinIndex;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #readRest: () => Promise<Uint8Array<ArrayBuffer>>;
  #rest: Promise<Uint8Array<ArrayBuffer>> | undefined;
  /** Where each file's bytes begin, in `head` or in `rest`, by its place in the index. */
  readonly #offsets: number[] = [];
  /** Modules that were compiled when a program reached them: of earlier loads, and of this one. */
  readonly #compiledBefore: Rbin | undefined;
  readonly #compiledNow = new Map<string, ModuleRecord>();

  /**
   * @param key `name@version` that it is taken for, for messages
   * @param compiledBefore an `.rbin` with what `compiled` has given before
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  constructor(
    head: Uint8Array<ArrayBuffer>,
    key: string,
    readRest: () => Promise<Uint8Array<ArrayBuffer>>,
    compiledBefore?: Rbin,
  ) {
    this.index = new RbinIndex(head, key);
    this.#head = head;
    this.#readRest = readRest;
    this.#compiledBefore = compiledBefore;
    let inHead = this.index.length;
    let inRest = 0;
    for (const file of this.index.files.values()) {
      this.#offsets.push(isInHead(file) ? inHead : inRest);
      if (isInHead(file)) inHead += file.length;
      else inRest += file.length;
    }
    if (inHead !== head.length) throw invalidRbin(key, "its modules are not as long as it says");
  }

  /** A file's bytes; a view, not a copy. Of a module its code. */
  async bytes(file: RbinFile): Promise<Uint8Array<ArrayBuffer>> {
    const offset = this.#offsets[file.index] ?? 0;
    if (isInHead(file)) return this.#head.subarray(offset, offset + file.length);
    const rest = await (this.#rest ??= this.#readRest());
    return rest.subarray(offset, offset + file.length);
  }

  /**
   * The record of a module that has been compiled; undefined for any other file, and for WebAssembly, whose bytes are not
   * at hand.
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  record(file: RbinFile): ModuleRecord | undefined {
    if (!isInHead(file)) return this.#compiledNow.get(file.path) ?? this.#recordBefore(file.path);
    const offset = this.#offsets[file.index] ?? 0;
    return this.index.record(file, this.#head.subarray(offset, offset + file.length));
  }

  #recordBefore(path: string): ModuleRecord | undefined {
    const file = this.#compiledBefore?.index.files.get(path);
    return file?.state === "module" ? this.#compiledBefore?.record(file) : undefined;
  }

  /** Notes the record of a module that was compiled when it was reached. */
  addCompiled(path: string, record: ModuleRecord): void {
    this.#compiledNow.set(path, record);
  }

  /** An `.rbin` of all modules that were compiled when they were reached; undefined where there is nothing new. */
  compiled(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#compiledNow.size === 0) return undefined;
    const files: CompiledFile[] = [...this.#compiledNow].map(([path, record]) => ({ path, state: "module", record }));
    for (const file of this.#compiledBefore?.index.files.values() ?? []) {
      const record = this.#compiledNow.has(file.path) ? undefined : this.#recordBefore(file.path);
      if (record !== undefined) files.push({ path: file.path, state: "module", record });
    }
    // What they ask for has to be a file of the same `.rbin`, if only by name.
    const present = new Set(files.map(({ path }) => path));
    for (const file of [...files]) {
      for (const { within } of file.state === "module" ? file.record.requests : []) {
        if (within === undefined || present.has(within)) continue;
        present.add(within);
        files.push({ path: within, state: "asset", bytes: new Uint8Array() });
      }
    }
    this.#compiledNow.clear();
    return writeRbin(this.index.header, { manifests: this.index.manifests, files });
  }
}

import type { CompiledFile } from "../compile/compiled-package.ts";
import type { ModuleRecord } from "./module-record.ts";
import type { Rbin, RbinFile, RbinIndex } from "./read-rbin.ts";
import { toHex } from "../verify/digest.ts";
import { fileDigest } from "./file-digest.ts";
import { verifyFile } from "./verify-rbin.ts";
import { join, writeRbin } from "./write-rbin.ts";

/** An `.rbin` as it is stored: each part is read when something of it is asked for. A small one is its index. */
export interface RbinParts {
  readonly index: Uint8Array<ArrayBuffer>;
  /** The code of its modules, one behind the other, where the index has it not. */
  readonly modules: Uint8Array<ArrayBuffer>;
  /** All other files: builds for other targets, pictures, WebAssembly; most of a large package. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

/** The parts that are not the index. */
export type RbinPart = "modules" | "rest";

/** Reads what is not in the index. */
export interface PartReaders {
  modules(): Promise<Uint8Array<ArrayBuffer>>;
  rest(): Promise<Uint8Array<ArrayBuffer>>;
  /** One file, where it can be had without the rest of its part. */
  file?(file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Takes an `.rbin` apart for the store. */
export function splitRbin(bytes: Uint8Array<ArrayBuffer>, { index }: Rbin): RbinParts {
  const modules: Uint8Array[] = [];
  const rest: Uint8Array[] = [];
  for (const file of index.files.values()) {
    if (index.bytes(file) !== undefined) continue;
    (partOf(file) === "modules" ? modules : rest).push(bytes.subarray(file.offset, file.offset + file.length));
  }
  return { index: bytes.slice(0, index.length), modules: join(modules), rest: join(rest) };
}

/**
 * Checks that a part is the index's own: it is stored under a key that may lie.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH
 */
export function verifyPart(index: RbinIndex, part: RbinPart, bytes: Uint8Array): void {
  let at = 0;
  for (const file of index.files.values()) {
    if (partOf(file) !== part) continue;
    verifyFile(index, file, bytes.subarray(at, at + file.length));
    at += file.length;
  }
}

/** Which part a file's bytes are in. */
export function partOf({ state, path }: RbinFile): RbinPart {
  return state === "module" && !path.endsWith(".wasm") ? "modules" : "rest";
}

/** The artifact of a package: modules that programs have reached before at hand, everything else when it is asked for. */
export class PackageArtifact {
  readonly index: RbinIndex;
  readonly #readers: PartReaders;
  #modules: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #loadedModules: Uint8Array<ArrayBuffer> | undefined;
  #rest: Promise<Uint8Array<ArrayBuffer>> | undefined;
  /** Files that were read alone, by their places in the index. */
  readonly #singles = new Map<number, Uint8Array<ArrayBuffer>>();
  /** Where each file's bytes begin in its part, by its place in the index. */
  readonly #offsets: number[] = [];
  readonly #reachedBefore: Rbin | undefined;
  /** Modules that this load has reached and no earlier one. */
  readonly #reachedNow = new Map<string, ModuleRecord>();
  /** Modules that this load has reached in an index that has their code: there is nothing to keep of them. */
  readonly #indexed = new Map<string, ModuleRecord>();

  /** @param reachedBefore an `.rbin` with what `reached` has given before */
  constructor(index: RbinIndex, readers: PartReaders, reachedBefore?: Rbin) {
    this.index = index;
    this.#readers = readers;
    this.#reachedBefore = reachedBefore;
    let inModules = 0;
    let inRest = 0;
    for (const file of index.files.values()) {
      const isModule = partOf(file) === "modules";
      this.#offsets.push(isModule ? inModules : inRest);
      if (isModule) inModules += file.length;
      else inRest += file.length;
    }
  }

  /** A file's bytes; a view, not a copy. Of a module its code. */
  async bytes(file: RbinFile): Promise<Uint8Array<ArrayBuffer>> {
    const single = this.index.bytes(file) ?? this.#singles.get(file.index) ?? (await this.#readSingle(file));
    if (single !== undefined) return single;
    const offset = this.#offsets[file.index] ?? 0;
    if (partOf(file) === "rest")
      return (await (this.#rest ??= this.#readers.rest())).subarray(offset, offset + file.length);
    this.#loadedModules = await (this.#modules ??= this.#readers.modules());
    return this.#loadedModules.subarray(offset, offset + file.length);
  }

  async #readSingle(file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const isLoaded = (partOf(file) === "modules" ? this.#modules : this.#rest) !== undefined;
    if (isLoaded) return undefined;
    const single = this.#codeBefore(file) ?? (await this.#readers.file?.(file));
    if (single === undefined) return undefined;
    this.#singles.set(file.index, single);
    // It is kept with all that is reached, even if nobody asks for its record.
    this.record(file);
    return single;
  }

  /** The code of a module that has been reached before. */
  #codeBefore(file: RbinFile): Uint8Array<ArrayBuffer> | undefined {
    const before = file.state === "module" ? this.#reachedBefore?.index.files.get(file.path) : undefined;
    const code = before?.state === "module" ? this.#reachedBefore?.bytes(before) : undefined;
    return code !== undefined && toHex(fileDigest(code)) === toHex(this.index.digest(file)) ? code : undefined;
  }

  /**
   * The record of a module, where it is at hand: one that has been reached before, or any once the code of the package has
   * been read, or its own. Undefined for every other file, and for WebAssembly.
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  record(file: RbinFile): ModuleRecord | undefined {
    const known = this.#reachedNow.get(file.path) ?? this.#indexed.get(file.path) ?? this.#recordBefore(file.path);
    if (known !== undefined || partOf(file) === "rest") return known;
    const indexed = this.index.bytes(file);
    const offset = this.#offsets[file.index] ?? 0;
    const loaded = this.#loadedModules?.subarray(offset, offset + file.length);
    const code = indexed ?? this.#singles.get(file.index) ?? loaded;
    if (code === undefined) return undefined;
    const record = this.index.record(file, code);
    (indexed === undefined ? this.#reachedNow : this.#indexed).set(file.path, record);
    return record;
  }

  #recordBefore(path: string): ModuleRecord | undefined {
    const file = this.#reachedBefore?.index.files.get(path);
    return file?.state === "module" ? this.#reachedBefore?.record(file) : undefined;
  }

  /** Notes the record of a module that was read, or compiled, because it was reached. */
  addReached(path: string, record: ModuleRecord): void {
    this.#reachedNow.set(path, record);
  }

  /** An `.rbin` of all modules that this load and those before it have reached; undefined where there is nothing new. */
  reached(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#reachedNow.size === 0) return undefined;
    const files: CompiledFile[] = [...this.#reachedNow].map(([path, record]) => ({ path, state: "module", record }));
    for (const { path } of this.#reachedBefore?.index.files.values() ?? []) {
      const record = this.#reachedNow.has(path) ? undefined : this.#recordBefore(path);
      if (record !== undefined) files.push({ path, state: "module", record });
    }
    this.#reachedNow.clear();
    const { header, manifests } = this.index;
    return writeRbin(header, { manifests, files: withNames(files) });
  }
}

/** What modules ask for by its place has to be a file of the same `.rbin`, if only by name. */
function withNames(files: readonly CompiledFile[]): CompiledFile[] {
  const present = new Set(files.map(({ path }) => path));
  const named: CompiledFile[] = [...files];
  for (const file of files) {
    for (const { within } of file.state === "module" ? file.record.requests : []) {
      if (within === undefined || present.has(within)) continue;
      present.add(within);
      named.push({ path: within, state: "asset", bytes: new Uint8Array() });
    }
  }
  return named;
}

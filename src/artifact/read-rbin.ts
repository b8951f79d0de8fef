import type { PackageManifest } from "../compile/compiled-package.ts";
import { type ErrorJson, isErrorJson } from "../errors.ts";
import type { ModuleRecord } from "./module-record.ts";
import { fileDigest } from "./file-digest.ts";
import { invalidRbin, type RbinHeader } from "./rbin-format.ts";
import { type FileTable, type RbinFile, readFiles } from "./read-files.ts";
import { readGraph, readRecord, type RecordGraph } from "./read-record.ts";
import { parseObject, readAbout, readSections } from "./read-sections.ts";
import { RecordInput } from "./record-input.ts";
import { decodeText, StringTable } from "./string-table.ts";

export type { RbinFile } from "./read-files.ts";
export type { RecordGraph } from "./read-record.ts";
export { rbinIndexLength } from "./read-sections.ts";

/**
 * The index of an `.rbin`: all of it but the files' bytes. Records are decoded when they are asked for, so what gives one
 * may throw ERR_ARTIFACT_INVALID.
 */
export class RbinIndex {
  readonly header: RbinHeader;
  /** Folder (`""` for the package itself) → what the linker reads of its package.json. */
  readonly manifests: Readonly<Record<string, PackageManifest>>;
  /** Path → file, in the order of `compareFiles`. */
  readonly files: ReadonlyMap<string, RbinFile>;
  /** How long the index is, bytes; the first file's bytes follow. */
  readonly length: number;
  /** How long the whole `.rbin` is, bytes. */
  readonly totalLength: number;
  readonly #key: string;
  readonly #table: FileTable;
  readonly #strings: StringTable;
  /** The files' bytes, where they are part of the index. */
  readonly #content: Uint8Array<ArrayBuffer>;

  /**
   * @param bytes the index; what follows it is not looked at
   * @param key `name@version` that it is taken for, for messages
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, key: string) {
    const sections = readSections(bytes, key);
    this.#key = key;
    this.#content = sections.content;
    this.#strings = new StringTable(sections.strings, key);
    this.#table = readFiles(sections, this.#strings, key);
    this.files = this.#table.files;
    this.length = sections.length;
    this.totalLength = this.#table.end;
    ({ header: this.header, manifests: this.manifests } = readAbout(sections.about, key));
  }

  /** A file's bytes, where the index has them: those of a small package. A view, not a copy. */
  bytes({ offset, length }: RbinFile): Uint8Array<ArrayBuffer> | undefined {
    const from = offset - (this.length - this.#content.length);
    return this.#content.length === 0 ? undefined : this.#content.subarray(from, from + length);
  }

  /** SHA-256 of a file's bytes, raw. */
  digest(file: RbinFile): Uint8Array {
    const bytes = this.bytes(file);
    return bytes === undefined ? this.#table.digest(file.index) : fileDigest(bytes);
  }

  /** What a module asks for: the beginning of its record, for which its bytes are not needed. */
  graph(file: RbinFile): RecordGraph {
    return readGraph(this.#input(file), file.path);
  }

  /** The record of a module, whose bytes are `bytes`. */
  record(file: RbinFile, bytes: Uint8Array): ModuleRecord {
    return readRecord(this.#input(file), file.path, bytes);
  }

  /** Why a file in the state `failed` is no module. */
  error({ index, path }: RbinFile): ErrorJson {
    const error = parseObject(decodeText(this.#table.record(index), this.#key));
    if (isErrorJson(error)) return error;
    throw invalidRbin(this.#key, `it does not say what is wrong with "${path}"`);
  }

  #input({ index }: RbinFile): RecordInput {
    return new RecordInput(this.#table.record(index), this.#key, this.#strings, this.#table.paths);
  }
}

/** A whole `.rbin`. */
export class Rbin {
  readonly index: RbinIndex;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /**
   * @param key `name@version` that it is taken for, for messages
   * @throws LoaderError ERR_ARTIFACT_INVALID
   */
  constructor(bytes: Uint8Array<ArrayBuffer>, key: string) {
    this.index = new RbinIndex(bytes, key);
    this.#bytes = bytes;
    if (this.index.totalLength !== bytes.length) throw invalidRbin(key, "its files are not as long as it says");
  }

  /** A file's bytes; a view, not a copy. */
  bytes({ offset, length }: RbinFile): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(offset, offset + length);
  }

  /** @throws LoaderError ERR_ARTIFACT_INVALID */
  record(file: RbinFile): ModuleRecord {
    return this.index.record(file, this.bytes(file));
  }
}

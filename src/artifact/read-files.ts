import type { CompiledFile } from "../compile/compiled-package.ts";
import { compareFiles } from "./file-order.ts";
import { NumberReader } from "./number-reader.ts";
import { DIGEST_LENGTH, FILE_STATES, indexedLength, invalidRbin } from "./rbin-format.ts";
import type { Sections } from "./read-sections.ts";
import type { StringTable } from "./string-table.ts";

/** What the index says of a file. */
export interface RbinFile {
  /** Its place in the index, from 0. */
  readonly index: number;
  readonly path: string;
  readonly state: CompiledFile["state"];
  /** Where its bytes begin, counted from the beginning of the `.rbin`. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** The files of an index. */
export interface FileTable {
  /** By path, in the order of `compareFiles`. */
  readonly files: ReadonlyMap<string, RbinFile>;
  readonly paths: readonly string[];
  /** Where the last file's bytes end, counted from the beginning of the `.rbin`. */
  readonly end: number;
  /** A view of SHA-256 of its bytes; empty where the index has those themselves. */
  digest(index: number): Uint8Array;
  /** A view of its record: that of a module, the error of a file that failed; empty for all others. */
  record(index: number): Uint8Array;
}

/** Something that leads out of the package, or has more than one spelling. */
const BAD_PATH = /(?:^|\/)(?:\.{0,2})(?:\/|$)|[\\\0]/;

/**
 * Reads the table of files. Their bytes and records follow one another without gaps, so only lengths are written.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readFiles(sections: Sections, strings: StringTable, key: string): FileTable {
  const reader = new NumberReader(sections.files, key);
  const count = reader.number();
  const hasDigests = sections.content.length === 0;
  if (count > strings.count || (hasDigests && count * DIGEST_LENGTH > reader.left))
    throw invalidRbin(key, `it cannot have ${count} files`);
  const paths = readPaths(strings, count, key);
  const states = paths.map(() => FILE_STATES[reader.below(FILE_STATES.length, "state")] ?? "asset");
  const files = new Map<string, RbinFile>();
  let end = sections.start;
  for (const [index, path] of paths.entries()) {
    const length = reader.number();
    files.set(path, { index, path, state: states[index] ?? "asset", offset: end, length });
    end += length;
  }
  const records = readOffsets(reader, count);
  if (indexedLength(end - sections.start) !== sections.content.length)
    throw invalidRbin(key, "its index has another part of its files than it should");
  const digests = sections.files.subarray(sections.files.length - reader.left);
  if (digests.length !== (hasDigests ? count * DIGEST_LENGTH : 0))
    throw invalidRbin(key, "it has not one digest for every file");
  if (records[count] !== sections.records.length) throw invalidRbin(key, "its records are not as long as it says");
  return {
    files,
    paths,
    end,
    digest: (index) => digests.subarray(index * DIGEST_LENGTH, (index + 1) * DIGEST_LENGTH),
    record: (index) => sections.records.subarray(records[index], records[index + 1]),
  };
}

/** The last strings are the paths; they are in order, so none is there twice. */
function readPaths(strings: StringTable, count: number, key: string): string[] {
  const paths: string[] = [];
  for (let index = strings.count - count; index < strings.count; index++) {
    const path = strings.at(index);
    const previous = paths.at(-1);
    const isInOrder = previous === undefined || compareFiles(previous, path) < 0;
    if (!isInOrder || BAD_PATH.test(path)) {
      throw invalidRbin(key, `${JSON.stringify(path)} is no path, or out of order`);
    }
    paths.push(path);
  }
  return paths;
}

function readOffsets(reader: NumberReader, count: number): number[] {
  const offsets = [0];
  let end = 0;
  for (let index = 0; index < count; index++) {
    end += reader.number();
    offsets.push(end);
  }
  return offsets;
}

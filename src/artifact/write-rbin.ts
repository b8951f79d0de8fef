import type { CompiledFile, CompiledPackage } from "../compile/compiled-package.ts";
import { concatenate } from "../fetch/read-body.ts";
import { fileDigest } from "./file-digest.ts";
import { compareFiles } from "./file-order.ts";
import { NumberWriter } from "./number-writer.ts";
import { FILE_STATES, indexedLength, MAGIC, PREFIX, PREFIX_LENGTH, type RbinHeader, VERSION } from "./rbin-format.ts";
import { StringPool } from "./string-pool.ts";
import { writeRecord } from "./write-record.ts";

/**
 * Packs a compiled package into an `.rbin`; the same package gives the same bytes everywhere.
 * @throws LoaderError ERR_ARTIFACT_INVALID for records that break their contract: a bug of the compiler
 */
export function writeRbin(header: RbinHeader, compiled: CompiledPackage): Uint8Array<ArrayBuffer> {
  return join(rbinChunks(header, compiled));
}

/** The same piece by piece, for where there is no room for the files and a copy of them. */
export function rbinChunks(header: RbinHeader, compiled: CompiledPackage): readonly Uint8Array[] {
  const files = compiled.files.toSorted((a, b) => compareFiles(a.path, b.path));
  const contents = files.map(contentOf);
  const { strings, records } = writeRecords(files);
  const content = indexedLength(contents.reduce((sum, { length }) => sum + length, 0));
  const sections = {
    about: writeAbout(header, compiled.manifests),
    files: writeFiles(files, contents, records, content === 0),
    strings,
    records: join(records),
    content,
  };
  return [prefixOf(sections), sections.about, sections.files, sections.strings, sections.records, ...contents];
}

/** The package's own manifest as package.json files are written: compressed, it is then the beginning of its own. */
function writeAbout(header: RbinHeader, { "": own, ...folders }: CompiledPackage["manifests"]): Uint8Array {
  const about = Object.keys(folders).length === 0 ? header : { ...header, folders };
  return new TextEncoder().encode(`${JSON.stringify(about)}\n${JSON.stringify(own, null, 2)}`);
}

function contentOf(file: CompiledFile): Uint8Array {
  if (file.state !== "module") return file.bytes;
  return file.bytes ?? new TextEncoder().encode(file.record.code);
}

/** The string table, and for every file its record: that of a module, the error of one that failed, else nothing. */
function writeRecords(files: readonly CompiledFile[]): { strings: Uint8Array; records: Uint8Array[] } {
  const indexes = new Map(files.map(({ path }, index) => [path, index]));
  const pool = new StringPool();
  const numbers = files.map((file) => (file.state === "module" ? writeRecord(file.record, pool, indexes) : undefined));
  const order = pool.order();
  const records = files.map((file, index) => {
    if (file.state === "failed") return new TextEncoder().encode(JSON.stringify(file.error));
    return writeNumbers(numbers[index] ?? [], order.numbers);
  });
  return { strings: writeStrings([...order.strings, ...indexes.keys()]), records };
}

function writeNumbers(numbers: readonly number[], strings: Uint32Array): Uint8Array {
  const writer = new NumberWriter();
  for (const value of numbers) writer.number(value < 0 ? 1 + (strings[~value] ?? -2) : value);
  return writer.written();
}

function writeStrings(strings: readonly string[]): Uint8Array {
  const writer = new NumberWriter();
  writer.number(strings.length);
  for (const text of strings) writer.number(text.length);
  writer.bytes(new TextEncoder().encode(strings.join("")));
  return writer.written();
}

function writeFiles(
  files: readonly CompiledFile[],
  contents: readonly Uint8Array[],
  records: readonly Uint8Array[],
  withDigests: boolean,
): Uint8Array {
  const writer = new NumberWriter();
  writer.number(files.length);
  for (const { state } of files) writer.number(FILE_STATES.indexOf(state));
  for (const { length } of contents) writer.number(length);
  for (const { length } of records) writer.number(length);
  if (withDigests) for (const bytes of contents) writer.bytes(fileDigest(bytes));
  return writer.written();
}

interface Sections {
  readonly about: Uint8Array;
  readonly files: Uint8Array;
  readonly strings: Uint8Array;
  readonly records: Uint8Array;
  /** How much of the content is part of the index. */
  readonly content: number;
}

function prefixOf({ about, files, strings, records, content }: Sections): Uint8Array {
  const prefix = new Uint8Array(PREFIX_LENGTH);
  const view = new DataView(prefix.buffer);
  view.setUint32(PREFIX.magic, MAGIC, true);
  view.setUint32(PREFIX.version, VERSION, true);
  view.setUint32(PREFIX.about, about.length, true);
  view.setUint32(PREFIX.files, files.length, true);
  view.setUint32(PREFIX.strings, strings.length, true);
  view.setUint32(PREFIX.records, records.length, true);
  view.setUint32(PREFIX.content, content, true);
  return prefix;
}

/** One buffer of many. */
export function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatenate(
    chunks,
    chunks.reduce((length, chunk) => length + chunk.length, 0),
  );
}

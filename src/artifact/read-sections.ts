import type { PackageManifest } from "../compile/compiled-package.ts";
import { invalidRbin, MAGIC, PREFIX, PREFIX_LENGTH, type RbinHeader, VERSION } from "./rbin-format.ts";
import { decodeText } from "./string-table.ts";

/** The sections of an index, as views. */
export interface Sections {
  readonly about: Uint8Array;
  readonly files: Uint8Array;
  readonly strings: Uint8Array;
  readonly records: Uint8Array;
  /** The files' bytes, where they are part of the index; else empty. */
  readonly content: Uint8Array<ArrayBuffer>;
  /** Where the files' bytes begin. */
  readonly start: number;
  /** Of the index. */
  readonly length: number;
}

/**
 * Finds the sections. Nothing but the first `PREFIX_LENGTH` bytes is needed to know how long the index is.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readSections(bytes: Uint8Array<ArrayBuffer>, key: string): Sections {
  const length = rbinIndexLength(bytes, key);
  if (length > bytes.length) throw invalidRbin(key, "its index is longer than it is");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = PREFIX_LENGTH;
  const section = (field: number): Uint8Array<ArrayBuffer> => bytes.subarray(at, (at += view.getUint32(field, true)));
  const about = section(PREFIX.about);
  const files = section(PREFIX.files);
  const strings = section(PREFIX.strings);
  const records = section(PREFIX.records);
  return { about, files, strings, records, start: at, content: section(PREFIX.content), length };
}

/**
 * How long the index is, from the first `PREFIX_LENGTH` bytes of an `.rbin`.
 * @throws LoaderError ERR_ARTIFACT_INVALID for what is no `.rbin`, or one of another version
 */
export function rbinIndexLength(bytes: Uint8Array, key: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX_LENGTH || view.getUint32(PREFIX.magic, true) !== MAGIC)
    throw invalidRbin(key, "it does not start with RBIN");
  const version = view.getUint32(PREFIX.version, true);
  if (version !== VERSION) throw invalidRbin(key, `it has version ${version} of the format, not ${VERSION}`);
  const { about, files, strings, records, content } = PREFIX;
  return [about, files, strings, records, content].reduce(
    (length, field) => length + view.getUint32(field, true),
    PREFIX_LENGTH,
  );
}

/**
 * Reads the section that says what the package is.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readAbout(
  section: Uint8Array,
  key: string,
): { header: RbinHeader; manifests: Readonly<Record<string, PackageManifest>> } {
  const text = decodeText(section, key);
  const lineEnd = text.indexOf("\n");
  const about = parseObject(text.slice(0, lineEnd));
  if (about === undefined || !isHeader(about)) throw invalidRbin(key, "it does not say what it was made from");
  const { package: name, compiler, integrity, archiveSha256, archiveSize, folders = {} } = about;
  const own = parseObject(text.slice(lineEnd + 1));
  const isComplete = own !== undefined && isObject(folders) && Object.values(folders).every(isObject);
  if (!isComplete) throw invalidRbin(key, "it has no package.json");
  return {
    header: { package: name, compiler, integrity, archiveSha256, archiveSize },
    manifests: { "": own, ...folders },
  };
}

/** The object that a JSON text is; undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON: the caller knows what it should have been.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHeader(value: Record<string, unknown>): value is Record<string, unknown> & RbinHeader {
  const { package: name, compiler, integrity, archiveSha256, archiveSize } = value;
  return (
    [name, compiler, integrity].every((field) => typeof field === "string") &&
    typeof archiveSha256 === "string" &&
    /^[0-9a-f]{64}$/.test(archiveSha256) &&
    Number.isSafeInteger(archiveSize) &&
    Number(archiveSize) >= 0
  );
}

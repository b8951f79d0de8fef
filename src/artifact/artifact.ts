import type { CompiledFile, CompiledPackage } from "../compile/compile-package.ts";
import type { ModuleAnalysis } from "../compile/module-analysis.ts";
import { type ErrorJson, LoaderError } from "../errors.ts";

/**
 * The artifact of one package version, layout 1:
 * `RBIN` · u32 layout · u32 length of the index (both little-endian) · index (UTF-8 JSON) · the files' bytes.
 * The index gives each file's range, counted from the end of the index.
 */
export interface Artifact {
  readonly header: ArtifactHeader;
  /** Path → file. */
  readonly files: ReadonlyMap<string, ArtifactFile>;
  readonly manifests: CompiledPackage["manifests"];
  /** A file's bytes; a view, not a copy. */
  bytes(file: ArtifactFile): Uint8Array<ArrayBuffer>;
}

/** What the artifact was made from. */
export interface ArtifactHeader {
  /** `name@version`. */
  readonly package: string;
  readonly compiler: string;
  /** Integrity of the archive, SRI. */
  readonly integrity: string;
  /** SHA-256 of the archive, 64 hex digits. */
  readonly archiveSha256: string;
  /** Compressed, bytes. */
  readonly archiveSize: number;
}

/** One file of the index. */
export interface ArtifactFile {
  readonly path: string;
  readonly state: CompiledFile["state"];
  readonly offset: number;
  readonly length: number;
  readonly analysis?: ModuleAnalysis;
  readonly error?: ErrorJson;
}

interface ArtifactIndex {
  readonly header: ArtifactHeader;
  readonly manifests: CompiledPackage["manifests"];
  readonly files: readonly ArtifactFile[];
}

const MAGIC = 0x4e494252; // "RBIN", little-endian
const LAYOUT = 1;
const PREFIX = 12;

/** Encodes a compiled package; the same input gives the same bytes. */
export function writeArtifact(header: ArtifactHeader, compiled: CompiledPackage): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const files = compiled.files.map(({ path, state, bytes, analysis, error }) => {
    const file: ArtifactFile = {
      path,
      state,
      offset,
      length: bytes.length,
      ...(analysis === undefined ? {} : { analysis }),
      ...(error === undefined ? {} : { error }),
    };
    offset += bytes.length;
    return file;
  });
  const index: ArtifactIndex = { header, manifests: compiled.manifests, files };
  const encoded = new TextEncoder().encode(JSON.stringify(index));
  const out = new Uint8Array(PREFIX + encoded.length + offset);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, LAYOUT, true);
  view.setUint32(8, encoded.length, true);
  out.set(encoded, PREFIX);
  let at = PREFIX + encoded.length;
  for (const { bytes } of compiled.files) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

/**
 * Decodes an artifact. The bytes have been checked against their digest before they come here; what is checked here is
 * that this code can read them.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function readArtifact(bytes: Uint8Array<ArrayBuffer>, key: string): Artifact {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX || view.getUint32(0, true) !== MAGIC) throw invalid(key, "it does not start with RBIN");
  if (view.getUint32(4, true) !== LAYOUT) throw invalid(key, `it has layout ${view.getUint32(4, true)}`);
  const body = PREFIX + view.getUint32(8, true);
  if (body > bytes.length) throw invalid(key, "its index is longer than it is");
  const index = parseIndex(bytes.subarray(PREFIX, body), key);
  const files = new Map(index.files.map((file) => [file.path, file]));
  for (const { path, offset, length } of index.files) {
    if (!(offset >= 0 && length >= 0 && body + offset + length <= bytes.length))
      throw invalid(key, `"${path}" lies outside of it`);
  }
  return {
    header: index.header,
    manifests: index.manifests,
    files,
    bytes: ({ offset, length }) => bytes.subarray(body + offset, body + offset + length),
  };
}

function parseIndex(bytes: Uint8Array, key: string): ArtifactIndex {
  try {
    const index: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isIndex(index)) return index;
  } catch (cause) {
    throw invalid(key, "its index is not JSON", cause);
  }
  throw invalid(key, "its index lacks fields");
}

function isIndex(value: unknown): value is ArtifactIndex {
  return (
    typeof value === "object" &&
    value !== null &&
    "header" in value &&
    "manifests" in value &&
    "files" in value &&
    Array.isArray(value.files)
  );
}

function invalid(key: string, reason: string, cause?: unknown): LoaderError {
  return new LoaderError(
    "ERR_ARTIFACT_INVALID",
    `The stored artifact of "${key}" cannot be read: ${reason}`,
    { package: key },
    cause,
  );
}

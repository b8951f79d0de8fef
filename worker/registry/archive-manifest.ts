import { type ErrorDetails, LoaderError } from "../../src/errors.ts";
import { unpackArchive } from "../../src/fetch/unpack-archive.ts";
import type { Limits } from "../../src/limits.ts";
import { digestBytes } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a registry reads of an archive. */
export interface ArchiveFacts {
  /** Its package.json. */
  readonly manifest: JsonObject;
  /** Text of its README. */
  readonly readme: string | undefined;
}

const README = /^readme(?:\.(?:md|markdown|txt))?$/i;

/**
 * @param subject what is read, for messages
 * @throws LoaderError ERR_PUBLISH_INVALID, ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
 */
export async function readArchive(
  archive: Uint8Array<ArrayBuffer>,
  subject: string,
  limits: Limits,
): Promise<ArchiveFacts> {
  const isWanted = (path: string): boolean => path === "package.json" || README.test(path);
  const files = await unpackArchive(archive, { package: subject }, limits, isWanted);
  const [readme] = [...files].filter(([path]) => README.test(path)).map(([, bytes]) => new TextDecoder().decode(bytes));
  return { manifest: parsePackageJson(files.get("package.json"), subject), readme };
}

/** SHA-512, SRI. */
export async function integrityOf(archive: Uint8Array<ArrayBuffer>): Promise<string> {
  return formatIntegrity("sha512", await digestBytes("sha512", archive));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsePackageJson(bytes: Uint8Array | undefined, id: string): JsonObject {
  const details = { package: id };
  if (bytes === undefined) throw invalid(`The archive of "${id}" has no package.json`, details);
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isObject(json)) return json;
  } catch (cause) {
    throw invalid(`The package.json in the archive of "${id}" is not JSON`, details, cause);
  }
  throw invalid(`The package.json in the archive of "${id}" is not an object`, details);
}

function invalid(message: string, details: ErrorDetails, cause?: unknown): LoaderError {
  return new LoaderError("ERR_PUBLISH_INVALID", message, details, cause);
}

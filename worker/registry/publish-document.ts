import { type ErrorDetails, LoaderError } from "../../src/errors.ts";
import type { Limits } from "../../src/limits.ts";
import { fromBase64 } from "../../src/verify/base64.ts";
import { digestBytes } from "../../src/verify/digest.ts";
import { formatIntegrity, integrityFromHex } from "../../src/verify/integrity.ts";
import type { PackageSignature } from "../../src/verify/signature.ts";
import type { RawManifest } from "../npm/packument-form.ts";
import { isExactVersion } from "../package-request.ts";
import { integrityOf, isObject, type JsonObject, readArchive } from "./archive-manifest.ts";
import type { CompiledArtifact } from "./compile-artifact.ts";

/** One version, as `npm publish` sends it, checked. */
export interface Publication {
  readonly name: string;
  readonly version: string;
  /** package.json as the client read it, with the registry's own fields. */
  readonly manifest: RawManifest;
  readonly archive: Uint8Array<ArrayBuffer>;
  /** SHA-512 of the archive, SRI. */
  readonly integrity: string;
  /** Tags that are to mean this version. */
  readonly tags: readonly string[];
  readonly readme: string | undefined;
  /** Its artifact, of archives that have been compiled. */
  readonly artifact?: CompiledArtifact;
  readonly signature?: PackageSignature;
  /** The same again is no error: its publisher may not know that it has worked. */
  readonly isRepeatable?: boolean;
}

/** Whether a document has an archive in it: it publishes, else it changes what is there. */
export function isPublication(document: unknown): document is JsonObject {
  return isObject(document) && isObject(document["_attachments"]) && Object.keys(document["_attachments"]).length > 0;
}

/**
 * Checks what `npm publish` sends: that the archive is the one that its integrity says, and the package and version that
 * it is published as.
 * @throws LoaderError ERR_PUBLISH_INVALID, ERR_INTEGRITY_MISMATCH, ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
 */
export async function readPublication(document: JsonObject, name: string, limits: Limits): Promise<Publication> {
  const archive = readAttachment(document, name);
  if (archive.length > limits.archiveBytes)
    throw new LoaderError("ERR_SIZE_LIMIT", `The archive is larger than ${limits.archiveBytes} bytes`, {
      package: name,
    });
  const integrity = await integrityOf(archive);
  const { version, manifest } = readVersion(document, name, integrity);
  await checkDigests(manifest, archive, integrity, { package: `${name}@${version}` });
  await checkContents(archive, { name, version }, limits);
  const tags = Object.entries(isObject(document["dist-tags"]) ? document["dist-tags"] : {})
    .filter(([, tagged]) => tagged === version)
    .map(([tag]) => assertTag(tag, name));
  const readme = typeof document["readme"] === "string" ? document["readme"] : undefined;
  return { name, version, manifest, archive, integrity, tags, readme };
}

/**
 * @returns the tag
 * @throws LoaderError ERR_REQUEST_INVALID for what would be taken for a range
 */
export function assertTag(tag: string, name: string): string {
  if (/^[a-z][\w.-]{0,63}$/i.test(tag) && !/^v\d/i.test(tag) && !/^x(?:\.|$)/i.test(tag)) return tag;
  const message = `"${tag}" cannot be a tag: it would be taken for a version or a range`;
  throw new LoaderError("ERR_REQUEST_INVALID", message, { package: name });
}

function readAttachment(document: JsonObject, name: string): Uint8Array<ArrayBuffer> {
  const attachments = isObject(document["_attachments"]) ? Object.entries(document["_attachments"]) : [];
  const [first, ...others] = attachments;
  if (first === undefined || others.length > 0 || !first[0].endsWith(".tgz"))
    throw invalid("A publication has one archive attached, and nothing else", { package: name });
  const data = isObject(first[1]) ? first[1]["data"] : undefined;
  if (typeof data !== "string") throw invalid("The attached archive is not base64", { package: name });
  const bytes = fromBase64(data);
  if (bytes === undefined) throw invalid("The attached archive is not base64", { package: name });
  return bytes;
}

/** A client that met a conflict sends all versions again; the one that is meant is the one whose archive is attached. */
function readVersion(document: JsonObject, name: string, integrity: string) {
  const versions = isObject(document["versions"]) ? Object.entries(document["versions"]) : [];
  const [found] = versions.filter(
    ([, manifest]) => versions.length === 1 || distOf(manifest)["integrity"] === integrity,
  );
  const [version = "", manifest] = found ?? [];
  const actual = isObject(manifest) ? `${String(manifest["name"])}@${String(manifest["version"])}` : "nothing";
  if (isObject(manifest) && isExactVersion(version) && actual === `${name}@${version}` && document["name"] === name)
    return { version, manifest };
  const message = `What is published as "${name}" says that it is ${actual}`;
  throw invalid(message, { package: name, expected: `${name}@<version>`, actual });
}

async function checkDigests(
  manifest: JsonObject,
  archive: Uint8Array<ArrayBuffer>,
  integrity: string,
  details: ErrorDetails,
): Promise<void> {
  const shasum = await digestBytes("sha1", archive);
  const dist = distOf(manifest);
  const sha1 = formatIntegrity("sha1", shasum);
  const claims = [
    [dist["integrity"], integrity],
    [typeof dist["shasum"] === "string" ? integrityFromHex("sha1", dist["shasum"]) : undefined, sha1],
  ] as const;
  for (const [claimed, actual] of claims) {
    if (claimed === undefined || claimed === actual) continue;
    const message = `The archive of "${details.package}" is not the one that its metadata describes`;
    throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, { ...details, expected: JSON.stringify(claimed), actual });
  }
}

/** Whoever installs it reads the archive's package.json, not the one beside it. */
async function checkContents(
  archive: Uint8Array<ArrayBuffer>,
  { name, version }: { name: string; version: string },
  limits: Limits,
): Promise<void> {
  const expected = `${name}@${version}`;
  const { manifest } = await readArchive(archive, expected, limits);
  const actual = `${String(manifest["name"])}@${String(manifest["version"])}`;
  if (actual === expected) return;
  throw invalid(`The archive of "${expected}" holds "${actual}"`, { package: expected, expected, actual });
}

function distOf(manifest: unknown): JsonObject {
  return isObject(manifest) && isObject(manifest["dist"]) ? manifest["dist"] : {};
}

function invalid(message: string, details: ErrorDetails, cause?: unknown): LoaderError {
  return new LoaderError("ERR_PUBLISH_INVALID", message, details, cause);
}

import parse from "semver/functions/parse.js";
import { LoaderError } from "../../src/errors.ts";
import { assertCompiled } from "../../src/publish/assert-compiled.ts";
import { type PackageSignature, verifySignature } from "../../src/verify/signature.ts";
import { verifyBytes } from "../../src/verify/verify-bytes.ts";
import type { Edge } from "../edge.ts";
import { isExactVersion, readPackageName } from "../package-request.ts";
import { type ArchiveFacts, integrityOf, isObject, readArchive } from "./archive-manifest.ts";
import { compileArtifact } from "./compile-artifact.ts";
import { assertTag, type Publication } from "./publish-document.ts";

/** What is sent to be published: an archive, which says itself what it is. */
export interface Upload {
  readonly archive: Uint8Array<ArrayBuffer>;
  /** What the sender takes for its integrity, SRI; undefined where they do not say. */
  readonly integrity: string | undefined;
  /** Default `latest`; of `1.0.0-beta.1` it is `beta`. */
  readonly tag: string | undefined;
  readonly signature: PackageSignature | undefined;
}

/** An upload that says which package it is. */
export interface NamedUpload extends Upload {
  readonly name: string;
  readonly version: string;
  readonly facts: ArchiveFacts;
}

/**
 * Reads which version of which package an archive is.
 * @throws LoaderError ERR_PUBLISH_INVALID, ERR_INVALID_PACKAGE_NAME, ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
 */
export async function nameUpload(edge: Edge, upload: Upload): Promise<NamedUpload> {
  const facts = await readArchive(upload.archive, "what is published", edge.fetching.limits);
  const { name: claimed, version, private: isPrivate } = facts.manifest;
  if (typeof claimed !== "string") throw invalid("The package.json of what is published has no name");
  const name = readPackageName(claimed);
  if (typeof version !== "string" || !isExactVersion(version))
    throw invalid(`The package.json of "${name}" has no version, or not one like 1.2.3`, name);
  if (isPrivate === true) throw invalid(`The package.json of "${name}" says that it is private`, name);
  return { ...upload, name, version, facts };
}

/**
 * Checks and compiles what is to be published.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH, ERR_SIGNATURE_INVALID, ERR_PUBLISH_INVALID where it does not compile,
 * ERR_REQUEST_INVALID for a tag that cannot be one, ERR_INVALID_PACKAGE_CONFIG, ERR_SIZE_LIMIT
 */
export async function readUpload(edge: Edge, upload: NamedUpload): Promise<Publication> {
  const { archive, name, version, signature, facts } = upload;
  const id = `${name}@${version}`;
  const integrity = await integrityOf(archive);
  // Of another kind, or wrong: then this says what is.
  if (upload.integrity !== undefined && upload.integrity !== integrity)
    await verifyBytes(archive, upload.integrity, { package: id });
  if (signature !== undefined) await verifySignature({ name, version, integrity }, signature);
  const tags = [assertTag(upload.tag ?? usualTag(name, version), name)];
  assertDependencies(facts.manifest, name);
  const artifact = await compileArtifact(edge, id, archive);
  assertCompiled(artifact.bytes, id);
  const signed = signature === undefined ? {} : { signature };
  const { manifest, readme } = facts;
  return { name, version, manifest, archive, integrity, tags, readme, artifact, ...signed, isRepeatable: true };
}

/** A version before a release is not what those get who ask for none. */
function usualTag(name: string, version: string): string {
  const [word] = parse(version)?.prerelease ?? [];
  if (word === undefined) return "latest";
  if (typeof word === "string") return word;
  throw new LoaderError("ERR_REQUEST_INVALID", `"${version}" comes before a release, and needs a tag`, {
    package: name,
  });
}

/** What everybody who installs the package trips over. */
function assertDependencies(manifest: ArchiveFacts["manifest"], name: string): void {
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    const table = manifest[field] ?? {};
    if (!isObject(table)) throw invalid(`"${field}" of "${name}" is not an object`, name);
    for (const [dependency, range] of Object.entries(table)) {
      if (typeof range !== "string") throw invalid(`"${field}" of "${name}" has no range for "${dependency}"`, name);
      if (/^(?:file|link|workspace|portal):/.test(range))
        throw invalid(`"${name}" depends on "${dependency}" at "${range}", which nobody else has`, name);
    }
  }
}

function invalid(message: string, name?: string): LoaderError {
  return new LoaderError("ERR_PUBLISH_INVALID", message, name === undefined ? {} : { package: name });
}

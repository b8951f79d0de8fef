import { LoaderError } from "../../src/errors.ts";
import { fromBase64 } from "../../src/verify/base64.ts";
import { toHex } from "../../src/verify/digest.ts";
import { parseIntegrity } from "../../src/verify/integrity.ts";
import { verifyBytes } from "../../src/verify/verify-bytes.ts";
import type { RawManifest, RawPackument } from "../npm/packument-form.ts";
import { addVersion, type Publisher } from "./add-version.ts";
import { changeObject } from "./change-object.ts";
import type { Objects } from "./objects.ts";
import { type PackageSummary, parseSummary, summaryOf } from "./package-summary.ts";
import type { Publication } from "./publish-document.ts";

/** A package that was published here: npm's own document of it, all of it in one object. */
export interface OwnPackage extends RawPackument {
  readonly name: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, RawManifest>>;
  /** ISO dates: `created`, `modified`, and each version's. */
  readonly time: Readonly<Record<string, string>>;
  readonly readme?: string;
}

/** Packages that are published here. Every change is one conditional write of the package's document: it is seen whole, or not. */
export interface OwnPackages {
  /**
   * @returns its document and the ETag of that
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND
   */
  read(name: string): Promise<{ readonly document: OwnPackage; readonly etag: string }>;
  /** @throws LoaderError ERR_VERSION_NOT_FOUND, ERR_STORE_CORRUPT */
  archive(
    name: string,
    version: string,
  ): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly integrity: string }>;
  /**
   * The version is seen by everybody, whole, or by nobody. Where `publication.isRepeatable`, the same by the same user once more
   * changes nothing.
   * @throws LoaderError ERR_VERSION_EXISTS, ERR_SIGNING_KEY_CHANGED, ERR_PUBLISH_CONFLICT
   */
  publish(publication: Publication, publisher: Publisher): Promise<void>;
  /** @param reasons by version; an empty one takes the deprecation back. @throws LoaderError ERR_VERSION_NOT_FOUND */
  deprecate(name: string, reasons: Readonly<Record<string, string>>): Promise<void>;
  /** @param version undefined removes the tag. @throws LoaderError ERR_VERSION_NOT_FOUND, ERR_REQUEST_INVALID for `latest` */
  tag(name: string, tag: string, version: string | undefined): Promise<void>;
  /**
   * A yanked version is no longer chosen; who has locked it keeps it.
   * @param reason undefined takes it back
   * @throws LoaderError ERR_VERSION_NOT_FOUND
   */
  yank(name: string, version: string, reason: string | undefined): Promise<void>;
  list(): Promise<PackageSummary[]>;
}

const DOCUMENTS = "npm/packages/";
const ARCHIVES = "npm/archives/";
const ARTIFACTS = "npm/artifacts/";

/** @param now clock, milliseconds */
export function createOwnPackages(objects: Objects, now: () => number): OwnPackages {
  const read: OwnPackages["read"] = async (name) => {
    const stored = await objects.get(DOCUMENTS + name);
    if (stored === undefined) throw missing(name);
    return { document: JSON.parse(new TextDecoder().decode(stored.bytes)), etag: stored.etag };
  };
  const change = async (name: string, edit: (current: OwnPackage | undefined) => OwnPackage): Promise<void> => {
    await changeObject<OwnPackage>(objects, DOCUMENTS + name, (current) => {
      const edited = edit(current);
      if (edited === current) return undefined;
      const time = { ...edited.time, modified: new Date(now()).toISOString() };
      return { value: { ...edited, time }, summary: summaryOf({ ...edited, time }) };
    });
  };
  return {
    read,
    async archive(name, version) {
      const { document } = await read(name);
      return readArchive(objects, document, version);
    },
    async publish(publication, publisher) {
      // Under their digest and named by nothing yet: whoever fails from here on has changed nothing that is seen.
      const { integrity, archive, artifact } = publication;
      await objects.put(archiveKey(integrity), archive);
      if (artifact !== undefined)
        await objects.put(artifactPath(integrity, `${artifact.compiler}.rbin`), artifact.bytes, { over: "nothing" });
      const date = new Date(now()).toISOString();
      await change(publication.name, (current) => addVersion(current, publication, { ...publisher, date }));
    },
    deprecate: (name, reasons) => change(name, (current) => withDeprecations(existing(current, name), reasons)),
    tag: (name, tag, version) => change(name, (current) => withTag(existing(current, name), tag, version)),
    yank: (name, version, reason) => change(name, (current) => withYank(existing(current, name), version, reason)),
    async list() {
      const found = await objects.list(DOCUMENTS);
      return found.map(({ key, summary }) => parseSummary(key.slice(DOCUMENTS.length), summary));
    },
  };
}

async function readArchive(objects: Objects, { name, versions }: OwnPackage, version: string) {
  const id = `${name}@${version}`;
  const integrity = Object.hasOwn(versions, version) ? integrityOf(versions[version]) : undefined;
  if (integrity === undefined) throw noSuchVersion(name, version);
  const stored = await objects.get(archiveKey(integrity));
  if (stored === undefined)
    throw new LoaderError("ERR_STORE_CORRUPT", `The archive of "${id}" is not there any more`, { package: id });
  await verifyBytes(stored.bytes, integrity, { package: id });
  return { bytes: stored.bytes, integrity };
}

function withDeprecations(current: OwnPackage, reasons: Readonly<Record<string, string>>): OwnPackage {
  const versions = { ...current.versions };
  for (const [version, reason] of Object.entries(reasons)) {
    const { deprecated: _, ...manifest } = Object.hasOwn(versions, version) ? (versions[version] ?? {}) : {};
    if (manifest["name"] === undefined) throw noSuchVersion(current.name, version);
    versions[version] = reason === "" ? manifest : { ...manifest, deprecated: reason };
  }
  return { ...current, versions };
}

function withYank(current: OwnPackage, version: string, reason: string | undefined): OwnPackage {
  const manifest = Object.hasOwn(current.versions, version) ? current.versions[version] : undefined;
  if (manifest === undefined) throw noSuchVersion(current.name, version);
  const { yanked: _, ...others } = manifest;
  const changed = reason === undefined ? others : { ...others, yanked: reason };
  return { ...current, versions: { ...current.versions, [version]: changed } };
}

function withTag(current: OwnPackage, tag: string, version: string | undefined): OwnPackage {
  const { [tag]: _, ...others } = current["dist-tags"];
  if (version === undefined) {
    if (tag !== "latest") return { ...current, "dist-tags": others };
    const message = `"${current.name}" cannot do without the tag latest`;
    throw new LoaderError("ERR_REQUEST_INVALID", message, { package: current.name });
  }
  if (!Object.hasOwn(current.versions, version)) throw noSuchVersion(current.name, version);
  return { ...current, "dist-tags": { ...others, [tag]: version } };
}

function archiveKey(integrity: string): string {
  return `${ARCHIVES}${digestOf(integrity)}.tgz`;
}

/** Where something is kept that was made of the archive with that integrity. */
export function artifactPath(integrity: string, file: string): string {
  return `${ARTIFACTS}${digestOf(integrity)}/${file}`;
}

function digestOf(integrity: string): string {
  const { digest } = parseIntegrity(integrity, {});
  return toHex(fromBase64(digest) ?? new Uint8Array());
}

/** Of a version's archive, SRI. */
export function integrityOf(manifest: RawManifest | undefined): string | undefined {
  const dist: Readonly<Record<string, unknown>> = { ...(manifest?.["dist"] as object | undefined) };
  return typeof dist["integrity"] === "string" ? dist["integrity"] : undefined;
}

function existing(current: OwnPackage | undefined, name: string): OwnPackage {
  if (current === undefined) throw missing(name);
  return current;
}

function missing(name: string): LoaderError {
  return new LoaderError("ERR_PACKAGE_NOT_FOUND", `Nobody has published "${name}" here`, { package: name });
}

function noSuchVersion(name: string, version: string): LoaderError {
  return new LoaderError("ERR_VERSION_NOT_FOUND", `"${name}" has no version ${version}`, { package: name });
}

import { type ErrorDetails, LoaderError } from "../src/errors.ts";
import type { Source } from "../src/events.ts";
import { createRegistry, type Packument, reducePackument, type VersionManifest } from "../src/fetch/registry.ts";
import type { NewObject, StoredObject } from "../src/store/content-store.ts";
import { verifyBytes } from "../src/verify/verify-bytes.ts";
import { createConditionalFetch } from "./conditional-fetch.ts";
import { createShare, type Edge } from "./edge.ts";
import { encodeText } from "./encode-text.ts";
import { type Copy, type CopyRequest, loadCopy, readCopy, type StoredCopy } from "./load-copy.ts";

/** A verified archive. */
export interface ArchiveCopy {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, 64 hex digits. */
  readonly digest: string;
  /** SHA-512 integrity. */
  readonly integrity: string;
  readonly source: Source;
}

/** Packuments and archives from the store or the registry. */
export interface Packages {
  /**
   * The reduced packument, as JSON.
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID, ERR_FETCH_*, ERR_EDGE_CONFIGURATION
   */
  packument(name: string): Promise<Copy>;
  /**
   * @throws LoaderError as `packument`; ERR_VERSION_NOT_FOUND, ERR_INTEGRITY_MISMATCH, ERR_INTEGRITY_REQUIRED,
   * ERR_SIZE_LIMIT; ERR_STORE_CORRUPT when the stored archive was damaged and a good one could not be had
   */
  archive(name: string, version: string): Promise<ArchiveCopy>;
}

/** Changes whenever `reducePackument` keeps something else: what is stored is its result. */
const PACKUMENT_FORMAT = 2;

export function createPackages(edge: Edge): Packages {
  const sharePackument = createShare<Copy>(edge.ports);
  const shareArchive = createShare<ArchiveCopy>(edge.ports);
  const packument = (name: string): Promise<Copy> => sharePackument(name, () => loadPackument(edge, name));
  return {
    packument,
    archive: (name, version) =>
      shareArchive(`${name}@${version}`, () =>
        loadArchive(edge, `${name}@${version}`, async () =>
          fetchArchive(edge, await findManifest(edge, name, version, packument)),
        ),
      ),
  };
}

/** Where a packument is stored, and how it is told from another package's. */
function storedPackument(name: string): Pick<CopyRequest, "key" | "details" | "check"> {
  const details: ErrorDetails = { package: name };
  const start = `{"name":${JSON.stringify(name)},`;
  const check = ({ bytes }: StoredObject): void => {
    const actual = new TextDecoder().decode(bytes.subarray(0, start.length));
    if (actual === start) return;
    const message = `it does not start as the packument of "${name}"`;
    throw new LoaderError("ERR_PACKUMENT_INVALID", message, { ...details, expected: start, actual });
  };
  return { key: `packument-${PACKUMENT_FORMAT}:${name}`, details, check };
}

function loadPackument(edge: Edge, name: string): Promise<Copy> {
  return loadCopy(edge, {
    ...storedPackument(name),
    subject: name,
    ownBytes: true,
    fetch: (stored) => fetchPackument(edge, name, stored),
  });
}

async function fetchPackument(edge: Edge, name: string, stored: StoredCopy | undefined) {
  const conditional = createConditionalFetch(edge.fetching, stored);
  const { packument, source, headers } = await createRegistry(conditional.context, registryBase(edge)).packument(name);
  if (conditional.notModified()) return undefined;
  const etag = headers.get("etag");
  return {
    bytes: encodeText(JSON.stringify(packument)),
    metadata: etag === null ? {} : { etag },
    source,
  };
}

/** One version's manifest. What a version is never changes, so a stored packument that has it does, however old. */
async function findManifest(
  edge: Edge,
  name: string,
  version: string,
  load: (name: string) => Promise<Copy>,
): Promise<VersionManifest> {
  const { stored } = await readCopy(edge, storedPackument(name));
  const known = stored && manifestIn(stored.bytes, name, version);
  if (known !== undefined) return known;
  const current = manifestIn((await load(name)).bytes, name, version);
  if (current !== undefined) return current;
  const message = `"${name}" has no version ${version}`;
  throw new LoaderError("ERR_VERSION_NOT_FOUND", message, { package: name, specifier: `${name}@${version}` });
}

function manifestIn(bytes: Uint8Array<ArrayBuffer>, name: string, version: string): VersionManifest | undefined {
  const { versions }: Packument = reducePackument(JSON.parse(new TextDecoder().decode(bytes)), name);
  return Object.hasOwn(versions, version) ? versions[version] : undefined;
}

type FetchedArchive = Pick<ArchiveCopy, "bytes" | "integrity" | "source">;

async function fetchArchive(edge: Edge, { name, version, dist }: VersionManifest): Promise<FetchedArchive> {
  const id = `${name}@${version}`;
  const { integrity } = dist;
  if (integrity === undefined) {
    throw new LoaderError("ERR_INTEGRITY_REQUIRED", `The registry has no integrity for "${id}"`, { package: id });
  }
  const tarball = dist.tarball === undefined ? {} : { tarball: dist.tarball };
  return createRegistry(edge.fetching, registryBase(edge)).archive({ name, version, integrity, ...tarball });
}

async function loadArchive(edge: Edge, id: string, fetch: () => Promise<FetchedArchive>): Promise<ArchiveCopy> {
  let source: Source = edge.ports.source;
  const produce = async (): Promise<NewObject> => {
    const archive = await fetch();
    source = archive.source;
    return { bytes: archive.bytes, metadata: { package: id, integrity: archive.integrity } };
  };
  const check = ({ bytes, record }: StoredObject): Promise<void> => assertArchive(bytes, record.metadata, id);
  const { bytes, record } = await edge.store.load(`archive:${id}`, { package: id }, produce, { check });
  return { bytes, digest: record.digest, integrity: integrityOf(record.metadata), source };
}

/** A record that leads to another archive would be believed for a year by every cache after this one. */
async function assertArchive(bytes: Uint8Array<ArrayBuffer>, metadata: unknown, id: string): Promise<void> {
  const owner = typeof metadata === "object" && metadata !== null && "package" in metadata ? metadata.package : "";
  if (owner === id) return verifyBytes(bytes, integrityOf(metadata), { package: id });
  const message = `it is the archive of "${String(owner)}"`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, { package: id, expected: id, actual: String(owner) });
}

function integrityOf(metadata: unknown): string {
  if (typeof metadata === "object" && metadata !== null && "integrity" in metadata) return String(metadata.integrity);
  return "";
}

/** @throws LoaderError ERR_EDGE_CONFIGURATION */
function registryBase(edge: Edge): string {
  const { registry } = edge.ports;
  if (URL.canParse(registry)) return registry;
  const message = registry === "" ? "No upstream registry is set" : `The upstream registry "${registry}" is not a URL`;
  throw new LoaderError("ERR_EDGE_CONFIGURATION", message, {
    hint: "set UPSTREAM_REGISTRY to the base URL of an npm registry",
  });
}

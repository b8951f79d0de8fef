import { type ErrorDetails, isLoaderError, LoaderError } from "../src/errors.ts";
import type { Source } from "../src/events.ts";
import { createRegistry, reducePackument, type VersionManifest } from "../src/fetch/registry.ts";
import type { NewObject, StoredObject } from "../src/store/content-store.ts";
import { verifyBytes } from "../src/verify/verify-bytes.ts";
import type { Edge, EdgePorts } from "./edge.ts";
import { encodeText } from "./encode-text.ts";
import {
  type Copy,
  type CopyRequest,
  FRESH_FOR,
  freshCopy,
  loadCopy,
  ofStored,
  readCopy,
  type StoredCopy,
} from "./load-copy.ts";
import { type PackumentForm, type RawPackument, readManifest, toForm, upstreamArchive } from "./npm/packument-form.ts";
import type { Made } from "./recall.ts";
import { createShare } from "./share.ts";

/** A verified archive. */
export interface ArchiveCopy {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, 64 hex digits. */
  readonly digest: string;
  /** SHA-512 integrity. */
  readonly integrity: string;
  readonly source: Source;
}

/** A packument in one of its forms. */
export interface PackumentCopy extends Copy {
  readonly form: PackumentForm;
}

/** Packuments and archives from the store or the registry. */
export interface Packages {
  /**
   * The packument as JSON, with a placeholder where archives are (`withAddress`).
   * @param form default `abbreviated`; it is also what comes in place of `full` when the upstream is down and only it is stored
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID, ERR_FETCH_*, ERR_EDGE_CONFIGURATION, ERR_FORBIDDEN for
   * a private package
   */
  packument(name: string, form?: PackumentForm): Promise<PackumentCopy>;
  /**
   * @throws LoaderError as `packument`; ERR_VERSION_NOT_FOUND, ERR_INTEGRITY_MISMATCH, ERR_INTEGRITY_REQUIRED,
   * ERR_SIZE_LIMIT; ERR_STORE_CORRUPT when the stored archive was damaged and a good one could not be had
   */
  archive(name: string, version: string): Promise<ArchiveCopy>;
}

/** Changes whenever `toForm` keeps something else: what is stored is its result. */
const PACKUMENT_FORMAT = 3;

export function createPackages(edge: Edge): Packages {
  const sharePackument = createShare<PackumentCopy>(edge.ports);
  const packument = async (name: string, form: PackumentForm = "abbreviated"): Promise<PackumentCopy> => {
    assertPublic(edge, name);
    const fresh = freshCopy(edge, packumentKey(name, form));
    if (fresh !== undefined) return { ...fresh, form };
    return sharePackument(`${form} ${name}`, () => loadPackument(edge, name, form));
  };
  return {
    packument,
    async archive(name, version) {
      assertPublic(edge, name);
      const id = `${name}@${version}`;
      return edge.recall(archiveKey(id), () => {
        assertNotMissing(edge, name, version);
        return loadArchive(edge, id, async () =>
          fetchArchive(edge, await findManifest(edge, name, version, packument)),
        );
      });
    },
  };
}

/** Whether a package is one of this edge's own, and never the upstream's. */
export function isPrivate({ privateScopes = [] }: Pick<EdgePorts, "privateScopes">, name: string): boolean {
  // Scopes are in small letters; nobody gets past with others.
  return privateScopes.some((scope) => name.toLowerCase().startsWith(`${scope}/`));
}

/** Keys of what is stored of a package: its packuments, or with `version` its archive. */
export function packageKeys(name: string, version?: string): string[] {
  if (version !== undefined) return [archiveKey(`${name}@${version}`)];
  return [packumentKey(name, "abbreviated"), packumentKey(name, "full")];
}

const archiveKey = (id: string): string => `archive:${id}`;
const packumentKey = (name: string, form: PackumentForm): string =>
  `packument-${form === "full" ? "full-" : ""}${PACKUMENT_FORMAT}:${name}`;

function assertPublic({ ports }: Edge, name: string): void {
  if (!isPrivate(ports, name)) return;
  throw new LoaderError("ERR_FORBIDDEN", `"${name}" is a private package, which is only to be had at /npm/`, {
    package: name,
  });
}

/** Where a packument is stored, and how it is told from another package's. */
function storedPackument(name: string, form: PackumentForm): Pick<CopyRequest, "key" | "details" | "check"> {
  const details: ErrorDetails = { package: name };
  const start = `{"name":${JSON.stringify(name)},`;
  const check = ({ bytes }: StoredObject): void => {
    const actual = new TextDecoder().decode(bytes.subarray(0, start.length));
    if (actual === start) return;
    const message = `it does not start as the packument of "${name}"`;
    throw new LoaderError("ERR_PACKUMENT_INVALID", message, { ...details, expected: start, actual });
  };
  return { key: packumentKey(name, form), details, check };
}

async function loadPackument(edge: Edge, name: string, form: PackumentForm): Promise<PackumentCopy> {
  try {
    const copy = await loadCopy(edge, {
      ...storedPackument(name, form),
      subject: name,
      ownBytes: true,
      fetch: (stored) => fetchPackument(edge, name, form, stored),
    });
    return { ...copy, form };
  } catch (error) {
    if (form === "abbreviated" || !isLoaderError(error) || !error.retryable) throw error;
    // While the upstream is down, the abbreviated form is better than nothing: everything can be installed with it.
    const { stored } = await readCopy(edge, storedPackument(name, "abbreviated"));
    if (stored === undefined) throw error;
    return { ...ofStored(edge, stored, true), form: "abbreviated" };
  }
}

/** Hardly anybody waits longer than that before they use a version; milliseconds. */
const DATED_FOR = 30 * 24 * 60 * 60 * 1000;

async function fetchPackument(edge: Edge, name: string, form: PackumentForm, stored: StoredCopy | undefined) {
  const { etag } = stored?.metadata ?? {};
  const { json, source, headers } = await createRegistry(edge.fetching, registryBase(edge)).metadata({
    name,
    whole: form === "full",
    ...(etag === undefined ? {} : { validators: { "if-none-match": etag } }),
    // With a copy in hand there is one attempt only, for it can be served instead.
    ...(stored === undefined ? {} : { attempts: 1 }),
  });
  if (json === undefined) return undefined;
  const newEtag = headers.get("etag");
  const checked = reducePackument(json, name);
  return {
    bytes: encodeText(JSON.stringify(toForm(json as RawPackument, checked, form, edge.ports.now() - DATED_FOR))),
    metadata: newEtag === null ? {} : { etag: newEtag },
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
  for (const form of ["abbreviated", "full"] as const) {
    const { stored } = await readCopy(edge, storedPackument(name, form));
    const known = stored && manifestIn(stored.bytes, name, version);
    if (known !== undefined) return known;
  }
  const current = manifestIn((await load(name)).bytes, name, version);
  if (current !== undefined) return current;
  const missing: MissingVersion = { until: edge.ports.now() + FRESH_FOR };
  edge.memory.set(missingKey(name, version), missing, MISSING_SIZE);
  throw noSuchVersion(name, version);
}

/** A version that was not there a moment ago: to find out takes the whole packument each time. */
interface MissingVersion {
  readonly until: number;
}

/** Bytes, about. */
const MISSING_SIZE = 256;
const missingKey = (name: string, version: string): string => `missing:${name}@${version}`;

function assertNotMissing(edge: Edge, name: string, version: string): void {
  const missing = edge.memory.get(missingKey(name, version)) as MissingVersion | undefined;
  if (missing !== undefined && missing.until > edge.ports.now()) throw noSuchVersion(name, version);
}

function noSuchVersion(name: string, version: string): LoaderError {
  const message = `"${name}" has no version ${version}`;
  return new LoaderError("ERR_VERSION_NOT_FOUND", message, { package: name, specifier: `${name}@${version}` });
}

/** The manifest, with its archive where the upstream has it. */
function manifestIn(bytes: Uint8Array<ArrayBuffer>, name: string, version: string): VersionManifest | undefined {
  const raw = readManifest(bytes, version);
  if (raw === undefined) return undefined;
  const manifest = reducePackument({ name, versions: { [version]: raw } }, name).versions[version];
  const tarball = upstreamArchive(raw);
  return manifest && { ...manifest, dist: { ...manifest.dist, ...(tarball === undefined ? {} : { tarball }) } };
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

async function loadArchive(edge: Edge, id: string, fetch: () => Promise<FetchedArchive>): Promise<Made<ArchiveCopy>> {
  let source: Source = edge.ports.source;
  const produce = async (): Promise<NewObject> => {
    const archive = await fetch();
    source = archive.source;
    return { bytes: archive.bytes, metadata: { package: id, integrity: archive.integrity } };
  };
  const check = ({ bytes, record }: StoredObject): Promise<void> => assertArchive(bytes, record.metadata, id);
  const { bytes, record } = await edge.store.load(archiveKey(id), { package: id }, produce, { check });
  const copy = { bytes, digest: record.digest, integrity: integrityOf(record.metadata), source };
  return { value: copy, size: bytes.length, kept: { ...copy, source: edge.ports.source } };
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

/** Base URL of the upstream registry. @throws LoaderError ERR_EDGE_CONFIGURATION */
export function registryBase(edge: Edge): string {
  const { registry } = edge.ports;
  if (URL.canParse(registry)) return registry;
  const message = registry === "" ? "No upstream registry is set" : `The upstream registry "${registry}" is not a URL`;
  throw new LoaderError("ERR_EDGE_CONFIGURATION", message, {
    hint: "set UPSTREAM_REGISTRY to the base URL of an npm registry",
  });
}

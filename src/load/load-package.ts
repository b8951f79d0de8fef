import { compileArchive, compileArchiveWithMaps } from "../artifact/compile-archive.ts";
import type { RbinHeader } from "../artifact/rbin-format.ts";
import { PackageArtifact, type RbinParts, splitRbin, verifyPart } from "../artifact/package-artifact.ts";
import { PackageMaps } from "../artifact/package-maps.ts";
import { extractTypes, type PackageTypes, readTypes } from "../artifact/package-types.ts";
import { Rbin, RbinIndex } from "../artifact/read-rbin.ts";
import { COMPILER_ID } from "../compile/compile-objects.ts";
import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Emit, Source } from "../events.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import type { Registry } from "../fetch/registry.ts";
import type { Limits } from "../limits.ts";
import { type LockedPackage, packageId } from "../lock/lock.ts";
import type { ContentStore, NewObject, StoredObject } from "../store/content-store.ts";
import { printSource } from "../lock/lock-source.ts";
import { sha256Hex } from "../verify/digest.ts";
import { parseIntegrity } from "../verify/integrity.ts";
import { notCachedError, OFFLINE_HINT } from "./offline-errors.ts";

/** An artifact and where it came from. */
export interface LoadedArtifact {
  readonly artifact: PackageArtifact;
  readonly name: string;
  readonly version: string;
  readonly source: Source;
  /** The registry's integrity of the archive, SRI. */
  readonly integrity: string;
  /** Stores the modules that have been reached since it was loaded, so that the next load reads those and no others. */
  keepReached(): Promise<void>;
  /** The package's own source maps, which are made with the artifact where `withMaps` is set. */
  maps(): Promise<PackageMaps>;
  /** The package's type definitions: made of the archive, and stored, when they are first asked for. */
  types(): Promise<PackageTypes>;
}

/** What loading packages needs. */
export interface PackageSourceContext {
  readonly registry: Registry;
  readonly store: ContentStore;
  readonly limits: Limits;
  readonly parallel: ParallelLimit;
  readonly emit: Emit;
  now(): number;
}

/** One load's settings. */
export interface PackageLoadOptions {
  readonly referrer: string;
  /** Never use the network. */
  readonly storedOnly: boolean;
  /** Whether source maps will be asked for. */
  readonly withMaps: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What `readReached` has given, or is about to. */
  readonly reached: Promise<Rbin | undefined>;
}

/** A locked package as it is asked for. */
type LockedArchive = LockedPackage & { readonly integrity: string };

/** `name@version`: instances that differ in their peers are made of one archive. */
function archiveKey({ name, version }: LockedPackage): string {
  return packageId({ name, version });
}

/** @throws LoaderError ERR_SOURCE_UNSUPPORTED, ERR_INTEGRITY_REQUIRED */
function assertLoadable(locked: LockedPackage, details: ErrorDetails): asserts locked is LockedArchive {
  const key = archiveKey(locked);
  if (locked.source.kind !== "registry") {
    const message = `"${key}" comes from "${printSource(locked.source)}", which is no registry, and cannot be loaded`;
    throw new LoaderError("ERR_SOURCE_UNSUPPORTED", message, details);
  }
  if (locked.integrity !== undefined) return;
  throw new LoaderError("ERR_INTEGRITY_REQUIRED", `The lockfile has no integrity for "${key}"`, {
    ...details,
    hint: "nothing unverified runs; take the package out of the lockfile to have its integrity looked up",
  });
}

/** Where the parts of a package's artifact are stored. */
function storeKeys(key: string, integrity: string) {
  const name = `${COMPILER_ID}:${key}:${integrity}`;
  return {
    index: `artifact:${name}`,
    modules: `modules:${name}`,
    rest: `files:${name}`,
    reached: `reached:${name}`,
    maps: `maps:${name}`,
    types: `types:${name}`,
  };
}

/**
 * Gives a package's artifact: from the store, else archive → verify → unpack → compile → store. The store's keys name the
 * package, its archive's integrity and the compiler; what is found under them has to say the same of itself.
 * @throws LoaderError of the stages fetch, verify, compile and store; ERR_NOT_CACHED
 */
export async function loadPackage(
  locked: LockedPackage,
  context: PackageSourceContext,
  options: PackageLoadOptions,
): Promise<LoadedArtifact> {
  const { referrer, storedOnly, withMaps, signal, reached } = options;
  const { store } = context;
  const key = archiveKey(locked);
  const details: ErrorDetails = { package: key, ...(referrer === "" ? {} : { referrer }) };
  assertLoadable(locked, details);
  const keys = storeKeys(key, locked.integrity);
  let source: Source = "browser";
  const make = async (shared: AbortSignal, mapped = withMaps): Promise<RbinParts & Pick<MadeArtifact, "maps">> => {
    if (storedOnly) throw notCachedError(key, details);
    const made = await makeArtifact(locked, key, context, { referrer, signal: shared, withMaps: mapped, details });
    source = made.source;
    return { ...splitRbin(made.artifact, new Rbin(made.artifact, key)), maps: made.maps };
  };
  const made: { modules?: RbinParts["modules"]; maps?: MadeArtifact["maps"] } = {};
  const produceIndex = async (shared: AbortSignal): Promise<NewObject> => {
    const parts = await make(shared);
    Object.assign(made, { modules: parts.modules, maps: parts.maps });
    await store.keep(keys.modules, details, { bytes: parts.modules });
    await store.keep(keys.rest, details, { bytes: parts.rest });
    if (parts.maps !== undefined) await store.keep(keys.maps, details, { bytes: parts.maps });
    return { bytes: parts.index };
  };
  const readPart = async (part: "modules" | "rest"): Promise<Uint8Array<ArrayBuffer>> => {
    const produce = async (shared: AbortSignal): Promise<NewObject> => ({ bytes: (await make(shared))[part] });
    const check = ({ bytes }: StoredObject): void => verifyPart(artifact.index, part, bytes);
    return (await store.load(keys[part], details, produce, { check, signal, alone: storedOnly })).bytes;
  };
  let checked: RbinIndex | undefined;
  const check = ({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): void => {
    const found = new RbinIndex(bytes, key);
    assertOrigin(found, locked, key);
    checked = found;
  };
  const [{ bytes }, reachedBefore] = await Promise.all([
    store.load(keys.index, details, produceIndex, { check, signal, alone: storedOnly }),
    reached,
  ]);
  const readers = { modules: async () => made.modules ?? readPart("modules"), rest: () => readPart("rest") };
  const artifact = new PackageArtifact(checked ?? new RbinIndex(bytes, key), readers, reachedBefore);
  assertChecksum(artifact.index.header, locked, details);
  const keepReached = async (): Promise<void> => {
    const all = artifact.reached();
    if (all !== undefined) await store.keep(keys.reached, details, { bytes: all });
  };
  const maps = async (): Promise<PackageMaps> => {
    if (made.maps !== undefined) return new PackageMaps(made.maps, key);
    const produce = async (shared: AbortSignal): Promise<NewObject> => ({
      bytes: (await make(shared, true)).maps ?? new Uint8Array(),
    });
    const checkMaps = ({ bytes: stored }: StoredObject): void => void new PackageMaps(stored, key);
    const found = await store.load(keys.maps, details, produce, { check: checkMaps, signal, alone: storedOnly });
    return new PackageMaps(found.bytes, key);
  };
  const types = async (): Promise<PackageTypes> => {
    const produce = async (shared: AbortSignal): Promise<NewObject> => {
      if (storedOnly) throw notCachedError(key, details);
      const archive = await fetchVerified(locked, key, context, { referrer, signal: shared, details });
      return { bytes: await extractTypes(archive.bytes, key, context.limits) };
    };
    const checkTypes = ({ bytes: stored }: StoredObject): void => void readTypes(stored, key);
    const found = await store.load(keys.types, details, produce, { check: checkTypes, signal, alone: storedOnly });
    return readTypes(found.bytes, key);
  };
  const { name, version, integrity } = locked;
  return { artifact, name, version, source, integrity, keepReached, maps, types };
}

/** The modules of a package that earlier loads have reached; undefined where none is stored. */
export async function readReached(
  locked: LockedPackage,
  { store }: Pick<PackageSourceContext, "store">,
): Promise<Rbin | undefined> {
  const key = archiveKey(locked);
  let found: Rbin | undefined;
  if (locked.integrity === undefined) return undefined;
  try {
    await store.read(storeKeys(key, locked.integrity).reached, { package: key }, ({ bytes }) => {
      const reached = new Rbin(bytes, key);
      assertOrigin(reached.index, locked, key);
      found = reached;
    });
  } catch (error) {
    // The store has thrown it away; what was in it is read again where it came from.
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    return undefined;
  }
  return found;
}

/** How an artifact is made; the signal is that of all who wait for it. */
interface MakeOptions extends FetchOptions {
  readonly withMaps: boolean;
}

interface FetchOptions {
  readonly referrer: string;
  readonly signal: AbortSignal;
  readonly details: ErrorDetails;
}

interface MadeArtifact {
  readonly artifact: Uint8Array<ArrayBuffer>;
  /** A `PackageMaps`, where they were asked for. */
  readonly maps: Uint8Array<ArrayBuffer> | undefined;
  readonly source: Source;
}

async function makeArtifact(
  locked: LockedArchive,
  key: string,
  context: PackageSourceContext,
  options: MakeOptions,
): Promise<MadeArtifact> {
  const { emit, limits } = context;
  const { bytes, source } = await fetchVerified(locked, key, context, options);
  const start = context.now();
  emit({ stage: "compile", kind: "start", subject: key });
  const { artifact, maps } = options.withMaps
    ? await compileArchiveWithMaps(bytes, key, limits)
    : { artifact: await compileArchive(bytes, key, limits), maps: undefined };
  emit({ stage: "compile", kind: "done", subject: key, bytes: artifact.length, ms: context.now() - start });
  return { artifact, maps, source };
}

/** The archive, which is that of the lockfile. */
async function fetchVerified(locked: LockedArchive, key: string, context: PackageSourceContext, options: FetchOptions) {
  const archive = await context.parallel(() => fetchArchive(locked, context, options));
  const archiveSha256 = await sha256Hex(archive.bytes);
  assertChecksum({ archiveSha256, archiveSize: archive.bytes.length }, locked, options.details);
  context.emit({ stage: "verify", kind: "done", subject: key, bytes: archive.bytes.length });
  return archive;
}

async function fetchArchive(
  locked: LockedArchive,
  { registry }: PackageSourceContext,
  { referrer, signal, details }: FetchOptions,
) {
  const { name, version, integrity, resolved } = locked;
  // A path of the lockfile is one below the registry, wherever that is.
  const tarball = resolved?.replace(/^\//, "");
  try {
    return await registry.archive({ name, version, integrity, tarball, signal, referrer });
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_FETCH_FAILED") throw error;
    const message = `"${archiveKey(locked)}" is not stored here and the registry cannot be reached`;
    throw new LoaderError(error.code, message, { ...error.details, ...details, hint: OFFLINE_HINT }, error);
  }
}

/** What a key leads to must have been made of what the key says, whatever the index claims. */
function assertOrigin({ header }: RbinIndex, locked: LockedPackage, key: string): void {
  const { algorithm, digest } = parseIntegrity(locked.integrity ?? "", { package: key });
  const isArchive =
    header.integrity.split(" ").includes(`${algorithm}-${digest}`) ||
    locked.checksum === `sha256:${header.archiveSha256}`;
  if (isArchive && header.package === key && header.compiler === COMPILER_ID) return;
  const expected = `${key} ${locked.integrity} ${COMPILER_ID}`;
  const actual = `${header.package} ${header.integrity} ${header.compiler}`;
  const message = `it is the artifact of "${header.package}"`;
  throw new LoaderError("ERR_ARTIFACT_INVALID", message, { package: key, expected, actual });
}

/** The lockfile's checksum is the stronger of the two where the registry knows an archive by its SHA-1 only. */
function assertChecksum(
  { archiveSha256, archiveSize }: Pick<RbinHeader, "archiveSha256" | "archiveSize">,
  locked: LockedPackage,
  details: ErrorDetails,
): void {
  const { checksum } = locked;
  if (checksum === undefined || checksum === `sha256:${archiveSha256}`) return;
  const message = `"${archiveKey(locked)}" is not the archive that the lockfile pins`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, {
    ...details,
    expected: checksum,
    actual: `sha256:${archiveSha256}`,
    size: archiveSize,
    hint: "if the lockfile is right, the registry or the store holds another archive; if the registry is right, clear the lockfile",
  });
}

import { PackageArtifact, type RbinPart, type RbinParts, splitRbin, verifyPart } from "../artifact/package-artifact.ts";
import { PackageMaps } from "../artifact/package-maps.ts";
import { extractTypes, type PackageTypes, readTypes } from "../artifact/package-types.ts";
import { Rbin, type RbinFile, RbinIndex } from "../artifact/read-rbin.ts";
import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import type { LockedPackage } from "../lock/lock.ts";
import type { NewObject, StoredObject } from "../store/content-store.ts";
import { printSource } from "../lock/lock-source.ts";
import { archiveKey, assertChecksum, assertOrigin } from "./artifact-origin.ts";
import { type Arrivals, PackageArrivals } from "./graph/package-arrivals.ts";
import {
  fetchVerified,
  type LockedArchive,
  type MadeArtifact,
  makeArtifact,
  type PackageSourceContext,
} from "./make-artifact.ts";
import { notCachedError } from "./offline-errors.ts";
import { storeKeys } from "./store-keys.ts";

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
  /** Where packages come from without their archives. Default: from nowhere. */
  readonly arrivals?: Arrivals | undefined;
}

/** @throws LoaderError ERR_SOURCE_UNSUPPORTED, ERR_INTEGRITY_REQUIRED */
function assertLoadable(locked: LockedPackage, details: ErrorDetails): asserts locked is LockedArchive {
  const key = archiveKey(locked);
  if (!["registry", "url", "git"].includes(locked.source.kind)) {
    const message = `"${key}" comes from "${printSource(locked.source)}" and cannot be loaded from there`;
    throw new LoaderError("ERR_SOURCE_UNSUPPORTED", message, details);
  }
  if (locked.integrity !== undefined) return;
  throw new LoaderError("ERR_INTEGRITY_REQUIRED", `The lockfile has no integrity for "${key}"`, {
    ...details,
    hint: "nothing unverified runs; take the package out of the lockfile to have its integrity looked up",
  });
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
  const { emit } = context;
  const arrivals = new PackageArrivals(locked, options.arrivals, { store, emit, keys, details });
  let source: Source = "browser";
  const make = async (shared: AbortSignal, mapped = withMaps): Promise<RbinParts & Pick<MadeArtifact, "maps">> => {
    if (storedOnly) throw notCachedError(key, details);
    const made = await makeArtifact(locked, key, context, { referrer, signal: shared, withMaps: mapped, details });
    source = made.source;
    return { ...splitRbin(made.artifact, new Rbin(made.artifact, key)), maps: made.maps };
  };
  const made: { modules?: RbinParts["modules"]; maps?: MadeArtifact["maps"] } = {};
  const produceIndex = async (shared: AbortSignal): Promise<NewObject> => {
    const arrived = await arrivals.index();
    if (arrived !== undefined) {
      source = arrived.source;
      return { bytes: arrived.bytes };
    }
    const parts = await make(shared);
    Object.assign(made, { modules: parts.modules, maps: parts.maps });
    const { modules, rest, maps: mapped } = parts;
    // The index comes last: where it is, the rest is.
    await Promise.all([
      store.keep(keys.modules, details, { bytes: modules }),
      store.keep(keys.rest, details, { bytes: rest }),
      mapped && store.keep(keys.maps, details, { bytes: mapped }),
    ]);
    return { bytes: parts.index };
  };
  const readPart = async (part: RbinPart): Promise<Uint8Array<ArrayBuffer>> => {
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
  const [{ bytes, record }, reachedBefore] = await Promise.all([
    store.load(keys.index, details, produceIndex, { check, signal, alone: storedOnly }),
    reached,
  ]);
  const readers = {
    modules: async () => made.modules ?? (await arrivals.part(artifact.index, "modules")) ?? readPart("modules"),
    rest: async () => (await arrivals.part(artifact.index, "rest")) ?? readPart("rest"),
    file: async (file: RbinFile) =>
      made.modules === undefined ? arrivals.file(artifact.index, record.digest, file) : undefined,
  };
  const artifact = new PackageArtifact(checked ?? new RbinIndex(bytes, key), readers, reachedBefore);
  assertChecksum(artifact.index.header, locked, details);
  const keepReached = async (): Promise<void> => {
    const all = artifact.reached();
    if (all !== undefined) await store.keep(keys.reached, details, { bytes: all });
  };
  const maps = async (): Promise<PackageMaps> => {
    if (made.maps !== undefined) return new PackageMaps(made.maps, key);
    const produce = async (shared: AbortSignal): Promise<NewObject> => ({
      bytes: (await arrivals.maps()) ?? (await make(shared, true)).maps ?? new Uint8Array(),
    });
    const checkMaps = ({ bytes: stored }: StoredObject): void => void new PackageMaps(stored, key);
    const found = await store.load(keys.maps, details, produce, { check: checkMaps, signal, alone: storedOnly });
    return new PackageMaps(found.bytes, key);
  };
  const types = (): Promise<PackageTypes> => loadTypes(locked, context, options, details);
  const { name, version, integrity } = locked;
  return { artifact, name, version, source, integrity, keepReached, maps, types };
}

async function loadTypes(
  locked: LockedArchive,
  context: PackageSourceContext,
  { referrer, storedOnly, signal }: PackageLoadOptions,
  details: ErrorDetails,
): Promise<PackageTypes> {
  const key = archiveKey(locked);
  const produce = async (shared: AbortSignal): Promise<NewObject> => {
    if (storedOnly) throw notCachedError(key, details);
    const archive = await fetchVerified(locked, key, context, { referrer, signal: shared, details });
    return { bytes: await extractTypes(archive.bytes, key, context.limits) };
  };
  const check = ({ bytes }: StoredObject): void => void readTypes(bytes, key);
  const name = storeKeys(key, locked.integrity).types;
  const found = await context.store.load(name, details, produce, { check, signal, alone: storedOnly });
  return readTypes(found.bytes, key);
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

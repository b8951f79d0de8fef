import {
  PackageArtifact,
  type PartReaders,
  type RbinPart,
  type RbinParts,
  splitRbin,
  verifyPart,
} from "../artifact/package-artifact.ts";
import { PackageMaps } from "../artifact/package-maps.ts";
import { extractTypes, type PackageTypes, readTypes } from "../artifact/package-types.ts";
import { Rbin, type RbinFile, RbinIndex } from "../artifact/read-rbin.ts";
import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import type { LockedPackage } from "../lock/lock.ts";
import type { NewObject, ObjectCheck, StoredObject } from "../store/content-store.ts";
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
import { type StoreKeys, storeKeys } from "./store-keys.ts";

type Bytes = Uint8Array<ArrayBuffer>;

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
  const { referrer } = options;
  const details: ErrorDetails = { package: archiveKey(locked), ...(referrer === "" ? {} : { referrer }) };
  assertLoadable(locked, details);
  const load = new PackageLoad(locked, context, options, details);
  const artifact = await load.artifact();
  const { name, version, integrity } = locked;
  return {
    artifact,
    name,
    version,
    integrity,
    source: load.source,
    keepReached: () => load.keepReached(artifact),
    maps: () => load.maps(),
    types: () => load.types(),
  };
}

/** What an archive has been made into. */
type MadeParts = RbinParts & Pick<MadeArtifact, "maps">;

/** One package on its way from a lockfile's entry to an artifact; afterwards what its program asks for. */
class PackageLoad {
  /** Where its bytes came from. */
  source: Source = "browser";
  readonly #locked: LockedArchive;
  readonly #context: PackageSourceContext;
  readonly #options: PackageLoadOptions;
  readonly #details: ErrorDetails;
  /** `name@version`. */
  readonly #key: string;
  readonly #keys: StoreKeys;
  readonly #arrivals: PackageArrivals;
  /** Where this load has made it; the rest is large, and is read when it is needed. */
  #made: Pick<MadeParts, "modules" | "maps"> | undefined;

  constructor(
    locked: LockedArchive,
    context: PackageSourceContext,
    options: PackageLoadOptions,
    details: ErrorDetails,
  ) {
    this.#locked = locked;
    this.#context = context;
    this.#options = options;
    this.#details = details;
    this.#key = archiveKey(locked);
    this.#keys = storeKeys(this.#key, locked.integrity);
    const { store, emit } = context;
    this.#arrivals = new PackageArrivals(locked, options.arrivals, { store, emit, keys: this.#keys, details });
  }

  async artifact(): Promise<PackageArtifact> {
    let index: RbinIndex | undefined;
    const check = ({ bytes }: Pick<StoredObject, "bytes">): void => {
      const found = new RbinIndex(bytes, this.#key);
      assertOrigin(found, this.#locked, this.#key);
      index = found;
    };
    const [{ bytes, record }, reachedBefore] = await Promise.all([
      this.#load(this.#keys.index, (signal) => this.#produceIndex(signal), check),
      this.#options.reached,
    ]);
    const checked = index ?? new RbinIndex(bytes, this.#key);
    assertChecksum(checked.header, this.#locked, this.#details);
    return new PackageArtifact(checked, this.#readersOf(checked, record.digest), reachedBefore);
  }

  async keepReached(artifact: PackageArtifact): Promise<void> {
    const bytes = artifact.reached();
    if (bytes !== undefined) await this.#context.store.keep(this.#keys.reached, this.#details, { bytes });
  }

  async maps(): Promise<PackageMaps> {
    if (this.#made?.maps !== undefined) return new PackageMaps(this.#made.maps, this.#key);
    const produce = async (signal: AbortSignal): Promise<Bytes> =>
      (await this.#arrivals.maps()) ?? (await this.#make(signal, true)).maps ?? new Uint8Array();
    const check = ({ bytes }: StoredObject): void => void new PackageMaps(bytes, this.#key);
    return new PackageMaps((await this.#load(this.#keys.maps, produce, check)).bytes, this.#key);
  }

  async types(): Promise<PackageTypes> {
    const produce = async (signal: AbortSignal): Promise<Bytes> => {
      this.#assertOnline();
      const { referrer } = this.#options;
      const details = this.#details;
      const archive = await fetchVerified(this.#locked, this.#key, this.#context, { referrer, signal, details });
      return extractTypes(archive.bytes, this.#key, this.#context.limits);
    };
    const check = ({ bytes }: StoredObject): void => void readTypes(bytes, this.#key);
    return readTypes((await this.#load(this.#keys.types, produce, check)).bytes, this.#key);
  }

  #load(key: string, produce: (signal: AbortSignal) => Promise<Bytes>, check: ObjectCheck): Promise<StoredObject> {
    const { signal, storedOnly: alone } = this.#options;
    const produceObject = async (shared: AbortSignal): Promise<NewObject> => ({ bytes: await produce(shared) });
    return this.#context.store.load(key, this.#details, produceObject, { check, signal, alone });
  }

  async #make(signal: AbortSignal, withMaps: boolean): Promise<MadeParts> {
    this.#assertOnline();
    const options = { referrer: this.#options.referrer, signal, withMaps, details: this.#details };
    const { artifact, maps, source } = await makeArtifact(this.#locked, this.#key, this.#context, options);
    this.source = source;
    return { ...splitRbin(artifact, new Rbin(artifact, this.#key)), maps };
  }

  #assertOnline(): void {
    if (this.#options.storedOnly) throw notCachedError(this.#key, this.#details);
  }

  async #produceIndex(signal: AbortSignal): Promise<Bytes> {
    const arrived = await this.#arrivals.index();
    if (arrived !== undefined) {
      this.source = arrived.source;
      return arrived.bytes;
    }
    const { index, modules, rest, maps } = await this.#make(signal, this.#options.withMaps);
    this.#made = { modules, maps };
    const { store } = this.#context;
    // The index comes last: where it is, the rest is.
    await Promise.all([
      store.keep(this.#keys.modules, this.#details, { bytes: modules }),
      store.keep(this.#keys.rest, this.#details, { bytes: rest }),
      maps && store.keep(this.#keys.maps, this.#details, { bytes: maps }),
    ]);
    return index;
  }

  #readersOf(index: RbinIndex, digest: string): PartReaders {
    const read = async (part: RbinPart): Promise<Bytes> => {
      const produce = async (signal: AbortSignal): Promise<Bytes> =>
        (await this.#make(signal, this.#options.withMaps))[part];
      const check = ({ bytes }: StoredObject): void => verifyPart(index, part, bytes);
      return (await this.#load(this.#keys[part], produce, check)).bytes;
    };
    return {
      modules: async () => this.#made?.modules ?? (await this.#arrivals.part(index, "modules")) ?? read("modules"),
      rest: async () => (await this.#arrivals.part(index, "rest")) ?? read("rest"),
      file: async (file: RbinFile) => (this.#made === undefined ? this.#arrivals.file(index, digest, file) : undefined),
    };
  }
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

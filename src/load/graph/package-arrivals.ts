import { type RbinPart, partOf, verifyPart } from "../../artifact/package-artifact.ts";
import type { RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { verifyFile } from "../../artifact/verify-rbin.ts";
import { type ErrorDetails, isLoaderError, type LoaderError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { type LockedPackage, packageId } from "../../lock/lock.ts";
import type { ContentStore, StoredObject } from "../../store/content-store.ts";
import { archiveKey, assertArtifact, assertOrigin } from "../artifact-origin.ts";
import { orHeal } from "../kept-list.ts";
import { remember } from "../remember.ts";
import type { StoreKeys } from "../store-keys.ts";
import type { ArrivedPackage } from "./graph-arrivals.ts";

/** Where packages come from without their archives. What it gives has been verified. */
export interface Arrivals {
  /** What comes of a package, as soon as its index is there. @param name `name@version` */
  package(name: string): Promise<ArrivedPackage | undefined>;
  /** A file of it, as soon as it is there. @param digest SHA-256 of the index, 64 hex digits */
  file(index: RbinIndex, digest: string, file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** A file of it that nothing in the program imports, asked for by itself. @param id of the package in the lockfile */
  asset(id: string, index: RbinIndex, digest: string, file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Its source maps, as soon as they are there: a `PackageMaps`. @param name `name@version` */
  maps(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Hears that something is not what it should be, and is not used. */
  passOver(error: LoaderError): void;
}

interface PackageArrivalsPorts {
  readonly store: ContentStore;
  readonly emit: Emit;
  readonly keys: StoreKeys;
  readonly details: ErrorDetails;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** What comes of one locked package without its archive, now or in an earlier load. */
export class PackageArrivals {
  readonly #locked: LockedPackage;
  readonly #arrivals: Arrivals | undefined;
  readonly #ports: PackageArrivalsPorts;
  /** What is stored of the package's parts. */
  readonly #parts = new Map<RbinPart, Promise<Bytes | undefined>>();

  constructor(locked: LockedPackage, arrivals: Arrivals | undefined, ports: PackageArrivalsPorts) {
    this.#locked = locked;
    this.#arrivals = arrivals;
    this.#ports = ports;
  }

  get #isOfRegistry(): boolean {
    return this.#locked.source.kind === "registry";
  }

  /** The index, where it comes and is that of the locked archive. */
  async index(): Promise<ArrivedPackage | undefined> {
    if (!this.#isOfRegistry) return undefined;
    const key = archiveKey(this.#locked);
    const arrived = await this.#arrivals?.package(key);
    if (arrived === undefined) return undefined;
    try {
      assertOrigin(arrived.index, this.#locked, key);
      assertArtifact(arrived.digest, this.#locked, key);
      return arrived;
    } catch (error) {
      if (!isLoaderError(error)) throw error;
      this.#arrivals?.passOver(error);
      return undefined;
    }
  }

  /**
   * A file that comes alone; undefined where the part that it is in is stored, and where it does not come. Modules are stored
   * when all that was reached of their package is; other files at once, each for itself.
   * @param digest SHA-256 of the index, 64 hex digits
   */
  async file(index: RbinIndex, digest: string, file: RbinFile): Promise<Bytes | undefined> {
    const part = partOf(file);
    const { store, keys, details } = this.#ports;
    const key = keys.file(file.path);
    const isKept = part === "rest";
    const stored = isKept ? await this.#read(key, ({ bytes }) => verifyFile(index, file, bytes)) : undefined;
    if (stored !== undefined || this.#arrivals === undefined || !this.#isOfRegistry) return stored;
    if ((await this.part(index, part)) !== undefined) return undefined;
    const arrived = await this.#arrivals.file(index, digest, file);
    if (!isKept) return arrived;
    const asset = arrived ?? (await this.#arrivals.asset(packageId(this.#locked), index, digest, file));
    if (asset !== undefined) await store.keep(key, details, { bytes: asset });
    return asset;
  }

  /** The source maps that come: whoever uses them looks whether they are the package's. */
  async maps(): Promise<Bytes | undefined> {
    return this.#arrivals?.maps(archiveKey(this.#locked));
  }

  /** What is stored of a whole part, where single files come too. */
  async part(index: RbinIndex, part: RbinPart): Promise<Bytes | undefined> {
    if (this.#arrivals === undefined) return undefined;
    const check = ({ bytes }: StoredObject): void => verifyPart(index, part, bytes);
    return this.#parts.get(part) ?? remember(this.#parts, part, this.#read(this.#ports.keys[part], check));
  }

  async #read(key: string, check: (object: StoredObject) => void): Promise<Bytes | undefined> {
    const { store, emit, details } = this.#ports;
    return (await orHeal(store.read(key, details, check), emit))?.bytes;
  }
}

import type { Limits } from "./limits.ts";
import type { Image, Realm, RealmServices } from "./run/image.ts";
import type { ByteStore, RecordStore, StoreEstimate } from "./store/byte-store.ts";

/**
 * Everything the core needs from the platform. `src/platform/<runtime>/` fills it in; the core never reaches around it.
 */
export interface Host {
  /** `page`, `worker`, `service-worker`, `workerd`, `node`. */
  readonly name: string;
  /** The platform's fetch. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Whether `fetch` keeps answers itself, and asks servers whether they still hold. Default false. */
  readonly keepsAnswers?: boolean;
  /** digest → bytes. */
  readonly bytes: ByteStore;
  /** key → digest. */
  readonly records: RecordStore;
  /** What the storage under both has left, where the platform tells. */
  readonly estimate?: () => Promise<StoreEstimate>;
  /** Clock, milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /** Keeps the platform from ending `work` when what it was begun for has been answered. Absent where it never does. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
  /** SHA-256 in hex, where the platform has a quicker way than WebCrypto. */
  readonly sha256?: (bytes: Uint8Array<ArrayBuffer>) => string | Promise<string>;
  /**
   * Compiles the verified archive of a package, `name@version`, to its `.rbin`, in another thread: as `compileArchive` does, with
   * its errors. Default: in the loader's own.
   */
  readonly compile?: (
    archive: Uint8Array<ArrayBuffer>,
    key: string,
    limits: Limits,
  ) => Promise<Uint8Array<ArrayBuffer>>;
  /** Names of the modules of Node that its realms have themselves, without `node:`. Default none. */
  readonly builtins?: ReadonlySet<string>;
  /** Starts an image in a realm of this platform. Absent where code cannot be evaluated. */
  readonly evaluate?: (image: Image, services: RealmServices) => Promise<Realm>;
}

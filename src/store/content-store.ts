import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Host } from "../host.ts";
import { createSingleFlight } from "../fetch/single-flight.ts";
import { sha256Hex } from "../verify/digest.ts";
import type { ByteStore, RecordStore, StoreRecord } from "./byte-store.ts";

export interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly record: StoreRecord;
}

export interface LoadedObject extends StoredObject {
  /** Whether it was there. */
  readonly hit: boolean;
}

/** What is to be stored. */
export interface NewObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Anything JSON. */
  readonly metadata?: unknown;
}

/** Makes what is not stored. */
export type Produce = (signal: AbortSignal) => Promise<NewObject>;

/**
 * Looks at a stored object, whose bytes are those of its digest, before it is used. That its record points to what the key
 * means, only the caller can tell: a LoaderError thrown here says that it does not.
 */
export type ObjectCheck = (object: StoredObject) => void | Promise<void>;

/** Settings of one `load`. */
export interface ObjectLoadOptions {
  readonly check?: ObjectCheck | undefined;
  /** This caller's own: when it fires, only this caller stops waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Not to be joined with other calls: this caller's `produce` has nothing to give but a reason. */
  readonly alone?: boolean;
}

/** Key → record → bytes: stored under their SHA-256, and checked against it every time they are read. */
export interface ContentStore {
  /**
   * What is under `key`; undefined if nothing is.
   * @throws LoaderError ERR_STORE_CORRUPT with `expected`, `actual` and `size` if it is damaged, or not what `check` expects; it
   * has then been removed.
   */
  read(key: string, details: ErrorDetails, check?: ObjectCheck): Promise<StoredObject | undefined>;
  /**
   * Keeps `bytes` and, when they are safe, points `key` at them.
   * @throws LoaderError ERR_STORE_QUOTA, ERR_STORE_UNAVAILABLE
   */
  write(key: string, bytes: Uint8Array<ArrayBuffer>, metadata?: unknown): Promise<StoreRecord>;
  /**
   * `write` for what is at hand already and is no worse for not being kept: where the store has no room or cannot be written
   * to, emits a `warning`, and the next load makes it again.
   */
  keep(key: string, details: ErrorDetails, object: NewObject): Promise<StoreRecord>;
  /**
   * What is under `key`, or else what `produce` gives, which is kept. A damaged object is replaced in the same way.
   * Concurrent calls for one key are one; the signal that `produce` gets fires when all of them have given up.
   * @throws whatever `produce` throws; if it was needed because the stored object is damaged, ERR_STORE_CORRUPT with that as its
   * `cause`.
   */
  load(key: string, details: ErrorDetails, produce: Produce, options?: ObjectLoadOptions): Promise<LoadedObject>;
  /** Forgets `key`. The bytes stay: another key may point at them. */
  remove(key: string): Promise<void>;
}

export interface ContentStorePorts {
  readonly bytes: ByteStore;
  readonly records: RecordStore;
  now(): number;
  readonly emit: Emit;
  /** Default: that of WebCrypto. */
  readonly sha256?: Host["sha256"] | undefined;
}

/** A content store over two drivers. Emits `hit`, `miss` and `heal`. */
export function createContentStore(ports: ContentStorePorts): ContentStore {
  const flights = createSingleFlight<LoadedObject>();
  return {
    read: (key, details, check) => read(ports, key, details, check),
    write: (key, bytes, metadata) => write(ports, key, bytes, metadata),
    keep: (key, details, object) => keep(ports, key, details, object),
    async load(key, details, produce, { check, signal, alone = false } = {}) {
      const work = (shared: AbortSignal): Promise<LoadedObject> =>
        load(ports, key, details, () => produce(shared), check);
      return alone ? work(signal ?? new AbortController().signal) : flights(key, work, signal);
    },
    remove: (key) => ports.records.remove(key),
  };
}

function digestOf({ sha256 = sha256Hex }: ContentStorePorts, bytes: Uint8Array<ArrayBuffer>): string | Promise<string> {
  return sha256(bytes);
}

async function read(
  ports: ContentStorePorts,
  key: string,
  details: ErrorDetails,
  check?: ObjectCheck,
): Promise<StoredObject | undefined> {
  const record = await readRecord(ports, key, details);
  const bytes = record && (await ports.bytes.get(record.digest));
  // A record without bytes is what is left of a deleted object.
  if (record === undefined || bytes === undefined) return undefined;
  const actual = await digestOf(ports, bytes);
  if (actual === record.digest) return checked(ports, key, details, { bytes, record }, check);
  await ports.bytes.delete(record.digest);
  await ports.records.remove(key);
  throw new LoaderError("ERR_STORE_CORRUPT", `The stored copy of "${subjectOf(details, key)}" is damaged`, {
    ...details,
    expected: record.digest,
    actual,
    size: bytes.length,
  });
}

/** Of a record that points to something else only the record goes: the bytes are sound, and may be another key's. */
async function checked(
  { records }: ContentStorePorts,
  key: string,
  details: ErrorDetails,
  object: StoredObject,
  check: ObjectCheck | undefined,
): Promise<StoredObject> {
  try {
    await check?.(object);
    return object;
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    await records.remove(key);
    const message = `The stored copy of "${subjectOf(details, key)}" is not what it should be: ${error.message}`;
    throw new LoaderError("ERR_STORE_CORRUPT", message, { ...details, ...error.details }, error);
  }
}

/** A record may be damaged too; then nothing it says can be used, and it goes. */
async function readRecord(
  { records }: ContentStorePorts,
  key: string,
  details: ErrorDetails,
): Promise<StoreRecord | undefined> {
  try {
    const record = await records.read(key);
    if (record === undefined || isStoreRecord(record)) return record;
    const message = `The stored record of "${subjectOf(details, key)}" is damaged`;
    throw new LoaderError("ERR_STORE_CORRUPT", message, { ...details, actual: JSON.stringify(record) });
  } catch (error) {
    if (isCorrupt(error)) await records.remove(key);
    throw error;
  }
}

/** Storage is not ours alone: anything may be in it, whatever the types say. */
function isStoreRecord(value: unknown): value is StoreRecord {
  if (typeof value !== "object" || value === null || !("digest" in value) || !("size" in value)) return false;
  return typeof value.digest === "string" && /^[0-9a-f]{64}$/.test(value.digest) && typeof value.size === "number";
}

async function write(
  ports: ContentStorePorts,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  metadata: unknown,
): Promise<StoreRecord> {
  const digest = await digestOf(ports, bytes);
  if (!(await ports.bytes.put(digest, bytes))) await replaceIfDamaged(ports, digest, bytes);
  const record = describe(ports, digest, { bytes, metadata });
  await ports.records.write(key, record);
  return record;
}

function describe(ports: ContentStorePorts, digest: string, { bytes, metadata }: NewObject): StoreRecord {
  return { digest, size: bytes.length, time: ports.now(), ...(metadata === undefined ? {} : { metadata }) };
}

async function keep(
  ports: ContentStorePorts,
  key: string,
  details: ErrorDetails,
  object: NewObject,
): Promise<StoreRecord> {
  try {
    return await write(ports, key, object.bytes, object.metadata);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const message = `used without being stored: ${error.message}`;
    ports.emit({ stage: "store", kind: "warning", subject: subjectOf(details, key), message });
    return describe(ports, await digestOf(ports, object.bytes), object);
  }
}

/** The same bytes were stored before, under another key perhaps, and may have been damaged since. */
async function replaceIfDamaged(
  ports: ContentStorePorts,
  digest: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { bytes: store } = ports;
  const stored = await store.get(digest);
  if (stored !== undefined && (await digestOf(ports, stored)) === digest) return;
  await store.delete(digest);
  await store.put(digest, bytes);
}

async function load(
  ports: ContentStorePorts,
  key: string,
  details: ErrorDetails,
  produce: () => Promise<NewObject>,
  check: ObjectCheck | undefined,
): Promise<LoadedObject> {
  const subject = subjectOf(details, key);
  let damage: LoaderError | undefined;
  try {
    const stored = await read(ports, key, details, check);
    const size = stored === undefined ? {} : { bytes: stored.bytes.length };
    ports.emit({ stage: "store", kind: stored === undefined ? "miss" : "hit", subject, ...size });
    if (stored !== undefined) return { ...stored, hit: true };
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    damage = error;
  }
  const object = await (damage === undefined ? produce() : produceAgain(damage, produce));
  const record = await keep(ports, key, details, object);
  if (damage !== undefined) ports.emit({ stage: "store", kind: "heal", subject, message: damage.message });
  return { bytes: object.bytes, record, hit: false };
}

async function produceAgain(damage: LoaderError, produce: () => Promise<NewObject>): Promise<NewObject> {
  try {
    return await produce();
  } catch (error) {
    // Anything else is the reason of an abort, and passes untouched.
    if (!isLoaderError(error)) throw error;
    const reason = error.code === "ERR_STORE_CORRUPT" ? "the next copy is damaged too" : error.message;
    const message = `${damage.message}, and no good one could be had: ${reason}`;
    throw new LoaderError("ERR_STORE_CORRUPT", message, damage.details, error);
  }
}

/** Whether a store could not be used. */
export function isStoreError(error: unknown): error is LoaderError {
  return isLoaderError(error) && (error.code === "ERR_STORE_QUOTA" || error.code === "ERR_STORE_UNAVAILABLE");
}

function isCorrupt(error: unknown): error is LoaderError {
  return isLoaderError(error) && error.code === "ERR_STORE_CORRUPT";
}

function subjectOf(details: ErrorDetails, key: string): string {
  return details.package ?? details.specifier ?? key;
}

/**
 * Driver contract of the immutable half of the store: digest → bytes. What is under a key never changes; it can only
 * be deleted. `test/contract/byte-store.ts` is the contract as tests, and every driver runs it in its real runtime.
 * (Two maps, one mutable and one not: cacache's content and index.)
 */
export interface ByteStore {
  /** The driver's name, for messages: `memory`, `indexeddb`, `kv`. */
  readonly name: string;
  /** The bytes under `key`, or undefined. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The same for many keys, in their order. */
  getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]>;
  /**
   * Keeps `bytes` under `key` and gives true; where the key is taken, leaves what is there and gives false.
   * @throws LoaderError ERR_STORE_QUOTA when full, ERR_STORE_UNAVAILABLE when the storage cannot be used; then
   * nothing is visible under the key.
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>;
  /**
   * Keeps many at once, all or nothing: if `entries` throws while it is read, or one write fails, none is visible.
   * Gives the number of keys that were new.
   */
  putMany(entries: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>): Promise<number>;
  /** Removes the key; no error where there is none. */
  delete(key: string): Promise<void>;
  /** Every key, in any order. Absent where a store cannot be listed. */
  keys?(): Promise<string[]>;
}

/** What the index keeps of an object. */
export interface StoreRecord {
  /** SHA-256 of the bytes, 64 hex digits: their key in the ByteStore. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** When it was stored, milliseconds since 1970. */
  readonly time: number;
  /** Anything JSON that belongs to it. */
  readonly metadata?: unknown;
}

/** Driver contract of the mutable half: key → record. The last write wins. */
export interface RecordStore {
  /** @throws LoaderError ERR_STORE_CORRUPT when what is stored cannot be decoded. */
  read(key: string): Promise<StoreRecord | undefined>;
  write(key: string, record: StoreRecord): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every key with what is known of its record, in any order. Absent where a store cannot be listed. */
  list?(): Promise<ListedRecord[]>;
}

/** What a list tells of a record; of one that is damaged the key alone. */
export interface ListedRecord extends Partial<Pick<StoreRecord, "digest" | "size" | "time">> {
  readonly key: string;
}

/** What storage says of itself, bytes. */
export interface StoreEstimate {
  /** All that the origin keeps, of which the store may be a part. */
  readonly usage: number;
  /** What it may keep at most. */
  readonly quota: number;
}

import type { ByteStore, RecordStore, StoreRecord } from "../../store/byte-store.ts";

/** The Cache API of one data centre: nothing in it is the only copy of anything, and it may forget at any time. */
export interface ColoCache {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
  delete(url: string): Promise<boolean>;
}

/** Lets work go on after the answer: nobody waits for a cache to be filled. */
type Defer = (work: Promise<unknown>) => void;

/** Seconds that a record is kept: a little longer than a copy is served while it is asked for again. */
const RECORD_LIFE = 720;
const OBJECT_LIFE = 31_536_000;

/**
 * A store whose reads a data centre's cache answers where it can: free of charge, and near. Writes go to the store alone: what
 * has just been written is in the isolate's memory.
 */
export function cacheBytes(store: ByteStore, cache: ColoCache, defer: Defer): ByteStore {
  const get = async (key: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const cached = await cache.match(objectUrl(key));
    if (cached !== undefined) return new Uint8Array(await cached.arrayBuffer());
    const bytes = await store.get(key);
    if (bytes !== undefined) defer(cache.put(objectUrl(key), cacheable(bytes, OBJECT_LIFE)));
    return bytes;
  };
  return {
    name: store.name,
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    put: (key, bytes) => store.put(key, bytes),
    putMany: (entries) => store.putMany(entries),
    delete: async (key) => {
      await Promise.all([store.delete(key), cache.delete(objectUrl(key))]);
    },
  };
}

/**
 * A store of records that are rewritten often and rarely say anything new: every minute that a package is asked for, the
 * time at which it was last asked for upstream. That is kept in each data centre's cache; the store, where a key takes one
 * write a second from the whole world, is written when something else changed.
 * @param volatile field of a record's metadata that alone is not worth a write
 */
export function cacheRecords(store: RecordStore, cache: ColoCache, defer: Defer, volatile: string): RecordStore {
  const keep = (key: string, record: StoreRecord): void =>
    defer(cache.put(recordUrl(key), cacheable(JSON.stringify(record), RECORD_LIFE)));
  return {
    async read(key) {
      const cached = await cache.match(recordUrl(key));
      if (cached !== undefined) return cached.json();
      const record = await store.read(key);
      if (record !== undefined) keep(key, record);
      return record;
    },
    async write(key, record) {
      // One that cannot be read is written over; a store that cannot be used says so when it is written to.
      const stored = await store.read(key).catch(() => undefined);
      if (stored === undefined || lasting(stored, volatile) !== lasting(record, volatile))
        await store.write(key, record);
      keep(key, record);
    },
    async remove(key) {
      await Promise.all([store.remove(key), cache.delete(recordUrl(key))]);
    },
  };
}

/** Addresses that are nobody's: they only have to be addresses. */
const objectUrl = (digest: string): string => `https://objects.invalid/${digest}`;
const recordUrl = (key: string): string => `https://records.invalid/${encodeURIComponent(key)}`;

function cacheable(body: BodyInit, seconds: number): Response {
  return new Response(body, { headers: { "cache-control": `max-age=${seconds}` } });
}

/** A record without its times, as text. */
function lasting({ digest, metadata }: StoreRecord, volatile: string): string {
  const { [volatile]: _, ...rest }: Readonly<Record<string, unknown>> = { ...(metadata as object | undefined) };
  return JSON.stringify([digest, rest]);
}

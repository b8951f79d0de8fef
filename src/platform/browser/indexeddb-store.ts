import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { LoaderError } from "../../errors.ts";
import type { ByteStore, ListedRecord, RecordStore, StoreRecord } from "../../store/byte-store.ts";

type Entry = readonly [string, Uint8Array<ArrayBuffer>];

/**
 * Objects in IndexedDB, as ArrayBuffers (Blobs take twice as long). Works in pages, workers and service workers.
 * @param name of the database; default `raya-objects`
 */
export function createIndexedDbByteStore(name = "raya-objects"): ByteStore {
  const useStore = createStore(name, "objects");
  const get = (key: string, store: IDBObjectStore): Promise<Uint8Array<ArrayBuffer> | undefined> =>
    promisifyRequest<ArrayBuffer | undefined>(store.get(key)).then((buffer) => buffer && new Uint8Array(buffer));
  return {
    name: "indexeddb",
    get: inBatches(useStore, get),
    getMany: (keys) => transact(useStore, "readonly", (store) => Promise.all(keys.map((key) => get(key, store)))),
    put: async (key, bytes) => (await transact(useStore, "readwrite", (store) => addAll(store, [[key, bytes]]))) === 1,
    async putMany(entries) {
      // Read before the transaction opens: what throws here has not begun to write.
      const all = [...entries];
      return transact(useStore, "readwrite", (store) => addAll(store, all));
    },
    delete: (key) => transact(useStore, "readwrite", (store) => promisifyRequest(store.delete(key))),
    keys: () => transact(useStore, "readonly", listKeys),
  };
}

/**
 * The index in IndexedDB.
 * @param name of the database; default `raya-index`
 */
export function createIndexedDbRecordStore(name = "raya-index"): RecordStore {
  const useStore = createStore(name, "records");
  return {
    read: inBatches(useStore, (key, store) => promisifyRequest<StoreRecord | undefined>(store.get(key))),
    async write(key, record) {
      await transact(useStore, "readwrite", (store) => {
        store.put(record, key);
        return promisifyRequest(store.transaction);
      });
    },
    remove: (key) => transact(useStore, "readwrite", (store) => promisifyRequest(store.delete(key))),
    list: () =>
      transact(useStore, "readonly", async (store) => {
        const records = promisifyRequest<(Partial<StoreRecord> | undefined)[]>(store.getAll());
        const keys = await listKeys(store);
        return (await records).map((record, index) => describeRecord(keys[index] ?? "", record));
      }),
  };
}

/** Keys come in the order of their values. */
async function listKeys(store: IDBObjectStore): Promise<string[]> {
  return (await promisifyRequest(store.getAllKeys())).map(String);
}

/** Storage may hold anything. */
function describeRecord(key: string, record: Partial<StoreRecord> | undefined): ListedRecord {
  const { digest, size, time } = record ?? {};
  return { key, ...(digest !== undefined && size !== undefined && time !== undefined && { digest, size, time }) };
}

/** Reads for a program come by the dozen: those of one turn share a transaction, which costs more than what it reads. */
function inBatches<Value>(
  useStore: UseStore,
  get: (key: string, store: IDBObjectStore) => Promise<Value>,
): (key: string) => Promise<Value> {
  let batch: { keys: string[]; values: Promise<Value[]> } | undefined;
  return async (key) => {
    if (batch === undefined) {
      const keys: string[] = [];
      const values = Promise.resolve().then(() => {
        batch = undefined;
        return transact(useStore, "readonly", (store) => Promise.all(keys.map((wanted) => get(wanted, store))));
      });
      batch = { keys, values };
    }
    const { keys, values } = batch;
    const place = keys.push(key) - 1;
    return (await values)[place] as Value;
  };
}

/** Adds what is new in one transaction and gives the number; settles when it is committed. */
async function addAll(store: IDBObjectStore, entries: readonly Entry[]): Promise<number> {
  let added = 0;
  for (const [key, bytes] of entries) {
    const request = addOrAbort(store, key, bytes);
    request.addEventListener("success", () => (added += 1));
    request.addEventListener("error", (event) => {
      // A failed request ends the transaction, whose own error tells why; a taken key is no failure.
      event.stopPropagation();
      if (request.error?.name === "ConstraintError") event.preventDefault();
    });
  }
  await promisifyRequest(store.transaction);
  return added;
}

/** A value that cannot be cloned throws at once, and without this the values before it would be committed. */
function addOrAbort(store: IDBObjectStore, key: string, bytes: Uint8Array<ArrayBuffer>): IDBRequest {
  try {
    const isWhole = bytes.byteLength === bytes.buffer.byteLength;
    return store.add(isWhole ? bytes.buffer : bytes.slice().buffer, key);
  } catch (error) {
    store.transaction.abort();
    throw error;
  }
}

/** One transaction; what goes wrong is a LoaderError: ERR_STORE_QUOTA, ERR_STORE_UNAVAILABLE. */
export async function transact<T>(
  useStore: UseStore,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
  try {
    return await useStore(mode, work);
  } catch (cause) {
    throw toLoaderError(cause);
  }
}

function toLoaderError(cause: unknown): LoaderError {
  // Not `instanceof DOMException`: in newer engines quota errors have a class of their own.
  const { name, message } = cause instanceof Error ? cause : { name: "Error", message: String(cause) };
  if (name === "QuotaExceededError") {
    return new LoaderError("ERR_STORE_QUOTA", "IndexedDB has no room left for this site", {}, cause);
  }
  return new LoaderError("ERR_STORE_UNAVAILABLE", `IndexedDB cannot be used: ${message} (${name})`, {}, cause);
}

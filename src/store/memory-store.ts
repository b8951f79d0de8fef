import { LoaderError } from "../errors.ts";
import type { ByteStore, RecordStore, StoreRecord } from "./byte-store.ts";

/**
 * The reference driver: keeps everything in this realm's memory, copied on the way in and out.
 * @param options `maxBytes`: room for values, bytes; unlimited without it.
 */
export function createMemoryByteStore(options: { maxBytes?: number } = {}): ByteStore {
  const { maxBytes = Number.POSITIVE_INFINITY } = options;
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  let used = 0;

  function addAll(entries: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>): number {
    const added = new Map<string, Uint8Array<ArrayBuffer>>();
    let size = 0;
    for (const [key, bytes] of entries) {
      if (objects.has(key) || added.has(key)) continue;
      added.set(key, bytes.slice());
      size += bytes.length;
    }
    if (used + size > maxBytes) {
      const message = `The memory store has no room for ${size} bytes: ${used} of ${maxBytes} are used`;
      throw new LoaderError("ERR_STORE_QUOTA", message, { size, limit: maxBytes });
    }
    for (const [key, bytes] of added) objects.set(key, bytes);
    used += size;
    return added.size;
  }

  return {
    name: "memory",
    get: async (key) => objects.get(key)?.slice(),
    getMany: async (keys) => keys.map((key) => objects.get(key)?.slice()),
    put: async (key, bytes) => addAll([[key, bytes]]) === 1,
    putMany: async (entries) => addAll(entries),
    async delete(key) {
      used -= objects.get(key)?.length ?? 0;
      objects.delete(key);
    },
    keys: async () => [...objects.keys()],
  };
}

/** The reference driver of the index, in this realm's memory. */
export function createMemoryRecordStore(): RecordStore {
  const records = new Map<string, StoreRecord>();
  return {
    read: async (key) => structuredClone(records.get(key)),
    write: async (key, record) => void records.set(key, structuredClone(record)),
    remove: async (key) => void records.delete(key),
    list: async () => [...records].map(([key, { digest, size, time }]) => ({ key, digest, size, time })),
  };
}

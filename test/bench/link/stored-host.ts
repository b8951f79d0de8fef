import type { Host } from "../../../src/host.ts";
import type { StoreRecord } from "../../../src/store/byte-store.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";

/** A host that has everything in memory and no network. */
export async function createStoredHost(
  objects: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>,
  records: Iterable<readonly [string, StoreRecord]>,
): Promise<Host> {
  const host: Host = {
    name: "bench",
    fetch: async (url) => {
      throw new Error(`"${url}" was fetched, and should have been stored`);
    },
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    now: () => performance.now(),
    delay: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
  await host.bytes.putMany(objects);
  for (const [key, record] of records) await host.records.write(key, record);
  return host;
}

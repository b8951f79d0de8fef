import type { Host } from "../../../src/host.ts";
import type { StoreRecord } from "../../../src/store/byte-store.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";

/** A host of no particular platform, which keeps everything in memory. Without `fetch` it has no network. */
export function createMemoryHost(fetch: Host["fetch"] = refuse): Host {
  return {
    name: "bench",
    fetch,
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    now: () => performance.now(),
    delay: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
}

/** One that has what a store held. */
export async function createStoredHost(
  objects: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>,
  records: Iterable<readonly [string, StoreRecord]>,
): Promise<Host> {
  const host = createMemoryHost();
  await host.bytes.putMany(objects);
  for (const [key, record] of records) await host.records.write(key, record);
  return host;
}

async function refuse(url: string): Promise<never> {
  throw new Error(`"${url}" was fetched, and should have been stored`);
}

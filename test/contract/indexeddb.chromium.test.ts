import { afterEach, describe, it } from "vitest";
import { createIndexedDbByteStore, createIndexedDbRecordStore } from "../../src/platform/browser/indexeddb-store.ts";
import { fill, testByteStore } from "./byte-store.ts";
import { testRecordStore } from "./record-store.ts";

const MIB = 1024 * 1024;

/** https://wicg.github.io/storage-buckets/, which TypeScript does not know yet. */
declare global {
  interface Navigator {
    readonly storageBuckets: {
      open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
    };
  }
}

const platformIndexedDb = indexedDB;

function useIndexedDb(value: Pick<IDBFactory, "open">): void {
  Object.defineProperty(globalThis, "indexedDB", { configurable: true, value });
}

afterEach(() => useIndexedDb(platformIndexedDb));

/** A storage bucket: the browser's own IndexedDB, empty and with a real quota of 32 MiB. */
async function useNewBucket(): Promise<void> {
  const bucket = await navigator.storageBuckets.open(crypto.randomUUID(), { quota: 32 * MIB });
  useIndexedDb(bucket.indexedDB);
}

async function createByteStore() {
  await useNewBucket();
  return createIndexedDbByteStore();
}

testByteStore("indexeddb", createByteStore, {
  exclusive: true,
  async exceedQuota(store) {
    const entries = [["fits", fill(10, 1)] as const, ["too much", fill(40 * MIB, 2)] as const];
    return { keys: ["fits", "too much"], writing: store.putMany(entries) };
  },
});

testRecordStore("indexeddb", async () => {
  await useNewBucket();
  return createIndexedDbRecordStore();
});

describe("indexeddb", () => {
  it("R26: shows nothing of a transaction that is aborted", async ({ expect }) => {
    const store = await createByteStore();
    await store.put("before", Uint8Array.of(1));
    // A detached buffer cannot be cloned: it is refused after the value before it was accepted.
    const detached = Uint8Array.of(2);
    structuredClone(detached, { transfer: [detached.buffer] });
    const writing = store.putMany([
      ["first", Uint8Array.of(1)],
      ["detached", detached],
    ]);
    await expect(writing).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect(await store.getMany(["first", "before"])).toEqual([undefined, Uint8Array.of(1)]);
  });

  it("says so when the browser does not let it open a database, and tries again the next time", async ({ expect }) => {
    const store = await createByteStore();
    const bucket = indexedDB;
    useIndexedDb({
      open() {
        throw new DOMException("access is denied", "SecurityError");
      },
    });
    const reading = store.get("key");
    await expect(reading).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", retryable: true });
    await expect(reading).rejects.toThrow("access is denied");
    useIndexedDb(bucket);
    expect(await store.get("key")).toBeUndefined();
  });

  it("keeps what it has when it is opened again", async ({ expect }) => {
    const store = await createByteStore();
    await store.put("key", Uint8Array.of(1));
    expect(await createIndexedDbByteStore().get("key")).toEqual(Uint8Array.of(1));
  });

  it("keeps databases of different names apart", async ({ expect }) => {
    const store = await createByteStore();
    await store.put("key", Uint8Array.of(1));
    expect(await createIndexedDbByteStore("another").get("key")).toBeUndefined();
  });
});

import { describe, it } from "vitest";
import type { RecordStore, StoreRecord } from "../../src/store/byte-store.ts";

/** The contract of the index as tests. */
export function testRecordStore(name: string, create: () => Promise<RecordStore>): void {
  const record: StoreRecord = {
    digest: "0".repeat(64),
    size: 3,
    time: 1_790_000_000_000,
    metadata: { tags: ["a", null], depth: { of: 2 } },
  };

  describe(`${name}: record store contract`, () => {
    it("gives back what was written, metadata included", async ({ expect }) => {
      const store = await create();
      await store.write("archive:react@19.3.1", record);
      expect(await store.read("archive:react@19.3.1")).toEqual(record);
    });

    it("gives undefined for a key that is missing", async ({ expect }) => {
      const store = await create();
      expect(await store.read("missing")).toBeUndefined();
    });

    it("lets the last write win", async ({ expect }) => {
      const store = await create();
      await store.write("key", record);
      await store.write("key", { ...record, size: 4 });
      expect(await store.read("key")).toEqual({ ...record, size: 4 });
    });

    it("removes, also what is not there", async ({ expect }) => {
      const store = await create();
      await store.write("key", record);
      await store.remove("key");
      await store.remove("never was there");
      expect(await store.read("key")).toBeUndefined();
    });

    it("P73: lists its keys, each with what a list tells of a record", async ({ expect }) => {
      const store = await create();
      expect(await store.list?.()).toEqual([]);
      await store.write("url:https://example.test/ä", record);
      await store.write("gone", record);
      await store.remove("gone");
      const { digest, size, time } = record;
      expect(await store.list?.()).toEqual([{ key: "url:https://example.test/ä", digest, size, time }]);
    });

    it("takes any text as a key", async ({ expect }) => {
      const store = await create();
      const keys = ["__proto__", "url:https://example.test/ä?b=c#d", "@scope/name@1.0.0+build"];
      for (const [index, key] of keys.entries()) await store.write(key, { ...record, size: index });
      const sizes = await Promise.all(keys.map(async (key) => (await store.read(key))?.size));
      expect(sizes).toEqual([0, 1, 2]);
    });
  });
}

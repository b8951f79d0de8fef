import { describe, it } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import type { ByteStore } from "../../src/store/byte-store.ts";

/** What a driver under test can and cannot do. */
export interface ByteStoreTraits {
  /**
   * Writes more than the store has room for: gives the promise that has to be refused, and every key it was to write. None for
   * a disk, which is not filled for a test.
   */
  readonly exceedQuota?: (store: ByteStore) => Promise<{ keys: string[]; writing: Promise<unknown> }>;
  /** Of several writers that meet on one key, exactly one hears that it was new. Not so in KV, which has no conditional write. */
  readonly exclusive: boolean;
}

/**
 * The driver contract as tests. Every driver runs it in the runtime that it is for.
 * @param create gives an empty store
 */
export function testByteStore(name: string, create: () => Promise<ByteStore>, traits: ByteStoreTraits): void {
  // Generous: a store on disk takes its time on a machine that is busy with other tests.
  describe(`${name}: byte store contract`, { timeout: 60_000 }, () => {
    it("gives back what was put, byte for byte", async ({ expect }) => {
      const store = await create();
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      expect(await store.put("key", bytes)).toBe(true);
      expect(await store.get("key")).toEqual(bytes);
    });

    it("keeps an empty value apart from a missing one", async ({ expect }) => {
      const store = await create();
      await store.put("empty", new Uint8Array());
      expect(await store.get("empty")).toEqual(new Uint8Array());
    });

    it("keeps a view of a larger buffer without the rest of that buffer", async ({ expect }) => {
      const store = await create();
      await store.put("view", Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 3));
      expect(await store.get("view")).toEqual(Uint8Array.of(2, 3));
    });

    it("does not see what a caller does to its bytes afterwards", async ({ expect }) => {
      const store = await create();
      const bytes = Uint8Array.of(1, 2, 3);
      await store.put("key", bytes);
      bytes.fill(9);
      const read = await store.get("key");
      read?.fill(8);
      expect(await store.get("key")).toEqual(Uint8Array.of(1, 2, 3));
    });

    it("gives undefined for a key that is missing", async ({ expect }) => {
      const store = await create();
      expect(await store.get("missing")).toBeUndefined();
    });

    it("gives many values in the order they were asked for, with holes where they are missing", async ({ expect }) => {
      const store = await create();
      await store.put("a", Uint8Array.of(1));
      await store.put("b", Uint8Array.of(2));
      const values = await store.getMany(["b", "missing", "a", "b"]);
      expect(values).toEqual([Uint8Array.of(2), undefined, Uint8Array.of(1), Uint8Array.of(2)]);
    });

    it("refuses to overwrite", async ({ expect }) => {
      const store = await create();
      await store.put("key", Uint8Array.of(1));
      expect(await store.put("key", Uint8Array.of(2))).toBe(false);
      expect(
        await store.putMany([
          ["key", Uint8Array.of(3)],
          ["other", Uint8Array.of(4)],
        ]),
      ).toBe(1);
      expect(await store.get("key")).toEqual(Uint8Array.of(1));
      expect(await store.get("other")).toEqual(Uint8Array.of(4));
    });

    it("takes the first of two values for one key in one write", async ({ expect }) => {
      const store = await create();
      expect(
        await store.putMany([
          ["key", Uint8Array.of(1)],
          ["key", Uint8Array.of(2)],
        ]),
      ).toBe(1);
      expect(await store.get("key")).toEqual(Uint8Array.of(1));
    });

    it("deletes, after which the key is free again", async ({ expect }) => {
      const store = await create();
      await store.put("key", Uint8Array.of(1));
      await store.delete("key");
      await store.delete("never was there");
      expect(await store.get("key")).toBeUndefined();
      expect(await store.put("key", Uint8Array.of(2))).toBe(true);
      expect(await store.get("key")).toEqual(Uint8Array.of(2));
    });

    it("P73: lists its keys", async ({ expect }) => {
      const store = await create();
      expect(await store.keys?.()).toEqual([]);
      await store.putMany([
        ["a", Uint8Array.of(1)],
        ["b", Uint8Array.of(2)],
      ]);
      await store.delete("a");
      await store.put("c", Uint8Array.of(3));
      expect((await store.keys?.())?.toSorted()).toEqual(["b", "c"]);
    });

    it("takes a value of 10 MB", async ({ expect }) => {
      const store = await create();
      const bytes = fill(10_000_000, 7);
      await store.put("large", bytes);
      expect(sameBytes(await store.get("large"), bytes)).toBe(true);
    });

    it("takes 1,000 small values in one write", async ({ expect }) => {
      const store = await create();
      const entries = Array.from({ length: 1000 }, (_, index) => [`key-${index}`, fill(100, index)] as const);
      expect(await store.putMany(entries)).toBe(1000);
      const values = await store.getMany(entries.map(([key]) => key));
      expect(entries.every(([, bytes], index) => sameBytes(values[index], bytes))).toBe(true);
    });

    it("keeps one whole value when many write one key at once", async ({ expect }) => {
      const store = await create();
      const values = Array.from({ length: 8 }, (_, index) => fill(10_000, index));
      const wasNew = await Promise.all(values.map((bytes) => store.put("key", bytes)));
      const kept = await store.get("key");
      expect(values.filter((bytes) => sameBytes(bytes, kept))).toHaveLength(1);
      if (traits.exclusive) expect(wasNew.filter(Boolean)).toEqual([true]);
    });

    it("R26: shows nothing of a write that is interrupted", async ({ expect }) => {
      const store = await create();
      await store.put("before", Uint8Array.of(1));
      function* interrupted(): Generator<[string, Uint8Array<ArrayBuffer>]> {
        yield ["first", Uint8Array.of(1)];
        yield ["second", Uint8Array.of(2)];
        throw new Error("the source broke off");
      }
      await expect(store.putMany(interrupted())).rejects.toThrow("the source broke off");
      expect(await store.getMany(["first", "second", "before"])).toEqual([undefined, undefined, Uint8Array.of(1)]);
    });

    const { exceedQuota } = traits;
    if (exceedQuota === undefined) return;
    it("says that it is full, shows nothing of what did not fit, and keeps the rest", async ({ expect }) => {
      const store = await create();
      await store.put("before", Uint8Array.of(1));
      const { keys, writing } = await exceedQuota(store);
      await expect(writing).rejects.toMatchObject({ code: "ERR_STORE_QUOTA" satisfies ErrorCode, retryable: false });
      expect(await store.getMany(keys)).toEqual(keys.map(() => undefined));
      expect(await store.get("before")).toEqual(Uint8Array.of(1));
    });
  });
}

/** Bytes that no compression gets small, different for every seed. */
export function fill(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed + 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Compared by hand: an assertion library takes seconds to walk through 10 MB. */
function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}

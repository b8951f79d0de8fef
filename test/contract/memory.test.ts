import { createMemoryByteStore, createMemoryRecordStore } from "../../src/store/memory-store.ts";
import { describe, it } from "vitest";
import { fill, testByteStore } from "./byte-store.ts";
import { testRecordStore } from "./record-store.ts";

const maxBytes = 11_000_000;

testByteStore("memory", async () => createMemoryByteStore({ maxBytes }), {
  exclusive: true,
  async exceedQuota(store) {
    await store.put("filler", fill(maxBytes - 1000, 1));
    return {
      keys: ["fits", "too much"],
      writing: store.putMany([
        ["fits", fill(10, 1)],
        ["too much", fill(1000, 2)],
      ]),
    };
  },
});

testRecordStore("memory", async () => createMemoryRecordStore());

describe("memory", () => {
  it("has room again for what was deleted", async ({ expect }) => {
    const store = createMemoryByteStore({ maxBytes: 10 });
    await store.put("a", new Uint8Array(10));
    await expect(store.put("b", new Uint8Array(1))).rejects.toMatchObject({ code: "ERR_STORE_QUOTA" });
    await store.delete("a");
    expect(await store.put("b", new Uint8Array(10))).toBe(true);
  });
});

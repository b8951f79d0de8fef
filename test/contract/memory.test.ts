import { createMemoryByteStore, createMemoryRecordStore } from "../../src/store/memory-store.ts";
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

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createKvByteStore, createKvRecordStore } from "../../src/platform/workerd/kv-store.ts";
import { fill, testByteStore } from "./byte-store.ts";
import { testRecordStore } from "./record-store.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly CONTRACT_KV: KVNamespace;
    }
  }
}

const MIB = 1024 * 1024;

async function emptyNamespace(): Promise<KVNamespace> {
  const { keys } = await env.CONTRACT_KV.list();
  await Promise.all(keys.map(({ name }) => env.CONTRACT_KV.delete(name)));
  return keys.length === 0 ? env.CONTRACT_KV : emptyNamespace();
}

testByteStore("kv", async () => createKvByteStore(await emptyNamespace()), {
  exclusive: false,
  async exceedQuota(store) {
    return {
      keys: ["fits", "too large"],
      writing: store.putMany([
        ["fits", fill(10, 1)],
        ["too large", new Uint8Array(26 * MIB)],
      ]),
    };
  },
});

testRecordStore("kv", async () => createKvRecordStore(await emptyNamespace()));

describe("kv", () => {
  it("writes nothing at all when one of many values is too large", async ({ expect }) => {
    const namespace = await emptyNamespace();
    const store = createKvByteStore(namespace);
    const writing = store.putMany([
      ["fits", fill(10, 1)],
      ["too large", new Uint8Array(26 * MIB)],
    ]);
    await expect(writing).rejects.toMatchObject({
      code: "ERR_STORE_QUOTA",
      details: { size: 26 * MIB, limit: 25 * MIB },
    });
    expect((await namespace.list()).keys).toEqual([]);
  });

  it("takes back what it wrote when a later write fails", async ({ expect }) => {
    const namespace = await emptyNamespace();
    const failing = new Proxy(namespace, {
      get: (target, method) =>
        method === "put"
          ? async (key: string, value: Uint8Array) => {
              if (key === "object:b") throw new Error("KV PUT failed: 500");
              await target.put(key, value);
            }
          : Reflect.get(target, method).bind(target),
    });
    const writing = createKvByteStore(failing).putMany([
      ["a", fill(10, 1)],
      ["b", fill(10, 2)],
      ["c", fill(10, 3)],
    ]);
    await expect(writing).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE", retryable: true });
    expect((await namespace.list()).keys).toEqual([]);
  });

  it("names a record that is not JSON any more", async ({ expect }) => {
    const namespace = await emptyNamespace();
    await namespace.put("record:key", '{"digest":');
    await expect(createKvRecordStore(namespace).read("key")).rejects.toMatchObject({ code: "ERR_STORE_CORRUPT" });
  });
});

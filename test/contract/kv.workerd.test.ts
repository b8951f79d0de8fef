import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createWorkerdHost } from "../../src/platform/workerd/host.ts";
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
  it("R110 P73: keeps caches of different names apart, in one namespace", async ({ expect }) => {
    const namespace = await emptyNamespace();
    const [mine, yours] = ["mine", "yours"].map((cache) => createWorkerdHost(namespace, { cache }));
    await mine?.bytes.put("key", Uint8Array.of(1));
    await mine?.records.write("key", { digest: "0".repeat(64), size: 1, time: 2 });
    expect([await yours?.bytes.keys?.(), await yours?.records.list?.()]).toEqual([[], []]);
    expect(await yours?.bytes.get("key")).toBeUndefined();
    expect(await mine?.bytes.keys?.()).toEqual(["key"]);
    expect(await mine?.records.list?.()).toEqual([{ key: "key", digest: "0".repeat(64), size: 1, time: 2 }]);
  });

  it("P73: lists more keys than KV gives at once", async ({ expect }) => {
    const store = createKvByteStore(await emptyNamespace());
    const keys = Array.from({ length: 1100 }, (_, index) => `key-${index}`);
    await store.putMany(keys.map((key) => [key, Uint8Array.of(1)] as const));
    expect(new Set(await store.keys?.())).toEqual(new Set(keys));
  });

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

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createTieredByteStore } from "../../../src/platform/workerd/tiered-byte-store.ts";
import { createFakeEdge, type Upstream } from "../fake-upstream.ts";

const MIB = 1024 * 1024;

async function createEmptyStore() {
  for (const { name } of (await env.RAYA_KV.list()).keys) await env.RAYA_KV.delete(name);
  for (const { key } of (await env.RAYA_R2.list()).objects) await env.RAYA_R2.delete(key);
  return createTieredByteStore(env.RAYA_KV, env.RAYA_R2);
}

// Generous: tens of megabytes go to disk, on a machine that may be busy with other tests.
describe("kv and r2", { timeout: 60_000 }, () => {
  it("keep what is larger than a KV value in R2, and the rest in KV", async ({ expect }) => {
    const store = await createEmptyStore();
    const [small, large] = [new Uint8Array(10), new Uint8Array(25 * MIB + 1)];
    expect(
      await store.putMany([
        ["small", small],
        ["large", large],
      ]),
    ).toBe(2);
    expect((await env.RAYA_KV.list()).keys.map(({ name }) => name)).toEqual(["object:small"]);
    expect((await env.RAYA_R2.list()).objects.map(({ key }) => key)).toEqual(["objects/large"]);
    expect((await store.get("large"))?.length).toBe(large.length);
    expect(await store.put("large", large)).toBe(false);
    await store.delete("large");
    expect(await store.get("large")).toBeUndefined();
  });

  it("keep nothing when one of many cannot be written", async ({ expect }) => {
    await createEmptyStore();
    const broken = new Proxy(env.RAYA_KV, {
      get: (target, method) =>
        method === "put" ? () => Promise.reject(new Error("500")) : Reflect.get(target, method).bind(target),
    });
    const store = createTieredByteStore(broken, env.RAYA_R2);
    const writing = store.putMany([
      ["large", new Uint8Array(26 * MIB)],
      ["small", new Uint8Array(1)],
    ]);
    await expect(writing).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect((await env.RAYA_R2.list()).objects).toEqual([]);
  });

  it("serve a URL import that is too large for KV from the edge the second time", async ({ expect }) => {
    const upstream: Upstream = () => new Response(new Uint8Array(25 * MIB + 1));
    const edge = createFakeEdge(upstream, { bytes: await createEmptyStore(), allowedOrigins: ["https://cdn.test"] });
    const path = `/url?href=${encodeURIComponent("https://cdn.test/large.wasm")}`;
    expect((await edge.get(path)).headers.get("raya-source")).toBe("upstream");
    const again = await edge.get(path);
    expect(again.headers.get("raya-source")).toBe("edge");
    expect((await again.arrayBuffer()).byteLength).toBe(25 * MIB + 1);
  });
});

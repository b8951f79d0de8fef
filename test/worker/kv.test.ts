import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import {
  createFakeEdge,
  createPackage,
  errorOf,
  type FakeEdge,
  flipByte,
  registryOf,
  type Upstream,
} from "./fake-upstream.ts";
import { createKvByteStore, createKvRecordStore } from "../../src/platform/workerd/kv-store.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import type { EdgePorts } from "../../worker/app.ts";

const MIB = 1024 * 1024;
const react = createPackage("react", "19.0.0");
const PATH = "/npm/react/-/react-19.0.0.tgz";

function createKvEdge(upstream: Upstream, changes: Partial<EdgePorts> = {}): FakeEdge {
  return createFakeEdge(upstream, {
    ...changes,
    bytes: createKvByteStore(env.RAYA_KV),
    records: createKvRecordStore(env.RAYA_KV),
  });
}

async function keysInKv(): Promise<string[]> {
  return (await env.RAYA_KV.list()).keys.map(({ name }) => name);
}

describe("the edge over KV", () => {
  beforeEach(async () => {
    for (const key of await keysInKv()) await env.RAYA_KV.delete(key);
  });

  it("keeps an archive under its SHA-256, for every isolate to come", async ({ expect }) => {
    await createKvEdge(registryOf(react)).get(PATH);
    expect(await keysInKv()).toContain(`object:${await sha256Hex(react.archive)}`);
    const later = createKvEdge(() => undefined);
    const response = await later.get(PATH);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
    expect(response.headers.get("raya-source")).toBe("edge");
    expect(later.requests).toEqual([]);
  });

  it("keeps nothing of an archive with a flipped byte", async ({ expect }) => {
    const response = await createKvEdge(registryOf({ ...react, archive: flipByte(react.archive) })).get(PATH);
    expect(await errorOf(response)).toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { package: "react@19.0.0", expected: react.integrity, actual: expect.stringMatching(/^sha512-/) },
    });
    const packument = await env.RAYA_KV.get<{ digest: string }>("record:packument-full-3:react", "json");
    expect(await keysInKv()).toEqual([`object:${packument?.digest}`, "record:packument-full-3:react"]);
  });

  it("heals a flipped byte in KV: the right bytes are answered, and stored", async ({ expect }) => {
    const edge = createKvEdge(registryOf(react));
    await edge.get(PATH);
    const key = `object:${await sha256Hex(react.archive)}`;
    await env.RAYA_KV.put(key, flipByte(react.archive));
    const response = await edge.get(PATH);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
    expect(new Uint8Array((await env.RAYA_KV.get(key, "arrayBuffer")) ?? [])).toEqual(react.archive);
    expect(edge.events).toContainEqual(expect.objectContaining({ kind: "heal", subject: "react@19.0.0" }));
  });

  it("heals a damaged record", async ({ expect }) => {
    const edge = createKvEdge(registryOf(react));
    await edge.get(PATH);
    for (const key of await keysInKv()) if (key.startsWith("record:")) await env.RAYA_KV.put(key, "{");
    const response = await edge.get(PATH);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
    expect((await edge.get(PATH)).headers.get("raya-source")).toBe("edge");
  });

  it("serves what is too large for a KV value without storing it", async ({ expect }) => {
    const large = (): Response => new Response(new Uint8Array(25 * MIB + 1));
    const edge = createKvEdge(large, { allowedOrigins: ["https://cdn.test"] });
    for (let count = 1; count <= 2; count += 1) {
      const response = await edge.get(`/url?href=${encodeURIComponent("https://cdn.test/large.wasm")}`);
      expect(response.headers.get("raya-source")).toBe("upstream");
      expect((await response.arrayBuffer()).byteLength).toBe(25 * MIB + 1);
    }
    expect(await keysInKv()).toEqual([]);
    expect(edge.requests).toHaveLength(2);
  });

  it("holds two objects per package's packument, this one and the last, however often it changes", async ({
    expect,
  }) => {
    let version = 1;
    const edge = createKvEdge((url, request) => registryOf(createPackage("react", `${version}.0.0`))(url, request));
    for (; version <= 4; version += 1) {
      await edge.get("/npm/react");
      edge.pass(60_000);
    }
    expect((await keysInKv()).filter((key) => key.startsWith("object:"))).toHaveLength(2);
  });
});

import { describe, it } from "vitest";
import { createFakeEdge, createPackage, errorOf, flipByte, registryOf, textBytes } from "./fake-upstream.ts";
import { LoaderError } from "../../src/errors.ts";
import { createMemoryByteStore } from "../../src/store/memory-store.ts";
import { sha256Hex } from "../../src/verify/digest.ts";

const react = createPackage("react", "19.0.0");
const types = createPackage("@types/node", "22.0.0");
const PATH = "/npm/react/-/react-19.0.0.tgz";

describe("archives", () => {
  it("come verified from the upstream, then from the edge, byte for byte, with headers that let everyone keep them", async ({
    expect,
  }) => {
    const edge = createFakeEdge(registryOf(react));
    const first = await edge.get(PATH);
    expect(first.status).toBe(200);
    expect(new Uint8Array(await first.arrayBuffer())).toEqual(react.archive);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "cache-control": "public, max-age=31536000, immutable",
      "raya-integrity": react.integrity,
      "raya-source": "upstream",
      "x-content-type-options": "nosniff",
      etag: `"${await sha256Hex(react.archive)}"`,
    });
    const second = await edge.get(PATH);
    expect(second.headers.get("raya-source")).toBe("edge");
    expect(second.headers.get("raya-integrity")).toBe(react.integrity);
    expect(new Uint8Array(await second.arrayBuffer())).toEqual(react.archive);
    expect(edge.requests).toEqual([
      "https://registry.test/npm/react",
      "https://registry.test/npm/react/-/react-19.0.0.tgz",
    ]);
  });

  it("of scoped packages are found by either spelling of the slash", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(types));
    for (const name of ["@types/node", "@types%2fnode", "%40types%2Fnode"]) {
      const response = await edge.get(`/npm/${name}/-/node-22.0.0.tgz`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(types.archive);
    }
    expect(edge.requests).toHaveLength(2);
  });

  it("answer 304 to who has them", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const { headers } = await edge.get(PATH);
    const again = await edge.get(PATH, { headers: { "if-none-match": `W/${headers.get("etag")}` } });
    expect(again.status).toBe(304);
    expect(again.headers.get("cache-control")).toContain("immutable");
    expect(again.headers.get("raya-source")).toBe("edge");
    expect(await again.text()).toBe("");
  });

  it("are told about, but not sent, to HEAD", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const response = await edge.get(PATH, { method: "HEAD" });
    expect(response.headers.get("raya-integrity")).toBe(react.integrity);
    expect(await response.text()).toBe("");
  });

  it("are asked for once, however many callers want them at the same time", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const responses = await Promise.all(Array.from({ length: 50 }, () => edge.get(PATH)));
    for (const response of responses) expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
    expect(edge.requests).toHaveLength(2);
  });

  it("keep the work alive for the others when the client that began it is gone", async ({ expect }) => {
    const kept: Promise<unknown>[] = [];
    const edge = createFakeEdge(registryOf(react), { waitUntil: (work) => void kept.push(work) });
    void edge.get(PATH);
    expect(kept.length).toBeGreaterThan(0);
    await Promise.all(kept);
    expect((await edge.get(PATH)).headers.get("raya-source")).toBe("edge");
  });

  it("that a request has begun which was ended without a word are fetched by the next", async ({ expect }) => {
    let isLost = true;
    const upstream = registryOf(react);
    const edge = createFakeEdge((url, request) =>
      isLost && url.pathname.endsWith(".tgz") ? new Promise<never>(() => undefined) : upstream(url, request),
    );
    void edge.get(PATH);
    while (edge.requests.length < 2) await new Promise((resolve) => setTimeout(resolve));
    isLost = false;
    edge.pass(30_000);
    expect((await edge.get(PATH)).status).toBe(200);
  });

  it("with a flipped byte at the upstream are refused, named, and not kept", async ({ expect }) => {
    const bad = { ...react, archive: flipByte(react.archive) };
    const edge = createFakeEdge(registryOf(bad));
    const response = await edge.get(PATH);
    expect(response.status).toBe(502);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const error = await errorOf(response);
    expect(error).toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      stage: "verify",
      details: { package: "react@19.0.0", expected: react.integrity, size: react.archive.length },
    });
    expect(error.details["actual"]).toMatch(/^sha512-/);
    expect(await edge.ports.bytes.get(await sha256Hex(bad.archive))).toBeUndefined();
    expect(await edge.ports.records.read("archive:react@19.0.0")).toBeUndefined();
    // A good copy at the next request is taken.
    bad.archive = react.archive;
    expect((await edge.get(PATH)).status).toBe(200);
  });

  it("with a flipped byte in the store are fetched again, and the store is repaired", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    await edge.get(PATH);
    const digest = await sha256Hex(react.archive);
    await edge.ports.bytes.delete(digest);
    await edge.ports.bytes.put(digest, flipByte(react.archive));
    const healed = await edge.get(PATH);
    expect(new Uint8Array(await healed.arrayBuffer())).toEqual(react.archive);
    expect(healed.headers.get("raya-source")).toBe("upstream");
    expect(edge.events).toContainEqual(
      expect.objectContaining({ stage: "store", kind: "heal", subject: "react@19.0.0" }),
    );
    expect(await edge.ports.bytes.get(digest)).toEqual(react.archive);
    expect((await edge.get(PATH)).headers.get("raya-source")).toBe("edge");
  });

  it("with a flipped byte in the store are an error when no good copy is to be had", async ({ expect }) => {
    let up = true;
    const upstream = registryOf(react);
    const edge = createFakeEdge((url, request) => {
      if (!up) throw new Error("internal error; reference = abc");
      return upstream(url, request);
    });
    await edge.get(PATH);
    const digest = await sha256Hex(react.archive);
    await edge.ports.bytes.delete(digest);
    await edge.ports.bytes.put(digest, flipByte(react.archive));
    up = false;
    const response = await edge.get(PATH);
    expect(response.status).toBe(500);
    expect(await errorOf(response)).toMatchObject({
      code: "ERR_STORE_CORRUPT",
      details: { package: "react@19.0.0", expected: digest },
    });
    expect(await edge.ports.bytes.get(digest)).toBeUndefined();
  });

  it("whose record leads to another archive are fetched again, and the record is repaired", async ({ expect }) => {
    const other = createPackage("other", "1.0.0");
    const edge = createFakeEdge(registryOf(react, other));
    await edge.get(PATH);
    await edge.get("/npm/other/-/other-1.0.0.tgz");
    const { records } = edge.ports;
    const mine = await records.read("archive:react@19.0.0");
    const its = await records.read("archive:other@1.0.0");
    if (mine === undefined || its === undefined) throw new Error("nothing was stored");
    for (const lie of [its, { ...mine, digest: its.digest }]) {
      await records.write("archive:react@19.0.0", lie);
      const response = await edge.get(PATH);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
      expect(response.headers.get("raya-integrity")).toBe(react.integrity);
      expect((await records.read("archive:react@19.0.0"))?.digest).toBe(mine.digest);
    }
    expect(edge.events.filter(({ kind }) => kind === "heal")).toHaveLength(2);
    expect((await edge.get("/npm/other/-/other-1.0.0.tgz")).headers.get("raya-source")).toBe("edge");
  });

  it("too large for the store are served all the same", async ({ expect }) => {
    const bytes = createMemoryByteStore();
    const put = async (key: string, value: Uint8Array<ArrayBuffer>) => {
      if (value.length > 1000) throw new LoaderError("ERR_STORE_QUOTA", "too large for a value");
      return bytes.put(key, value);
    };
    const large = createPackage("large", "1.0.0", textBytes("x".repeat(2000)));
    const edge = createFakeEdge(registryOf(large), { bytes: { ...bytes, put } });
    const [first, second] = [
      await edge.get("/npm/large/-/large-1.0.0.tgz"),
      await edge.get("/npm/large/-/large-1.0.0.tgz"),
    ];
    for (const response of [first, second]) {
      expect(response.headers.get("raya-source")).toBe("upstream");
      expect(response.headers.get("etag")).toBe(`"${await sha256Hex(large.archive)}"`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(large.archive);
    }
    expect(edge.events).toContainEqual(expect.objectContaining({ kind: "warning", subject: "large@1.0.0" }));
  });

  it("larger than the limits are refused", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react), { limits: { archiveBytes: 5 } });
    const response = await edge.get(PATH);
    expect(response.status).toBe(413);
    expect((await errorOf(response)).code).toBe("ERR_SIZE_LIMIT");
  });

  it("of a version that is not there are an error that says so, without asking for the archive", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const response = await edge.get("/npm/react/-/react-99.0.0.tgz");
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: "ERR_VERSION_NOT_FOUND", details: { package: "react" } });
    expect(edge.requests).toEqual(["https://registry.test/npm/react"]);
  });

  it("of a version that is not there are looked for once a minute, and found when it is there", async ({ expect }) => {
    let upstream = registryOf(react);
    const edge = createFakeEdge((url, request) => upstream(url, request), { memoryBytes: 1_000_000 });
    const newer = createPackage("react", "19.1.0");
    const status = async (): Promise<number> => (await edge.get("/npm/react/-/react-19.1.0.tgz")).status;
    expect(await status()).toBe(404);
    edge.ports.bytes.get = () => Promise.reject(new Error("asked"));
    expect(await status()).toBe(404);
    edge.ports.bytes.get = async () => undefined;
    upstream = registryOf(newer);
    edge.pass(60_000);
    expect(await status()).toBe(200);
  });

  it("that the registry has no integrity for are refused", async ({ expect }) => {
    const bare = createPackage("bare", "1.0.0");
    bare.packument.versions["1.0.0"] = { name: "bare", version: "1.0.0", dist: { integrity: "" } };
    const edge = createFakeEdge(registryOf(bare));
    const response = await edge.get("/npm/bare/-/bare-1.0.0.tgz");
    expect(response.status).toBe(403);
    expect((await errorOf(response)).code).toBe("ERR_INTEGRITY_REQUIRED");
    expect(edge.requests).toEqual(["https://registry.test/npm/bare"]);
  });

  it("go on to the network's edge in the service worker, and keep the word of where they came from", async ({
    expect,
  }) => {
    const outer = createFakeEdge(registryOf(react));
    const inner = createFakeEdge((url) => outer.get(url.pathname), {
      registry: "https://edge.test/npm/",
      source: "browser",
    });
    expect((await inner.get(PATH)).headers.get("raya-source")).toBe("upstream");
    expect((await inner.get(PATH)).headers.get("raya-source")).toBe("browser");
    const other = createFakeEdge((url) => outer.get(url.pathname), {
      registry: "https://edge.test/npm/",
      source: "browser",
    });
    const response = await other.get(PATH);
    expect(response.headers.get("raya-source")).toBe("edge");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
  });
});

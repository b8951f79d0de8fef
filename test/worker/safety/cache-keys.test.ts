import { describe, it } from "vitest";
import { createFakeEdge, createPackage, errorOf, registryOf, type Upstream } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication } from "../registry/fake-registry.ts";

const scoped = createPackage("@types/node", "22.0.0");
const flat = createPackage("types", "22.0.0");
const ABBREVIATED = { accept: "application/vnd.npm.install-v1+json" };
const ORIGINS = { allowedOrigins: ["https://cdn.test"], memoryBytes: 1_000_000 };

/** Answers with the address that was asked for. */
const echo: Upstream = (url) => new Response(url.href, { headers: { "content-type": "text/plain" } });

describe("no two answers share what is kept", () => {
  it("HEAD does not leave an empty body for GET, nor GET a body for HEAD", async ({ expect }) => {
    for (const path of ["/npm/types", "/npm/types/-/types-22.0.0.tgz"]) {
      const edge = createFakeEdge(registryOf(flat), { memoryBytes: 1_000_000 });
      expect(await (await edge.get(path, { method: "HEAD" })).text()).toBe("");
      expect((await (await edge.get(path)).text()).length).toBeGreaterThan(10);
      expect(await (await edge.get(path, { method: "HEAD" })).text()).toBe("");
    }
  });

  it("a part does not take the place of the whole", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(flat), { memoryBytes: 1_000_000 });
    const path = "/npm/types/-/types-22.0.0.tgz";
    expect((await edge.get(path, { headers: { range: "bytes=0-1" } })).status).toBe(206);
    expect(new Uint8Array(await (await edge.get(path)).arrayBuffer())).toEqual(flat.archive);
  });

  it("every spelling of a scope's slash is one package, and no other encoding is any", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(scoped, flat), { memoryBytes: 1_000_000 });
    const texts = await Promise.all(
      ["@types/node", "@types%2fnode", "@types%2Fnode", "%40types/node", "%40types%2fnode"].map(async (name) =>
        (await edge.get(`/npm/${name}`)).text(),
      ),
    );
    expect(new Set(texts).size).toBe(1);
    expect(edge.requests).toEqual(["https://registry.test/npm/@types%2fnode"]);
    for (const name of [
      "@types%252fnode",
      "@types%5cnode",
      "types%2fnode",
      "@types%2f%2fnode",
      "@types%2fnode%2f",
      "%2540types/node",
    ])
      expect((await edge.get(`/npm/${name}`)).status).toBe(400);
    expect(edge.requests).toHaveLength(1);
  });

  it("the two forms of a packument are kept apart", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(flat), { memoryBytes: 1_000_000 });
    const read = async (headers: Record<string, string> = {}): Promise<string> =>
      (await edge.get("/npm/types", { headers })).text();
    const [short, long] = [await read(ABBREVIATED), await read()];
    expect(long).toContain("readme");
    expect(short).not.toContain("readme");
    expect([await read(ABBREVIATED), await read()]).toEqual([short, long]);
  });

  it("what a token gives is kept for those who have one", async ({ expect }) => {
    const registry = createFakeRegistry(registryOf(flat), { memoryBytes: 1_000_000 });
    const { document } = await createPublication("@acme/lib", "1.0.0");
    await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN);
    const download = "/packages/@acme/lib/1.0.0/download";
    const paths = ["/npm/@acme/lib", "/npm/@acme/lib/1.0.0", "/npm/@acme/lib/-/lib-1.0.0.tgz", "/packages/@acme/lib"];
    for (const path of [...paths, "/packages/@acme/lib/1.0.0", download, `${download}?format=tar.zst`]) {
      expect([path, (await registry.get(path, { headers: ADMIN })).status]).toEqual([path, 200]);
      const without = await registry.get(path);
      expect([path, without.status, without.headers.get("etag")]).toEqual([path, 401, null]);
      const other = await registry.login("bob", ["read:@other"]);
      expect([path, (await registry.get(path, { headers: other })).status]).toEqual([path, 403]);
    }
  });

  it("the forms of a version are kept apart, and every encoding of one", async ({ expect }) => {
    const registry = createFakeRegistry(undefined, { memoryBytes: 1_000_000 });
    const { document } = await createPublication("@acme/lib", "1.0.0");
    await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN);
    const read = async (query: string, encoding: string): Promise<string> => {
      const headers = { ...ADMIN, "accept-encoding": encoding };
      const response = await registry.get(`/packages/@acme/lib/1.0.0/download${query}`, { headers });
      expect(response.status).toBe(200);
      const start = new Uint8Array(await response.arrayBuffer()).subarray(0, 16).join(" ");
      return `${response.headers.get("etag")} ${response.headers.get("content-encoding")} ${start}`;
    };
    const asked = ["", "?format=tar.zst", "?format=tgz"].flatMap((query) =>
      ["identity", "gzip", "zstd"].map((encoding) => [query, encoding] as const),
    );
    const first: string[] = [];
    for (const [query, encoding] of asked) first.push(await read(query, encoding));
    // The two archives are encoded already, and go out as they are.
    expect(new Set(first).size).toBe(5);
    const again: string[] = [];
    for (const [query, encoding] of asked.toReversed()) again.unshift(await read(query, encoding));
    expect(again).toEqual(first);
  });

  it("the Host header decides only what this visitor is shown", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(flat), { memoryBytes: 1_000_000 });
    expect(await (await edge.get("https://evil.test/npm/types", { headers: ABBREVIATED })).text()).toContain(
      "evil.test",
    );
    expect(await (await edge.get("/npm/types", { headers: ABBREVIATED })).text()).not.toContain("evil.test");
    for (const { digest } of [await edge.ports.records.read("packument-3:types")].filter(
      (record) => record !== undefined,
    ))
      expect(new TextDecoder().decode(await edge.ports.bytes.get(digest))).not.toMatch(/evil|edge\.test/);
  });

  it("a query that is no part of the question changes nothing and is not passed on", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(flat), { memoryBytes: 1_000_000 });
    const texts = await Promise.all(
      ["", "?a=1&b=2", "?b=2&a=1", "?write=true"].map(async (query) => (await edge.get(`/npm/types${query}`)).text()),
    );
    expect(new Set(texts).size).toBe(1);
    expect(edge.requests).toEqual(["https://registry.test/npm/types"]);
  });

  it("URL imports that differ in anything are different, the order of a query and encodings included", async ({
    expect,
  }) => {
    const edge = createFakeEdge(echo, ORIGINS);
    const hrefs = [
      "https://cdn.test/a.js",
      "https://cdn.test/A.js",
      "https://cdn.test/a.js?",
      "https://cdn.test/a.js?x=1&y=2",
      "https://cdn.test/a.js?y=2&x=1",
      "https://cdn.test/a%2fb.js",
      "https://cdn.test/a/b.js",
      "https://cdn.test/a%2Fb.js",
      "https://cdn.test/a.js/",
    ];
    for (let count = 0; count < 2; count += 1)
      for (const href of hrefs)
        expect(await (await edge.get(`/url?href=${encodeURIComponent(href)}`)).text()).toBe(href);
    expect(edge.requests).toEqual(hrefs);
  });

  it("what a request says twice is not taken for something else", async ({ expect }) => {
    const edge = createFakeEdge(echo, ORIGINS);
    const twice = `/url?href=${encodeURIComponent("https://cdn.test/a.js")}&href=${encodeURIComponent("https://cdn.test/b.js")}`;
    expect(await (await edge.get(twice)).text()).toBe("https://cdn.test/a.js");
    expect(await (await edge.get(`/url?href=${encodeURIComponent("https://cdn.test/b.js")}`)).text()).toBe(
      "https://cdn.test/b.js",
    );
  });

  it("no name is a key of another kind of thing", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(flat));
    for (const name of ["full-3:types", "packument-3:types", "archive:types@1.0.0", "url:x", "object:x", "record:x"]) {
      const response = await edge.get(`/npm/${name}`);
      expect((await errorOf(response)).code).toBe("ERR_INVALID_PACKAGE_NAME");
    }
  });
});

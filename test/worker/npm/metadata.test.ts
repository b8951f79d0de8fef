import { describe, it } from "vitest";
import { ENCODERS } from "../../../worker/encoders.ts";
import { gunzip } from "../../../worker/gzip.ts";
import { createFakeEdge, createPackage, errorOf, registryOf, type Upstream } from "../fake-upstream.ts";

const ABBREVIATED = { accept: "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*" };

/** A package as npm's own registry has it. */
function createFullPackage(name: string, dist: Record<string, unknown> = {}) {
  const base = createPackage(name, "1.0.0");
  const manifest = {
    name,
    version: "1.0.0",
    main: "index.js",
    bin: { run: "run.js" },
    engines: { node: ">=18" },
    dependencies: { ms: "^2.0.0" },
    devDependencies: { tape: "*" },
    peerDependencies: { react: "*" },
    hasInstallScript: true,
    dist: { integrity: base.integrity, shasum: "a".repeat(40), signatures: [{ keyid: "k", sig: "s" }], ...dist },
  };
  const time = { created: "2020-01-01T00:00:00.000Z", modified: "2020-01-02T00:00:00.000Z" };
  const packument = { _id: name, ...base.packument, time, versions: { "1.0.0": manifest } };
  return { ...base, packument };
}

const full = createFullPackage("@acme/lib");
const TARBALL = "https://edge.test/npm/@acme/lib/-/lib-1.0.0.tgz";

describe("metadata for npm's clients", () => {
  it("is abbreviated to what installing needs for who asks so, with the type that says it", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full), { now: () => Date.parse("2020-02-02T00:00:00.000Z") });
    const response = await edge.get("/npm/@acme%2flib", { headers: ABBREVIATED });
    expect(response.headers.get("content-type")).toBe("application/vnd.npm.install-v1+json");
    const { devDependencies, main, ...installed } = full.packument.versions["1.0.0"];
    expect(await response.json()).toEqual({
      name: "@acme/lib",
      "dist-tags": { latest: "1.0.0" },
      modified: "2020-01-02T00:00:00.000Z",
      versions: { "1.0.0": { ...installed, dist: { ...installed.dist, tarball: TARBALL } } },
    });
    expect([devDependencies, main]).toEqual([{ tape: "*" }, "index.js"]);
  });

  it("has dates where the package was changed within a month, for who waits before they use a version", async ({
    expect,
  }) => {
    const edge = createFakeEdge(registryOf(full), { now: () => Date.parse("2020-01-31T00:00:00.000Z") });
    const { time } = (await (await edge.get("/npm/@acme/lib", { headers: ABBREVIATED })).json()) as { time: unknown };
    expect(time).toEqual(full.packument.time);
  });

  it("goes out as the client takes it encoded, made so once for each address", async ({ expect }) => {
    let encoded = 0;
    const gzipOnce = (bytes: Uint8Array<ArrayBuffer>) => {
      encoded += 1;
      return ENCODERS["gzip"]?.(bytes) ?? bytes;
    };
    const edge = createFakeEdge(registryOf(full), { encoders: { gzip: gzipOnce }, memoryBytes: 1e6 });
    const read = async (headers: Record<string, string>) => {
      const response = await edge.get("/npm/@acme/lib", { headers: { ...ABBREVIATED, ...headers } });
      return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
    };
    const [plain, zipped] = [await read({}), await read({ "accept-encoding": "gzip" })];
    expect(plain.response.headers.get("content-encoding")).toBeNull();
    expect(zipped.response.headers.get("content-encoding")).toBe("gzip");
    expect(zipped.response.headers.get("vary")).toBe("accept, accept-encoding");
    expect(await gunzip([zipped.bytes])).toEqual(plain.bytes);
    expect(zipped.response.headers.get("etag")).not.toBe(plain.response.headers.get("etag"));
    const known = { "accept-encoding": "gzip", "if-none-match": zipped.response.headers.get("etag") ?? "" };
    expect((await read(known)).response.status).toBe(304);
    expect(encoded).toBe(1);
    const other = await createFakeEdge(registryOf(full), { ...edge.ports, publicOrigin: "https://other.test" }).get(
      "/npm/@acme/lib",
      { headers: { ...ABBREVIATED, "accept-encoding": "gzip" } },
    );
    expect(new TextDecoder().decode(await gunzip([new Uint8Array(await other.arrayBuffer())]))).toContain(
      "https://other.test/npm/@acme/lib/-/",
    );
  });

  it("is encoded once, however many want it at the same time", async ({ expect }) => {
    let encoded = 0;
    const slow = async (bytes: Uint8Array<ArrayBuffer>) => {
      encoded += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return bytes;
    };
    const edge = createFakeEdge(registryOf(full), { encoders: { gzip: slow }, memoryBytes: 1e6 });
    const ask = () => edge.get("/npm/@acme/lib", { headers: { "accept-encoding": "gzip" } });
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(encoded).toBe(1);
  });

  it("of megabytes goes out in pieces, all of it to everybody, whoever leaves half way", async ({ expect }) => {
    const readme = Array.from({ length: 300_000 }, (_, index) => index.toString(36)).join(" ");
    const large = { ...full, packument: { ...full.packument, readme } };
    const edge = createFakeEdge(registryOf(large), { memoryBytes: 1e8 });
    const ask = () => edge.get("/npm/@acme/lib");
    const [left, one, other] = await Promise.all([ask(), ask(), ask()]);
    const reader = left.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeLessThan(500_000);
    await reader?.cancel();
    const read = async (response: Response) => new Uint8Array(await response.arrayBuffer());
    const [bytes, same] = await Promise.all([read(one), read(other)]);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ readme });
    expect(same).toEqual(bytes);
    expect(Number((await edge.get("/npm/@acme/lib", { method: "HEAD" })).headers.get("content-length"))).toBe(
      bytes.length,
    );
    const part = await edge.get("/npm/@acme/lib", { headers: { range: "bytes=1000000-1000003" } });
    expect([part.status, await read(part)]).toEqual([206, bytes.slice(1_000_000, 1_000_004)]);
  });

  it("is whole for everybody else", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full));
    const response = await edge.get("/npm/@acme%2flib");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({
      _id: "@acme/lib",
      readme: "left out",
      time: { created: "2020-01-01T00:00:00.000Z" },
      versions: { "1.0.0": { main: "index.js", dist: { tarball: TARBALL } } },
    });
  });

  it("has an ETag of its own in each form, and caches are told that Accept matters", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full));
    const [short, long] = [
      await edge.get("/npm/@acme/lib", { headers: ABBREVIATED }),
      await edge.get("/npm/@acme/lib"),
    ];
    expect(short.headers.get("etag")).not.toBe(long.headers.get("etag"));
    for (const { headers } of [short, long]) expect(headers.get("vary")).toBe("accept");
    const known = { "if-none-match": short.headers.get("etag") ?? "" };
    expect((await edge.get("/npm/@acme/lib", { headers: { ...ABBREVIATED, ...known } })).status).toBe(304);
    expect((await edge.get("/npm/@acme/lib", { headers: known })).status).toBe(200);
  });

  it("has archives at the address that it was asked under, whoever asked before", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full), { memoryBytes: 1_000_000 });
    const tarballAt = async (origin: string): Promise<string> => {
      const text = await (await edge.get(new URL("/npm/@acme/lib", origin).href)).text();
      return /"tarball":"([^"]*)"/.exec(text)?.[1] ?? "";
    };
    for (const origin of ["https://one.test", "https://two.test", "https://one.test"])
      expect(await tarballAt(origin)).toBe(`${origin}/npm/@acme/lib/-/lib-1.0.0.tgz`);
    expect(edge.requests).toHaveLength(1);
  });

  it("has archives at the public origin where one is set, whatever the Host header says", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full), { publicOrigin: "https://npm.acme.test" });
    const text = await (await edge.get("https://evil.test/npm/@acme/lib")).text();
    expect(text).toContain('"tarball":"https://npm.acme.test/npm/@acme/lib/-/lib-1.0.0.tgz"');
    expect(text).not.toContain("evil.test");
  });

  it("does not show where the upstream keeps its archives, but finds them there", async ({ expect }) => {
    const elsewhere = createFullPackage("odd", { tarball: "https://registry.test/files/42" });
    const upstream: Upstream = (url, request) =>
      url.pathname === "/files/42" ? new Response(elsewhere.archive) : registryOf(elsewhere)(url, request);
    const edge = createFakeEdge(upstream);
    for (const headers of [ABBREVIATED, {}]) {
      const text = await (await edge.get("/npm/odd", { headers })).text();
      expect(text).not.toMatch(/files\/42|raya-upstream|registry\.test/);
      expect(text).toContain('"tarball":"https://edge.test/npm/odd/-/odd-1.0.0.tgz"');
    }
    const archive = await edge.get("/npm/odd/-/odd-1.0.0.tgz");
    expect(new Uint8Array(await archive.arrayBuffer())).toEqual(elsewhere.archive);
    expect(edge.requests.at(-1)).toBe("https://registry.test/files/42");
  });

  it("of one version is there by version and by tag", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full));
    for (const path of ["@acme%2flib/1.0.0", "@acme/lib/latest"]) {
      const response = await edge.get(`/npm/${path}`);
      expect(await response.json()).toMatchObject({ name: "@acme/lib", main: "index.js", dist: { tarball: TARBALL } });
    }
    for (const selector of ["2.0.0", "next", "constructor", "toString"]) {
      const missing = await edge.get(`/npm/@acme/lib/${selector}`);
      expect(missing.status).toBe(404);
      expect((await errorOf(missing)).code).toBe("ERR_VERSION_NOT_FOUND");
    }
  });

  it("is abbreviated, and stale, when the upstream is down and nothing else was ever asked for", async ({ expect }) => {
    let up = true;
    const edge = createFakeEdge((url, request) =>
      up ? registryOf(full)(url, request) : new Response("", { status: 503 }),
    );
    await edge.get("/npm/@acme/lib", { headers: ABBREVIATED });
    up = false;
    const response = await edge.get("/npm/@acme/lib");
    expect(response.status).toBe(200);
    expect(response.headers.get("raya-stale")).toBe("true");
    expect(response.headers.get("content-type")).toBe("application/vnd.npm.install-v1+json");
  });

  it("is told about, but not sent, to HEAD", async ({ expect }) => {
    const response = await createFakeEdge(registryOf(full)).get("/npm/@acme/lib", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).toMatch(/^"[0-9a-f]{64}"$/);
    expect(await response.text()).toBe("");
  });
});

describe("parts of archives", () => {
  const PATH = "/npm/@acme/lib/-/lib-1.0.0.tgz";
  const size = full.archive.length;
  const PARTS: [range: string, first: number, last: number][] = [
    ["bytes=0-3", 0, 3],
    ["bytes=5-", 5, size - 1],
    ["bytes=-4", size - 4, size - 1],
    ["bytes=3-99999", 3, size - 1],
    ["bytes=-99999", 0, size - 1],
  ];
  it.for(PARTS)("%s is %i to %i", async ([range, first, last], { expect }) => {
    const response = await createFakeEdge(registryOf(full)).get(PATH, { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/${size}`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(full.archive.subarray(first, last + 1));
  });

  it.for([`bytes=${size}-`, "bytes=99999-", "bytes=-0"])("%s are not there", async (range, { expect }) => {
    const response = await createFakeEdge(registryOf(full)).get(PATH, { headers: { range } });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe(`bytes */${size}`);
    expect((await errorOf(response)).code).toBe("ERR_RANGE_NOT_SATISFIABLE");
  });

  it.for(["bytes=0-1,3-4", "items=0-1", "bytes=4-2", "bytes=-", "nonsense"])(
    "%s is not understood: everything comes",
    async (range, { expect }) => {
      const response = await createFakeEdge(registryOf(full)).get(PATH, { headers: { range } });
      expect(response.status).toBe(200);
      expect(response.headers.get("accept-ranges")).toBe("bytes");
      expect((await response.arrayBuffer()).byteLength).toBe(size);
    },
  );

  it("are sent only of the body that If-Range names", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(full));
    const etag = (await edge.get(PATH)).headers.get("etag") ?? "";
    const statusFor = async (condition: string): Promise<number> =>
      (await edge.get(PATH, { headers: { range: "bytes=0-3", "if-range": condition } })).status;
    expect(await statusFor(etag)).toBe(206);
    expect(await statusFor('"other"')).toBe(200);
  });
});

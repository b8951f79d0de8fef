import { zstdDecompressSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import { describe, it } from "vitest";
import { compileArchiveToChunks } from "../../../src/artifact/compile-archive.ts";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import { RbinIndex } from "../../../src/artifact/read-rbin.ts";
import { sha256Hex } from "../../../src/verify/digest.ts";
import type { ArtifactCompiler } from "../../../worker/artifact-compiler.ts";
import { gunzip } from "../../../worker/gzip.ts";
import { createPackage, errorOf, registryOf } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication, type FakeRegistry, pack } from "./fake-registry.ts";

const NAME = "@acme/lib";
const READER = { headers: ADMIN };

async function createPublished(versions: readonly string[] = ["1.0.0"]): Promise<FakeRegistry> {
  const registry = createFakeRegistry();
  for (const version of versions) {
    const { document } = await createPublication(NAME, version);
    await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN);
  }
  return registry;
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}

describe("the Raya protocol", () => {
  it("R88, R89, R92: gives a package and a version in the seed's words", async ({ expect }) => {
    const registry = await createPublished();
    const version = await (await registry.get(`/packages/${NAME}/1.0.0`, READER)).json();
    expect(version).toEqual({
      name: NAME,
      version: "1.0.0",
      description: "The @acme/lib",
      checksum: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      download_url: `https://edge.test/packages/${NAME}/1.0.0/download?compiler=${COMPILER_ID}`,
      compiler: COMPILER_ID,
      index_checksum: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      size: expect.any(Number),
      dependencies: {},
      integrity: expect.stringMatching(/^sha512-/),
      published_by: "admin",
      published_at: expect.any(String),
    });
    const whole = await registry.get("/packages/@acme%2flib", READER);
    expect(await whole.json()).toMatchObject({
      name: NAME,
      tags: { latest: "1.0.0" },
      versions: { "1.0.0": { name: NAME, version: "1.0.0", dependencies: {} } },
      created: expect.any(String),
      modified: expect.any(String),
    });
    expect(whole.headers.get("cache-control")).toBe("private, no-cache");
  });

  it("R90, R93: what is downloaded has the checksum, never changes, and can be had in parts", async ({ expect }) => {
    const registry = await createPublished();
    const { checksum, download_url }: Record<string, string> = await (
      await registry.get(`/packages/${NAME}/1.0.0`, READER)
    ).json();
    const path = download_url?.slice("https://edge.test".length) ?? "";
    const response = await registry.get(path, READER);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.headers.get("raya-checksum")).toBe(checksum);
    const bytes = await bytesOf(response);
    expect(`sha256:${await sha256Hex(bytes)}`).toBe(checksum);
    expect(new RbinIndex(bytes, `${NAME}@1.0.0`).header.package).toBe(`${NAME}@1.0.0`);
    const part = await registry.get(path, { headers: { ...ADMIN, range: "bytes=0-3" } });
    expect([part.status, await part.text()]).toEqual([206, "RBIN"]);
    const bare = await registry.get(`/packages/${NAME}/1.0.0/download`, READER);
    expect(bare.headers.get("cache-control")).toBe("private, no-cache");
    expect(await bytesOf(bare)).toEqual(bytes);
  });

  it("R49, R50, R24: gives one compressed archive with artifact, metadata and types, the same for good", async ({
    expect,
  }) => {
    const registry = createFakeRegistry();
    const manifest = { name: NAME, version: "1.0.0", types: "index.d.ts", dependencies: { time: "^2.0.0" } };
    const files = {
      "package.json": JSON.stringify(manifest),
      "index.js": "export const a = 1",
      "index.d.ts": "export const a: 1",
    };
    const { document } = await createPublication(NAME, "1.0.0", { files: await pack(files), manifest });
    await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN);
    const download = `/packages/${NAME}/1.0.0/download?compiler=${COMPILER_ID}`;
    const { checksum }: Record<string, string> = await (await registry.get(`/packages/${NAME}/1.0.0`, READER)).json();
    const archive = await bytesOf(await registry.get(`${download}&format=tar.zst`, READER));
    const entries = await unpackTar(new Uint8Array(zstdDecompressSync(archive)));
    expect(entries.map(({ header }) => header.name)).toEqual(["metadata.json", "module.rbin", "module.rdef"]);
    const [metadata, rbin] = entries.map(({ data }) => new Uint8Array(data ?? []));
    expect(JSON.parse(new TextDecoder().decode(metadata))).toEqual({
      format: 1,
      name: NAME,
      version: "1.0.0",
      dependencies: { time: "^2.0.0" },
      checksum,
    });
    expect(`sha256:${await sha256Hex(rbin ?? new Uint8Array())}`).toBe(checksum);
    expect(await bytesOf(await registry.get(`${download}&format=tar.zst`, READER))).toEqual(archive);
    const published = await registry.get(`/packages/${NAME}/1.0.0/download?format=tgz`, READER);
    expect(published.headers.get("content-type")).toBe("application/gzip");
    expect(await bytesOf(published)).toEqual(await pack(files));
    const wrong = await registry.get(`${download}&format=zip`, READER);
    expect((await errorOf(wrong)).code).toBe("ERR_REQUEST_INVALID");
  });

  it("R45: has the author's archive in the bundle of what goes out with its sources", async ({ expect }) => {
    const registry = createFakeRegistry();
    const manifest = { name: NAME, version: "1.0.0", includeSource: true };
    const files = { "package.json": JSON.stringify(manifest), "index.js": "module.exports = 1" };
    const archive = await pack(files);
    const headers = { ...ADMIN, "content-type": "application/gzip" };
    expect((await registry.get("/publish", { method: "POST", body: archive, headers })).status).toBe(201);
    const bundle = await bytesOf(await registry.get(`/packages/${NAME}/1.0.0/download?format=tar.zst`, READER));
    const entries = await unpackTar(new Uint8Array(zstdDecompressSync(bundle)));
    expect(entries.map(({ header }) => header.name)).toEqual(["metadata.json", "module.rbin", "source.tgz"]);
    expect(new Uint8Array(entries.at(-1)?.data ?? [])).toEqual(archive);
  });

  it("has public packages too, compiled when they are asked for, for everybody", async ({ expect }) => {
    const archive = await pack({ "package.json": '{"name":"time","version":"2.0.0"}', "index.js": "exports.a = 1" });
    const time = createPackage("time", "2.0.0", archive);
    const dates = { modified: "2025-01-02T00:00:00Z", "2.0.0": "2025-01-01T00:00:00Z" };
    const registry = createFakeRegistry(
      registryOf({ ...time, packument: Object.assign(time.packument, { time: dates }) }),
    );
    const version: Record<string, string> = await (await registry.get("/packages/time/2.0.0")).json();
    expect(version).toMatchObject({ name: "time", checksum: expect.stringMatching(/^sha256:/), compiler: COMPILER_ID });
    const response = await registry.get(version["download_url"]?.slice("https://edge.test".length) ?? "");
    expect(`sha256:${await sha256Hex(await bytesOf(response))}`).toBe(version["checksum"]);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    const bundle = await registry.get("/packages/time/2.0.0/download?format=tar.zst");
    expect(bundle.status).toBe(200);
    expect(await (await registry.get("/packages/time")).json()).toMatchObject({
      tags: { latest: "2.0.0" },
      modified: expect.any(String),
      versions: {
        "2.0.0": {
          integrity: expect.any(String),
          download_url: expect.any(String),
          published_at: "2025-01-01T00:00:00Z",
        },
      },
    });
    expect((await registry.get("/packages/time/3.0.0")).status).toBe(404);
    const other = await errorOf(await registry.get("/packages/time/2.0.0/download?compiler=raya-0"));
    expect(other).toMatchObject({ code: "ERR_ROUTE_NOT_FOUND", details: { expected: COMPILER_ID } });
  });

  it("shows own packages to nobody without a token for them", async ({ expect }) => {
    const registry = await createPublished();
    const bob = await registry.login("bob", ["read:@other"]);
    for (const path of ["", "/tags", "/1.0.0", "/1.0.0/download", "/1.0.0/download?format=tgz"]) {
      expect((await registry.get(`/packages/${NAME}${path}`)).status).toBe(401);
      expect((await registry.get(`/packages/${NAME}${path}`, { headers: bob })).status).toBe(403);
      expect((await registry.get(`/packages/${NAME}${path}`, READER)).status).toBe(200);
    }
    expect(registry.requests).toEqual([]);
  });

  it("takes no name, version or path that it does not know", async ({ expect }) => {
    const registry = await createPublished();
    const WRONG: [path: string, code: string][] = [
      ["", "ERR_ROUTE_NOT_FOUND"],
      ["..%2fx", "ERR_INVALID_PACKAGE_NAME"],
      ["@acme/lib/latest", "ERR_INVALID_RANGE"],
      ["@acme/lib/v1.0.0", "ERR_INVALID_RANGE"],
      ["@acme/lib/1.0.0/owner", "ERR_ROUTE_NOT_FOUND"],
      ["@acme/lib/1.0.0/download/x", "ERR_ROUTE_NOT_FOUND"],
      ["@acme/lib/1.0.0/yank", "ERR_METHOD_NOT_ALLOWED"],
      ["@acme/lib/2.0.0", "ERR_VERSION_NOT_FOUND"],
      ["@acme/none", "ERR_PACKAGE_NOT_FOUND"],
      ["@acme/lib/1.0.0?compiler=..%2f..%2fx", "ERR_REQUEST_INVALID"],
      ["@acme/lib/1.0.0/download?compiler=", "ERR_REQUEST_INVALID"],
      ["@acme/lib/1.0.0/download?compiler=raya-0", "ERR_ROUTE_NOT_FOUND"],
    ];
    for (const [path, code] of WRONG)
      expect((await errorOf(await registry.get(`/packages/${path}`, READER))).code, path).toBe(code);
    const posted = await registry.send("POST", `/packages/${NAME}/1.0.0`, {}, ADMIN);
    expect((await errorOf(posted)).code).toBe("ERR_METHOD_NOT_ALLOWED");
  });

  it("notices an artifact that is not the one that was kept", async ({ expect }) => {
    const registry = await createPublished();
    await registry.get(`/packages/${NAME}/1.0.0/download`, READER);
    const other = createFakeRegistry();
    await other.send("PUT", "/npm/@acme%2fx", (await createPublication("@acme/x", "1.0.0")).document, ADMIN);
    await other.get("/packages/@acme/x/1.0.0/download", READER);
    const artifactIn = ({ objects }: FakeRegistry): string =>
      [...objects.kept.keys()].find((key) => key.endsWith(".rbin")) ?? "";
    const foreign = other.objects.kept.get(artifactIn(other));
    if (foreign === undefined) throw new TypeError("no artifact was kept");
    registry.objects.kept.set(artifactIn(registry), foreign);
    const response = await registry.get(`/packages/${NAME}/1.0.0/download`, READER);
    expect((await errorOf(response)).code).toBe("ERR_STORE_CORRUPT");
  });
});

describe("an .rbin over the wire", () => {
  it("is compiled once, whichever protocol asks for it, and however many at the same time", async ({ expect }) => {
    const archive = await pack({
      "package.json": '{"name":"lib","version":"1.0.0"}',
      "index.js": "module.exports = 1",
    });
    let compiled = 0;
    const compile: ArtifactCompiler["compile"] = (...args) => {
      compiled += 1;
      return compileArchiveToChunks(...args);
    };
    const upstream = registryOf(createPackage("lib", "1.0.0", archive));
    const registry = createFakeRegistry(upstream, { compiler: { id: COMPILER_ID, compile }, memoryBytes: 1e7 });
    const paths = ["/packages/lib/1.0.0/download", `/rbin/${COMPILER_ID}/lib@1.0.0`, "/packages/lib/1.0.0"];
    const answers = await Promise.all([...paths, ...paths].map((path) => registry.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(compiled).toBe(1);
  });

  it("is encoded as the client takes it, under an etag of its own, and a part of it not at all", async ({ expect }) => {
    const registry = await createPublished();
    const path = `/packages/${NAME}/1.0.0/download?compiler=${COMPILER_ID}`;
    const get = (headers: Record<string, string>) => registry.get(path, { headers: { ...ADMIN, ...headers } });
    const plain = await bytesOf(await get({}));
    const zipped = await get({ "accept-encoding": "gzip, zstd;q=0, br" });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(await gunzip([await bytesOf(zipped)])).toEqual(plain);
    const best = await get({ "accept-encoding": "gzip, deflate, br, zstd" });
    expect(best.headers.get("content-encoding")).toBe("zstd");
    expect(best.headers.get("vary")).toBe("authorization, accept-encoding");
    expect(new Uint8Array(zstdDecompressSync(await bytesOf(best)))).toEqual(plain);
    const etags = await Promise.all(
      [{}, { "accept-encoding": "gzip" }, { "accept-encoding": "zstd" }].map(async (headers: Record<string, string>) =>
        (await get(headers)).headers.get("etag"),
      ),
    );
    expect(new Set(etags).size).toBe(3);
    const again = await get({ "accept-encoding": "gzip", "if-none-match": etags[1] ?? "" });
    expect(again.status).toBe(304);
    const part = await get({ "accept-encoding": "gzip", range: "bytes=0-3" });
    expect([part.status, await part.text(), part.headers.get("content-encoding")]).toEqual([206, "RBIN", null]);
  });
});

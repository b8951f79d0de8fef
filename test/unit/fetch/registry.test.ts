import { describe, it } from "vitest";
import { archiveFileName } from "../../../src/fetch/archive-file-name.ts";
import { createRegistry } from "../../../src/fetch/registry.ts";
import { createHasher } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { createFakeNetwork } from "../../fixtures/fake-network.ts";

const BASE = "https://registry.test/npm/";
const archive = new TextEncoder().encode("an archive");

function integrityOf(algorithm: "sha1" | "sha512", bytes: Uint8Array): string {
  const hasher = createHasher(algorithm);
  hasher.update(bytes);
  return formatIntegrity(algorithm, hasher.digest());
}

const integrity = integrityOf("sha512", archive);
const packument = (name: string): Response =>
  Response.json({ name, "dist-tags": {}, versions: {} }, { headers: { etag: '"1"' } });

describe("R124 P43: packument", () => {
  it.for([
    ["react", "https://registry.test/npm/react"],
    ["@types/node", "https://registry.test/npm/@types%2fnode"],
    ["JSONStream", "https://registry.test/npm/JSONStream"],
    ["a b?c#d%2e", "https://registry.test/npm/a%20b%3Fc%23d%252e"],
  ] as const)("of %s is at %s", async ([name, url], { expect }) => {
    const { context, requests } = createFakeNetwork(() => packument(name));
    expect((await createRegistry(context, BASE).packument(name)).packument.name).toBe(name);
    expect(requests.map((request) => request.url)).toEqual([url]);
  });

  it.for(["", ".", "..", "../etc", "a/b", "a/b/c", "@scope", "@scope/", "@scope/..", "@/a", "/a", "@a/b/c"])(
    'of "%s" is not asked for: that is no name',
    async (name, { expect }) => {
      const { context, requests } = createFakeNetwork(() => packument(name));
      const fetching = createRegistry(context, BASE).packument(name);
      await expect(fetching).rejects.toMatchObject({ code: "ERR_INVALID_PACKAGE_NAME", details: { package: name } });
      expect(requests).toEqual([]);
    },
  );

  it("asks for the abbreviated form and says where the answer came from", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => packument("a"));
    const fetched = await createRegistry(context, BASE).packument("a");
    expect(requests[0]?.headers.get("accept")).toContain("application/vnd.npm.install-v1+json");
    expect(fetched.source).toBe("upstream");
    expect(fetched.headers.get("etag")).toBe('"1"');
  });

  it.for(["edge", "browser", "upstream", "elsewhere"])("says that it came from: %s", async (said, { expect }) => {
    const headers = { "raya-source": said };
    const { context } = createFakeNetwork(() => Response.json({ name: "a" }, { headers }));
    const { source } = await createRegistry(context, BASE).packument("a");
    expect(source).toBe(said === "elsewhere" ? "upstream" : said);
  });

  it("that is not there is a package that is not found", async ({ expect }) => {
    const { context } = createFakeNetwork(() => Response.json({ error: "Not found" }, { status: 404 }));
    await expect(createRegistry(context, BASE).packument("raect")).rejects.toMatchObject({
      code: "ERR_PACKAGE_NOT_FOUND",
      message: 'The registry has no package "raect"',
      details: { package: "raect", status: 404 },
    });
  });

  it.for([
    [
      "HTML",
      () => new Response("<html>", { headers: { "content-type": "text/html; charset=utf-8" } }),
      "ERR_UNEXPECTED_TYPE",
    ],
    ["text that is not JSON", () => new Response("{"), "ERR_PACKUMENT_INVALID"],
    ["another package's", () => packument("b"), "ERR_PACKUMENT_INVALID"],
    ["larger than the limit", () => new Response(new Uint8Array(2000)), "ERR_SIZE_LIMIT"],
  ] as const)("that is %s is refused", async ([, answer, code], { expect }) => {
    const { context } = createFakeNetwork(answer, { packumentBytes: 1000 });
    await expect(createRegistry(context, BASE).packument("a")).rejects.toMatchObject({
      code,
      details: { package: "a" },
    });
  });

  it("R126: is asked for once by all who want it at the same time, and again after a failure", async ({ expect }) => {
    const { context, requests } = createFakeNetwork((_, count) =>
      count === 1 ? new Response(null, { status: 400 }) : packument("a"),
    );
    const registry = createRegistry(context, BASE);
    const outcomes = await Promise.allSettled([
      registry.packument("a"),
      registry.packument("a"),
      registry.packument("a"),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(requests).toHaveLength(1);
    expect((await registry.packument("a")).packument.name).toBe("a");
  });

  it("still comes for the others when one who wanted it gives up", async ({ expect }) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const { context } = createFakeNetwork(() => promise);
    const registry = createRegistry(context, BASE);
    const one = new AbortController();
    const first = registry.packument("a", one.signal);
    const second = registry.packument("a", new AbortController().signal);
    one.abort("enough");
    await expect(first).rejects.toBe("enough");
    resolve(packument("a"));
    expect((await second).packument.name).toBe("a");
  });
});

describe("archive", () => {
  it("is verified and given with its integrity", async ({ expect }) => {
    const { context, events } = createFakeNetwork(() => new Response(archive, { headers: { "raya-source": "edge" } }));
    const fetched = await createRegistry(context, BASE).archive({ name: "a", version: "1.0.0", integrity });
    expect(fetched).toEqual({ bytes: archive, source: "edge", integrity });
    expect(events.at(-1)).toMatchObject({ kind: "done", subject: "a@1.0.0", bytes: archive.length });
  });

  it("of a very old package is verified by SHA-1 and known by SHA-512 from then on", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(archive));
    const request = { name: "a", version: "0.0.1", integrity: integrityOf("sha1", archive) };
    expect((await createRegistry(context, BASE).archive(request)).integrity).toBe(integrity);
  });

  it("R105: with a flipped byte is refused, with package, both digests and size", async ({ expect }) => {
    const flipped = archive.slice();
    flipped[3] = (flipped[3] ?? 0) ^ 1;
    const { context, requests } = createFakeNetwork(() => new Response(flipped));
    const fetching = createRegistry(context, BASE).archive({
      name: "a",
      version: "1.0.0",
      integrity,
      referrer: "/main.ts",
    });
    await expect(fetching).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: {
        package: "a@1.0.0",
        expected: integrity,
        actual: integrityOf("sha512", flipped),
        size: 10,
        referrer: "/main.ts",
      },
    });
    expect(requests).toHaveLength(1);
  });

  it("R105: is not even asked for when there is nothing to check it against", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(archive));
    const fetching = createRegistry(context, BASE).archive({ name: "a", version: "1.0.0", integrity: "" });
    await expect(fetching).rejects.toMatchObject({ code: "ERR_INTEGRITY_REQUIRED", details: { package: "a@1.0.0" } });
    expect(requests).toEqual([]);
  });

  it.for([
    ["a", "1.0.0", undefined, "https://registry.test/npm/a/-/a-1.0.0.tgz"],
    ["@types/node", "22.0.0", undefined, "https://registry.test/npm/@types/node/-/node-22.0.0.tgz"],
    ["a", "1.0.0", "https://registry.test/download/a/1.0.0", "https://registry.test/download/a/1.0.0"],
    ["a", "1.0.0", "https://elsewhere.test/a-1.0.0.tgz", "https://registry.test/npm/a/-/a-1.0.0.tgz"],
    ["a", "1.0.0", "http://registry.test/a-1.0.0.tgz", "https://registry.test/npm/a/-/a-1.0.0.tgz"],
    ["a", "1.0.0", "file:///etc/passwd", "https://registry.test/npm/a/-/a-1.0.0.tgz"],
    ["a", "1.0.0", "http://[", "https://registry.test/npm/a/-/a-1.0.0.tgz"],
    ["a", "../../b", undefined, "https://registry.test/npm/a/-/a-..%2F..%2Fb.tgz"],
  ] as const)("of %s %s (tarball: %s) is fetched from %s", async ([name, version, tarball, url], { expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(archive));
    await createRegistry(context, BASE).archive({ name, version, integrity, tarball });
    expect(requests.map((request) => request.url)).toEqual([url]);
  });

  it("that is not there is a version that is not found", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(null, { status: 404 }));
    const fetching = createRegistry(context, BASE).archive({ name: "a", version: "9.9.9", integrity });
    await expect(fetching).rejects.toMatchObject({
      code: "ERR_VERSION_NOT_FOUND",
      details: { package: "a@9.9.9", status: 404 },
    });
  });

  it("that its metadata puts on another server is not asked for there; where the registry has it not, that is said", async ({
    expect,
  }) => {
    const { context, requests } = createFakeNetwork(() => new Response("", { status: 404 }));
    const tarball = "https://elsewhere.example/a.tgz";
    const fetching = createRegistry(context, BASE).archive({ name: "a", version: "1.0.0", integrity, tarball });
    const error = await fetching.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "ERR_VERSION_NOT_FOUND" });
    expect(error).toHaveProperty(
      "hint",
      expect.stringMatching(/elsewhere\.example.*is not asked.*set it as the registry/),
    );
    expect(requests.map(({ url }) => url)).toEqual([`${BASE}a/-/a-1.0.0.tgz`]);
  });

  it("that is a web page is refused as one, whatever its digest", async ({ expect }) => {
    const headers = { "content-type": "text/html" };
    const { context } = createFakeNetwork(() => new Response("<!doctype html>", { headers }));
    const fetching = createRegistry(context, BASE).archive({ name: "a", version: "1.0.0", integrity });
    await expect(fetching).rejects.toMatchObject({
      code: "ERR_UNEXPECTED_TYPE",
      details: { package: "a@1.0.0", actual: "text/html" },
    });
  });

  it("is fetched once by all who want it at the same time, but not for who expects other bytes", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(archive));
    const registry = createRegistry(context, BASE);
    const request = { name: "a", version: "1.0.0", integrity };
    const wrong = registry.archive({ ...request, integrity: integrityOf("sha512", new Uint8Array()) });
    await Promise.all([
      registry.archive(request),
      registry.archive(request),
      expect(wrong).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" }),
    ]);
    expect(requests).toHaveLength(2);
  });
});

describe("archiveFileName", () => {
  it.for([
    ["react", "19.3.1", "react-19.3.1.tgz"],
    ["@types/node", "22.0.0", "node-22.0.0.tgz"],
  ] as const)("of %s %s is %s", ([name, version, file], { expect }) => {
    expect(archiveFileName(name, version)).toBe(file);
  });
});

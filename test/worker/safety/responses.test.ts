import { describe, it } from "vitest";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import { createFakeEdge, createPackage, errorOf, registryOf, textBytes } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication, pack } from "../registry/fake-registry.ts";

const HTML = "<!doctype html><script>alert(document.domain)</script>";

describe("what is stored is never a page of this origin", () => {
  it("whatever a package has in it, and whatever it is called", async ({ expect }) => {
    const page = createPackage("page.html", "1.0.0", textBytes(HTML));
    const readSource = async (): Promise<string> => HTML;
    const edge = createFakeEdge(registryOf(page), { readSource });
    const paths = [
      "/npm/page.html",
      "/npm/page.html/-/page.html-1.0.0.tgz",
      "/npm/page.html/1.0.0",
      "/~/page.html@1.0.0/index.html",
    ];
    for (const path of paths) {
      const response = await edge.get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toMatch(/^(?:application\/(?:json|octet-stream)|text\/plain)/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await edge.get(paths[3] ?? "")).headers.get("content-security-policy")).toBe("sandbox");
  });

  it("not as a private package either, nor through a search", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { document } = await createPublication("@acme/page", "1.0.0", { text: HTML });
    document["readme"] = HTML;
    await registry.send("PUT", "/npm/@acme%2fpage", document, ADMIN);
    for (const path of ["/npm/@acme%2fpage", "/npm/@acme/page/-/page-1.0.0.tgz", "/npm/-/v1/search?text=page"]) {
      const response = await registry.get(path, { headers: ADMIN });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toMatch(/^application\/(?:json|octet-stream)/);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("nor by the Raya protocol, whoever published it", async ({ expect }) => {
    const registry = createFakeRegistry(registryOf(createPackage("page.html", "1.0.0", textBytes(HTML))));
    const { document } = await createPublication("@acme/page.html", "1.0.0", { text: HTML });
    await registry.send("PUT", "/npm/@acme%2fpage.html", document, ADMIN);
    for (const name of ["page.html", "@acme/page.html"]) {
      for (const path of ["", "/tags", "/1.0.0/download?format=tgz"]) {
        const { status, headers } = await registry.get(`/packages/${name}${path}`, { headers: ADMIN });
        expect([path, status]).toEqual([path, 200]);
        expect(headers.get("content-type")).toMatch(/^application\/(?:json|gzip)/);
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        if (path.includes("download")) expect(headers.get("content-disposition")).toMatch(/^attachment;/);
      }
    }
  });

  it("nor in an error, which repeats what was asked for as JSON", async ({ expect }) => {
    const edge = createFakeEdge(() => new Response(HTML, { status: 500, headers: { "content-type": "text/html" } }));
    for (const path of ["/npm/react", `/${encodeURIComponent(HTML)}`, `/url?href=${encodeURIComponent(HTML)}`]) {
      const response = await edge.get(path);
      expect(response.ok).toBe(false);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("304 says nosniff too", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(createPackage("react", "1.0.0")));
    const etag = (await edge.get("/npm/react")).headers.get("etag") ?? "";
    const again = await edge.get("/npm/react", { headers: { "if-none-match": etag } });
    expect([again.status, again.headers.get("x-content-type-options")]).toEqual([304, "nosniff"]);
  });
});

describe("bodies", () => {
  const LARGE = 33 * 1024 * 1024;
  const LIMITS: [method: string, path: string, limit: number][] = [
    ["PUT", "/npm/@acme%2flib", LARGE],
    ["PUT", "/npm/-/package/@acme%2flib/dist-tags/next", 2000],
    ["PUT", "/npm/-/user/org.couchdb.user:ann", 20_000],
    ["POST", "/npm/-/npm/v1/tokens", 20_000],
    ["POST", "/publish", 25 * 1024 * 1024],
    ["PUT", "/packages/@acme/lib/tags/next", 20_000],
    ["PUT", "/packages/@acme/lib/1.0.0/yank", 20_000],
    ["POST", "/npm/-/npm/v1/security/advisories/bulk", 9 * 1024 * 1024],
    ["POST", "/npm/-/raya/metadata", 1_100_000],
    ["POST", "/graph", 5 * 1024 * 1024],
  ];
  it.for(LIMITS)("of %s %s have a limit, which is held while they stream", async ([method, path, size], { expect }) => {
    const registry = createFakeRegistry();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1000;
        controller.enqueue(new Uint8Array(1000));
        if (sent > 2 * size) controller.close();
      },
    });
    const streamed = { method, body, headers: ADMIN, duplex: "half" };
    const response = await registry.get(path, streamed);
    expect(response.status).toBe(413);
    expect((await errorOf(response)).code).toBe("ERR_SIZE_LIMIT");
    expect(sent).toBeLessThan(size + 10_000);
    const announced = await registry.get(path, {
      method,
      body: "{}",
      headers: { ...ADMIN, "content-length": String(size) },
    });
    expect(announced.status).toBe(413);
  });

  it("of a publication are not unpacked beyond the limits", async ({ expect }) => {
    const registry = createFakeRegistry(() => undefined, { limits: { unpackedBytes: 100_000 } });
    const archive = await pack({
      "package.json": JSON.stringify({ name: "@acme/bomb", version: "1.0.0" }),
      "bomb.js": " ".repeat(1_000_000),
    });
    const { document } = await createPublication("@acme/bomb", "1.0.0");
    const [file = ""] = Object.keys(document._attachments);
    document._attachments[file] = { data: btoa(String.fromCharCode(...archive)) };
    document.versions["1.0.0"] = { ...document.versions["1.0.0"], dist: {} };
    const response = await registry.send("PUT", "/npm/@acme%2fbomb", document, ADMIN);
    expect((await errorOf(response)).code).toBe("ERR_SIZE_LIMIT");
    expect([...registry.objects.kept.keys()]).toEqual([]);
  });
});

describe("names", () => {
  const SMUGGLED = [
    "..%2f..%2fadmin",
    "@acme%2f..%2fx",
    "@acme%2f..",
    "@acme/..%2f..%2ftokens",
    "@acme%2fx%2f-rev",
    "@acme%2fx%00",
    "@acme%2fx%0d%0aset-cookie:a=b",
    "@acme%2fx%3fwrite=true",
    "@acme%2fx%23",
    "@acme%5cx",
    "@ACME%2f%2e%2e",
    "npm%2ftokens%2f0123456789abcdef",
  ];
  it.for(SMUGGLED)("%s reaches neither the upstream nor the store, by any method", async (name, { expect }) => {
    const registry = createFakeRegistry();
    const { document } = await createPublication("@acme/x", "1.0.0");
    for (const path of [
      `/npm/${name}`,
      `/npm/-/package/${name}/dist-tags`,
      `/npm/-/package/${name}/dist-tags/next`,
      `/packages/${name}`,
      `/packages/${name}/1.0.0/download`,
      `/packages/${name}/1.0.0/yank`,
      `/packages/${name}/tags/next`,
      `/rbin/${COMPILER_ID}/${name}@1.0.0`,
      `/~/${name}@1.0.0/index.js`,
    ]) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "GET" ? undefined : JSON.stringify(path.endsWith("next") ? "1.0.0" : document);
        const response = await registry.get(path, { method, headers: ADMIN, ...(body === undefined ? {} : { body }) });
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
      }
    }
    expect(registry.requests).toEqual([]);
    expect([...registry.objects.kept.keys()]).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { createFakeEdge, errorOf, textBytes, type Upstream } from "./fake-upstream.ts";
import { sha256Hex } from "../../src/verify/digest.ts";

const ALLOWED = { allowedOrigins: ["https://cdn.test", "https://other.test", "http://127.0.0.1:9000"] };
const HREF = "https://cdn.test/mod.js";
const route = (href: string): string => `/url?href=${encodeURIComponent(href)}`;
const script = (text = "export default 1", headers: Record<string, string> = {}): Response =>
  new Response(text, { headers: { "content-type": "text/javascript; charset=utf-8", ...headers } });
const redirect = (location: string, status = 302): Response => new Response(null, { status, headers: { location } });

describe("URL imports", () => {
  it("of an allowed origin are served without rights, and from the edge for a minute", async ({ expect }) => {
    const edge = createFakeEdge(
      () => script("export default 1", { "set-cookie": "a=b", "access-control-allow-origin": "*" }),
      ALLOWED,
    );
    const response = await edge.get(route(`${HREF}#part`));
    expect(await response.text()).toBe("export default 1");
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "text/javascript",
      "cache-control": "public, max-age=60, stale-while-revalidate=600",
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
      "raya-resolved": HREF,
      "raya-source": "upstream",
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
    const again = await edge.get(route(HREF));
    expect(again.headers.get("raya-source")).toBe("edge");
    expect(again.headers.get("raya-resolved")).toBe(HREF);
    expect(again.headers.get("content-type")).toBe("text/javascript");
    expect(edge.requests).toEqual([HREF]);
  });

  it("send nothing of the visitor's request along", async ({ expect }) => {
    let seen: Record<string, string> = {};
    const edge = createFakeEdge((_, request) => {
      seen = Object.fromEntries(request.headers);
      return script();
    }, ALLOWED);
    await edge.get(route(HREF), {
      headers: { cookie: "a=b", authorization: "Bearer x", referer: "https://page.test" },
    });
    expect(seen).toEqual({ "user-agent": "raya" });
  });

  it("are asked for once, however many callers want them at the same time", async ({ expect }) => {
    const edge = createFakeEdge(() => script(), ALLOWED);
    await Promise.all(Array.from({ length: 50 }, () => edge.get(route(HREF))));
    expect(edge.requests).toHaveLength(1);
  });

  it("follow redirects within the allow-list and say where they ended", async ({ expect }) => {
    const steps: Record<string, Response> = {
      "/mod.js": redirect("/mod@1.js"),
      "/mod@1.js": redirect("https://other.test/mod@1.0.0.js", 307),
    };
    const edge = createFakeEdge((url) => steps[url.pathname] ?? script(), ALLOWED);
    const response = await edge.get(route(HREF));
    expect(response.headers.get("raya-resolved")).toBe("https://other.test/mod@1.0.0.js");
    expect(edge.requests).toEqual([HREF, "https://cdn.test/mod@1.js", "https://other.test/mod@1.0.0.js"]);
  });

  const ELSEWHERE = [
    "https://evil.test/x.js",
    "http://cdn.test/x.js",
    "https://cdn.test:8443/x.js",
    "//evil.test/x.js",
    "http://127.0.0.1/x.js",
    "http://[::1]:9000/x.js",
    "http://169.254.169.254/latest",
  ];
  it.for(ELSEWHERE)("are not followed by redirect to %s", async (location, { expect }) => {
    const edge = createFakeEdge(() => redirect(location), ALLOWED);
    const response = await edge.get(route(HREF));
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatchObject({ code: "ERR_ORIGIN_NOT_ALLOWED", details: { specifier: HREF } });
    expect(edge.requests).toEqual([HREF]);
  });

  it("are not followed for ever", async ({ expect }) => {
    const edge = createFakeEdge((url) => redirect(`${url.pathname}x`), { ...ALLOWED, limits: { redirects: 3 } });
    const response = await edge.get(route(HREF));
    expect(await errorOf(response)).toMatchObject({ code: "ERR_TOO_MANY_REDIRECTS", details: { limit: 3 } });
    expect(edge.requests).toHaveLength(4);
  });

  const REFUSED: [href: string, code: string, status: number][] = [
    ["https://evil.test/x.js", "ERR_ORIGIN_NOT_ALLOWED", 403],
    ["https://cdn.test.evil.test/x.js", "ERR_ORIGIN_NOT_ALLOWED", 403],
    ["https://evil.test/https://cdn.test/x.js", "ERR_ORIGIN_NOT_ALLOWED", 403],
    ["http://cdn.test/x.js", "ERR_ORIGIN_NOT_ALLOWED", 403],
    ["https://127.0.0.1:9000/x.js", "ERR_ORIGIN_NOT_ALLOWED", 403],
    ["https://user:pass@cdn.test/x.js", "ERR_INVALID_MODULE_SPECIFIER", 400],
    ["cdn.test/x.js", "ERR_INVALID_MODULE_SPECIFIER", 400],
    ["", "ERR_INVALID_MODULE_SPECIFIER", 400],
    ["file:///etc/passwd", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 400],
    ["data:text/javascript,1", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 400],
  ];
  it.for(REFUSED)("of %s never leave the edge: %s", async ([href, code, status], { expect }) => {
    const edge = createFakeEdge(() => script(), ALLOWED);
    const response = await edge.get(route(href));
    expect((await errorOf(response)).code).toBe(code);
    expect(response.status).toBe(status);
    expect(edge.requests).toEqual([]);
  });

  it("without a URL are an error that says how to ask", async ({ expect }) => {
    const response = await createFakeEdge(() => script(), ALLOWED).get("/url");
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe("ERR_INVALID_MODULE_SPECIFIER");
  });

  it("may come over http from an origin that is listed so", async ({ expect }) => {
    const edge = createFakeEdge(() => script(), ALLOWED);
    expect((await edge.get(route("http://127.0.0.1:9000/x.js"))).status).toBe(200);
  });

  const TYPES: [type: string, file: string, served: string | undefined][] = [
    ["application/javascript", "x.js", "application/javascript"],
    ["application/typescript", "x.ts", "application/typescript"],
    ["video/mp2t", "x.ts", "application/typescript"],
    ["application/json; charset=utf-8", "x.json", "application/json"],
    ["application/importmap+json", "x.json", "application/importmap+json"],
    ["text/css", "x.css", "text/css"],
    ["text/plain", "x.txt", "text/plain"],
    ["application/wasm", "x.wasm", "application/wasm"],
    ["application/octet-stream", "x.bin", "application/octet-stream"],
    ["application/x-gzip", "x.tar.gz", "application/gzip"],
    ["application/gzip", "x.tgz", "application/gzip"],
    ["text/html", "x.js", undefined],
    ["application/xhtml+xml", "x.js", undefined],
    ["image/svg+xml", "x.svg", undefined],
    ["video/mp2t", "x.m2ts", undefined],
    ["text/javascript-evil", "x.js", undefined],
  ];
  it.for(TYPES)("that are %s (%s) are served as %s", async ([type, file, served], { expect }) => {
    const edge = createFakeEdge(() => new Response("x", { headers: { "content-type": type } }), ALLOWED);
    const response = await edge.get(route(`https://cdn.test/${file}`));
    if (served !== undefined) return expect(response.headers.get("content-type")).toBe(served);
    expect(response.status).toBe(502);
    return expect((await errorOf(response)).code).toBe("ERR_UNEXPECTED_TYPE");
  });

  it("are revalidated after a minute, and stale while their server is down", async ({ expect }) => {
    const seen: (string | null)[] = [];
    let answer = (): Response => script("one", { etag: '"1"' });
    const upstream: Upstream = (_, request) => {
      seen.push(request.headers.get("if-none-match"));
      return answer();
    };
    const edge = createFakeEdge(upstream, ALLOWED);
    await edge.get(route(HREF));
    edge.pass(60_000);
    answer = () => new Response(null, { status: 304 });
    const revalidated = await edge.get(route(HREF));
    expect(revalidated.headers.get("raya-source")).toBe("edge");
    expect(revalidated.headers.get("content-type")).toBe("text/javascript");
    edge.pass(60_000);
    answer = () => new Response("down", { status: 500 });
    const stale = await edge.get(route(HREF));
    expect(stale.headers.get("raya-stale")).toBe("true");
    expect(await stale.text()).toBe("one");
    answer = () => script("two", { etag: '"2"' });
    expect(await (await edge.get(route(HREF))).text()).toBe("two");
    expect(seen).toEqual([null, '"1"', '"1"', '"1"']);
  });

  it("that share their bytes with another URL do not lose them when that one changes", async ({ expect }) => {
    const texts: Record<string, string> = { "/a.js": "same", "/b.js": "same" };
    const edge = createFakeEdge((url) => script(texts[url.pathname]), ALLOWED);
    await edge.get(route("https://cdn.test/a.js"));
    await edge.get(route("https://cdn.test/b.js"));
    texts["/a.js"] = "changed";
    edge.pass(60_000);
    await edge.get(route("https://cdn.test/a.js"));
    const record = await edge.ports.records.read(`url:${await sha256Hex(textBytes("https://cdn.test/b.js"))}`);
    expect(await edge.ports.bytes.get(record?.digest ?? "")).toBeDefined();
  });

  it("larger than the limit are given up as soon as that is known, and not kept", async ({ expect }) => {
    const edge = createFakeEdge(() => script("x".repeat(2000)), { ...ALLOWED, limits: { urlModuleBytes: 1000 } });
    const response = await edge.get(route(HREF));
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatchObject({ code: "ERR_SIZE_LIMIT", details: { limit: 1000 } });
    expect(await edge.ports.records.read(`url:${await sha256Hex(textBytes(HREF))}`)).toBeUndefined();
  });

  it("of a server that says nothing are given up in time", async ({ expect }) => {
    const edge = createFakeEdge(() => new Promise<Response>(() => undefined), {
      ...ALLOWED,
      delay: async () => undefined,
      limits: { attempts: 2 },
    });
    const response = await edge.get(route(HREF));
    expect(response.status).toBe(504);
    expect((await errorOf(response)).code).toBe("ERR_FETCH_TIMEOUT");
    expect(edge.requests).toHaveLength(2);
  });

  it("that are not there are an error with the upstream's status", async ({ expect }) => {
    const response = await createFakeEdge(() => undefined, ALLOWED).get(route(HREF));
    expect(response.status).toBe(502);
    expect(await errorOf(response)).toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status: 404, specifier: HREF },
    });
  });

  it("go through the network's edge in the service worker", async ({ expect }) => {
    const outer = createFakeEdge((url) => (url.pathname === "/mod.js" ? redirect("/mod@1.js") : script()), ALLOWED);
    const ports = { source: "browser", urlProxy: "https://edge.test/url?href=" } as const;
    const inner = createFakeEdge((url) => outer.get(url.pathname + url.search), ports);
    const first = await inner.get(route(HREF));
    expect(first.headers.get("raya-resolved")).toBe("https://cdn.test/mod@1.js");
    expect(first.headers.get("raya-source")).toBe("upstream");
    expect((await inner.get(route(HREF))).headers.get("raya-source")).toBe("browser");
    const refused = await inner.get(route("https://evil.test/x.js"));
    expect(refused.status).toBe(403);
    expect((await errorOf(refused)).code).toBe("ERR_ORIGIN_NOT_ALLOWED");
  });
});

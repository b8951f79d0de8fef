import { gzipSync } from "fflate";
import { describe, it } from "vitest";
import { errorOf, textBytes, type Upstream } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication } from "./fake-registry.ts";

const SEARCH = "/npm/-/v1/search";
const BULK = "/npm/-/npm/v1/security/advisories/bulk";
const FOUND = { objects: [{ package: { name: "react", version: "19.0.0" } }], total: 7, time: "now" };
const JSON_TYPE = { "content-type": "application/json" };

/** An upstream with a search and an audit, which remembers what it was asked. */
function createServices(bodies: unknown[]): Upstream {
  return async (url, request) => {
    if (url.pathname === "/npm/-/v1/search") return Response.json(FOUND);
    if (!url.pathname.startsWith("/npm/-/npm/v1/security/") || request.method !== "POST")
      return new Response(null, { status: 404 });
    bodies.push(await request.json());
    return Response.json({ lodash: [{ id: 1, severity: "high" }] });
  };
}

describe("search", () => {
  it("is the upstream's, with what is published here first for those who may know of it", async ({ expect }) => {
    const registry = createFakeRegistry(createServices([]));
    const { document } = await createPublication("@acme/react-widgets", "1.2.3");
    await registry.send("PUT", "/npm/@acme%2freact-widgets", document, ADMIN);
    const names = async (query: string, headers: Record<string, string> = {}): Promise<string[]> => {
      const response = await registry.get(`${SEARCH}?${query}`, { headers });
      const { objects }: typeof FOUND = await response.json();
      return objects.map((found) => found.package.name);
    };
    expect(await names("text=react%20widgets")).toEqual(["react"]);
    expect(await names("text=react%20widgets", ADMIN)).toEqual(["@acme/react-widgets", "react"]);
    expect(await names("text=react&from=20", ADMIN)).toEqual(["react"]);
    expect(await names("text=vue", ADMIN)).toEqual(["react"]);
    expect(await names("text=react", await registry.login("bob", ["read:@other"]))).toEqual(["react"]);
  });

  it("sends only what a search has, in one order, and nothing of the visitor", async ({ expect }) => {
    let seen: Record<string, string> = {};
    const registry = createFakeRegistry((_, request) => {
      seen = Object.fromEntries(request.headers);
      return Response.json(FOUND);
    });
    await registry.get(`${SEARCH}?x=1&size=2&text=a%26b%2f..&evil=..%2f`, { headers: { ...ADMIN, cookie: "a=b" } });
    expect(registry.requests).toEqual(["https://registry.test/npm/-/v1/search?text=a%26b%2F..&size=2"]);
    expect(seen).toEqual({});
  });

  it("of an upstream that has none is an error, but for what is found here", async ({ expect }) => {
    const registry = createFakeRegistry();
    const nothing = await registry.get(`${SEARCH}?text=lib`, { headers: ADMIN });
    expect(nothing.status).toBe(501);
    expect((await errorOf(nothing)).code).toBe("ERR_UPSTREAM_UNSUPPORTED");
    await registry.send("PUT", "/npm/@acme%2flib", (await createPublication("@acme/lib", "1.0.0")).document, ADMIN);
    const found = await registry.get(`${SEARCH}?text=LIB`, { headers: ADMIN });
    expect(await found.json()).toMatchObject({
      total: 1,
      objects: [{ package: { name: "@acme/lib", version: "1.0.0" } }],
    });
  });
});

describe("audit", () => {
  it("asks the upstream about public packages, and tells it of no private one", async ({ expect }) => {
    const bodies: unknown[] = [];
    const registry = createFakeRegistry(createServices(bodies));
    const asked = { lodash: ["4.17.0"], "@acme/lib": ["1.0.0"] };
    expect(await (await registry.send("POST", BULK, asked)).json()).toEqual({ lodash: [{ id: 1, severity: "high" }] });
    const tree = {
      requires: { lodash: "^4", "@acme/lib": "*" },
      dependencies: {
        lodash: { version: "4.17.0", requires: { "@other/x": "1" } },
        "@acme/lib": { version: "1.0.0", dependencies: { "@other/x": { version: "1" } } },
      },
    };
    for (const path of ["audits", "audits/quick"])
      expect((await registry.send("POST", `/npm/-/npm/v1/security/${path}`, tree)).status).toBe(200);
    const publicTree = { requires: { lodash: "^4" }, dependencies: { lodash: { version: "4.17.0", requires: {} } } };
    expect(bodies).toEqual([{ lodash: ["4.17.0"] }, publicTree, publicTree]);
  });

  it("takes what npm sends gzipped", async ({ expect }) => {
    const bodies: unknown[] = [];
    const registry = createFakeRegistry(createServices(bodies));
    const body = new Uint8Array(gzipSync(textBytes('{"lodash":["4.17.0"]}')));
    const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
    expect((await registry.get(BULK, { method: "POST", body, headers })).status).toBe(200);
    expect(bodies).toEqual([{ lodash: ["4.17.0"] }]);
  });

  it("of an upstream that has none is an error, not an empty report", async ({ expect }) => {
    const response = await createFakeRegistry(() => new Response(null, { status: 405 })).send("POST", BULK, {});
    expect(response.status).toBe(501);
    expect((await errorOf(response)).code).toBe("ERR_UPSTREAM_UNSUPPORTED");
  });

  it("refuses bodies that are too large, too deep, or not what they say", async ({ expect }) => {
    const registry = createFakeRegistry(createServices([]));
    const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
      registry.get(BULK, { method: "POST", body, headers: { ...JSON_TYPE, ...headers } });
    const deep = `${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`;
    const bomb = new Uint8Array(gzipSync(new Uint8Array(9 * 1024 * 1024)));
    expect((await errorOf(await post(deep))).code).toBe("ERR_REQUEST_INVALID");
    expect((await errorOf(await post("{"))).code).toBe("ERR_REQUEST_INVALID");
    expect((await errorOf(await post("no gzip", { "content-encoding": "gzip" }))).code).toBe("ERR_REQUEST_INVALID");
    expect((await errorOf(await post("{}", { "content-encoding": "br" }))).code).toBe("ERR_REQUEST_INVALID");
    const large = await post(" ".repeat(9 * 1024 * 1024));
    expect(large.status).toBe(413);
    expect((await errorOf(await post(bomb, { "content-encoding": "gzip" }))).code).toBe("ERR_SIZE_LIMIT");
    expect(registry.requests).toEqual([]);
  });
});

describe("other services", () => {
  it("answer a ping, and say of the rest that there is no such thing", async ({ expect }) => {
    const registry = createFakeRegistry();
    expect(await (await registry.get("/npm/-/ping?write=true")).json()).toEqual({});
    for (const path of ["/npm/-/all", "/npm/-/v1/nothing", "/npm/-/user/ann"])
      expect((await errorOf(await registry.get(path))).code).toBe("ERR_ROUTE_NOT_FOUND");
    expect((await registry.send("POST", "/npm/react", {})).status).toBe(405);
    expect(registry.requests).toEqual([]);
  });

  it("that are only posted say so", async ({ expect }) => {
    const registry = createFakeRegistry();
    for (const path of [BULK, "/npm/-/raya/metadata", "/npm/-/v1/login", "/publish", "/graph"])
      for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
        const { status, headers } = await registry.get(path, { method });
        expect([path, status, headers.get("allow")]).toEqual([path, 405, "POST"]);
      }
    expect(registry.requests).toEqual([]);
  });
});

describe("what the upstream has signed", () => {
  const KEYS = { keys: [{ keyid: "SHA256:x", key: "y", keytype: "ecdsa-sha2-nistp256", expires: null }] };

  it("npm checks with its keys and attestations; private packages are not told of", async ({ expect }) => {
    const registry = createFakeRegistry((url) =>
      Response.json(url.pathname.endsWith("/keys") ? KEYS : { attestations: [url.pathname] }),
    );
    expect(await (await registry.get("/npm/-/npm/v1/keys")).json()).toEqual(KEYS);
    const path = "/npm/-/npm/v1/attestations/@scope%2fname@1.0.0-rc.1+x";
    expect(await (await registry.get(path)).json()).toEqual({ attestations: [path] });
    registry.requests.length = 0;
    for (const wrong of ["@acme%2flib@1.0.0", "lib", "..%2f..%2fkeys", "a@1?x"])
      expect((await registry.get(`/npm/-/npm/v1/attestations/${wrong}`)).status, wrong).toBe(
        wrong === "a@1?x" ? 200 : 404,
      );
    expect(registry.requests).toEqual(["https://registry.test/npm/-/npm/v1/attestations/a@1"]);
  });

  it("is nothing where it signs nothing: npm takes a 404 for that", async ({ expect }) => {
    const registry = createFakeRegistry();
    expect((await registry.get("/npm/-/npm/v1/keys")).status).toBe(404);
  });
});

import { describe, it } from "vitest";
import { mountRegistry } from "../../../worker/mount-registry.ts";
import { mountCrossOrigin } from "../../../worker/routes/cross-origin.ts";
import { createFakeEdge, createPackage, type FakeEdge, registryOf } from "../fake-upstream.ts";
import { ADMIN, ADMIN_SECRET } from "../registry/fake-registry.ts";
import { createMemoryObjects } from "../registry/memory-objects.ts";

const react = createPackage("react", "19.0.0");
const ORIGIN = { origin: "https://page.test" };
const ARCHIVE = "/npm/react/-/react-19.0.0.tgz";

function createSharedEdge(): FakeEdge {
  const ports = {
    privateScopes: ["@acme"],
    allowedOrigins: ["https://registry.test"],
    readSource: async (): Promise<string> => "text",
  };
  return createFakeEdge(registryOf(react), ports, (app, edge, packages) => {
    mountCrossOrigin(app);
    mountRegistry(app, edge, packages, { objects: createMemoryObjects(), adminSecret: ADMIN_SECRET });
  });
}

const allowed = (response: Response): string | null => response.headers.get("access-control-allow-origin");

describe("pages of other origins", () => {
  it("may read public packages and their errors, without credentials", async ({ expect }) => {
    const edge = createSharedEdge();
    const tgz = "/packages/react/19.0.0/download?format=tgz";
    for (const path of ["/npm/react", ARCHIVE, "/~/react@19.0.0/index.js", "/npm/nope", "/packages/react", tgz]) {
      const response = await edge.get(path, { headers: ORIGIN });
      expect(allowed(response)).toBe("*");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("access-control-expose-headers")).toContain("raya-integrity");
      expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    }
    const etag = (await edge.get(ARCHIVE)).headers.get("etag") ?? "";
    const again = await edge.get(ARCHIVE, { headers: { ...ORIGIN, "if-none-match": etag } });
    expect([again.status, allowed(again)]).toEqual([304, "*"]);
  });

  it("may not read what a token gives, services, URL imports, or anything of the operator's", async ({ expect }) => {
    const edge = createSharedEdge();
    const paths = [
      "/npm/-/v1/search?text=x",
      "/npm/-/whoami",
      "/search?q=x",
      "/npm/-/package/react/dist-tags",
      "/url?href=https%3A%2F%2Fregistry.test%2Fx.js",
      "/metrics",
      "/healthz",
      "/nothing",
    ];
    for (const path of paths) expect(allowed(await edge.get(path, { headers: ORIGIN }))).toBeNull();
    expect(allowed(await edge.get("/npm/react", { headers: { ...ORIGIN, ...ADMIN } }))).toBeNull();
    for (const path of ["/npm/@acme%2flib", "/packages/@acme/lib", "/packages/@acme/lib/tags"])
      expect(allowed(await edge.get(path, { headers: { ...ORIGIN, ...ADMIN } }))).toBeNull();
  });

  it("are told so before they ask: reading, with no token", async ({ expect }) => {
    const edge = createSharedEdge();
    const ask = (path: string, method: string): Promise<Response> =>
      edge.get(path, { method: "OPTIONS", headers: { ...ORIGIN, "access-control-request-method": method } });
    const yes = await ask("/npm/react", "GET");
    expect(yes.status).toBe(204);
    expect(yes.headers.get("access-control-allow-methods")).toBe("GET, HEAD");
    expect(yes.headers.get("access-control-allow-headers")).toBe("if-none-match, range");
    for (const [path, method] of [
      ["/npm/@acme%2flib", "PUT"],
      ["/npm/-/v1/login", "POST"],
      ["/publish", "POST"],
      ["/packages/@acme/lib/tags/next", "PUT"],
      ["/packages/@acme/lib/1.0.0/yank", "DELETE"],
      ["/npm/-/npm/v1/tokens", "POST"],
      ["/purge", "POST"],
      ["/url", "GET"],
    ] as const) {
      const no = await ask(path, method);
      expect(no.status).toBe(405);
      expect(allowed(no)).toBeNull();
    }
    expect(edge.requests).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { mountRegistry } from "../../../worker/mount-registry.ts";
import { createMetrics } from "../../../worker/observe/metrics.ts";
import { mountOperations } from "../../../worker/routes/operations.ts";
import { createFakeEdge, createPackage, errorOf, registryOf, type Upstream } from "../fake-upstream.ts";
import { ADMIN, ADMIN_SECRET } from "../registry/fake-registry.ts";
import { createMemoryObjects } from "../registry/memory-objects.ts";

const react = createPackage("react", "19.0.0");

function createOperated(upstream: Upstream) {
  const objects = createMemoryObjects();
  const metrics = createMetrics("i1");
  const ports = { memoryBytes: 1_000_000, allowedOrigins: ["https://cdn.test"] };
  const edge = createFakeEdge(upstream, ports, (app, own, packages) => {
    const { access } = mountRegistry(app, own, packages, { objects, adminSecret: ADMIN_SECRET });
    mountOperations(app, own, { access, metrics, objects });
  });
  const purge = (body: unknown, headers: Record<string, string> = ADMIN): Promise<Response> =>
    edge.get("/purge", { method: "POST", body: JSON.stringify(body), headers });
  return { edge, objects, metrics, purge };
}

describe("purging", () => {
  it("makes the next request ask the upstream again", async ({ expect }) => {
    const { edge, purge } = createOperated(registryOf(react));
    const paths = ["/npm/react", "/npm/react/-/react-19.0.0.tgz"];
    const sources = async (): Promise<(string | null)[]> =>
      Promise.all(paths.map(async (path) => (await edge.get(path)).headers.get("raya-source")));
    await sources();
    expect(await sources()).toEqual(["edge", "edge"]);
    expect(await (await purge({ package: "react" })).json()).toEqual({
      purged: ["packument-3:react", "packument-full-3:react"],
    });
    expect(await sources()).toEqual(["upstream", "edge"]);
    await purge({ package: "react", version: "19.0.0" });
    expect(await sources()).toEqual(["edge", "upstream"]);
  });

  it("forgets a URL import", async ({ expect }) => {
    const { edge, purge } = createOperated(() => new Response("1", { headers: { "content-type": "text/javascript" } }));
    const source = async (): Promise<string | null> =>
      (await edge.get("/url?href=https%3A%2F%2Fcdn.test%2Fa.js")).headers.get("raya-source");
    await source();
    expect(await source()).toBe("edge");
    await purge({ url: "https://cdn.test/a.js" });
    expect(await source()).toBe("upstream");
  });

  it("is for the operator, and for things that there could be", async ({ expect }) => {
    const { edge, purge } = createOperated(registryOf(react));
    expect((await purge({ package: "react" }, {})).status).toBe(401);
    for (const body of [{}, null, { package: "react", version: "19" }, { url: "nonsense" }, { package: 1 }])
      expect((await errorOf(await purge(body))).code).toBe("ERR_REQUEST_INVALID");
    expect((await errorOf(await purge({ package: "../x" }))).code).toBe("ERR_INVALID_PACKAGE_NAME");
    expect((await edge.get("/purge")).status).toBe(405);
  });
});

describe("metrics", () => {
  it("are for who has a token for them, as text for Prometheus", async ({ expect }) => {
    const { edge } = createOperated(registryOf(react));
    expect((await edge.get("/metrics")).status).toBe(401);
    const make = async (scope: string): Promise<Record<string, string>> => {
      const body = JSON.stringify({ user: "prometheus", scopes: [scope] });
      const { token }: { token: string } = await (
        await edge.get("/npm/-/npm/v1/tokens", { method: "POST", body, headers: ADMIN })
      ).json();
      return { authorization: `Bearer ${token}` };
    };
    expect((await edge.get("/metrics", { headers: await make("publish") })).status).toBe(403);
    expect((await edge.get("/metrics", { headers: await make("admin") })).status).toBe(200);
    await edge.get("/npm/react");
    const response = await edge.get("/metrics", { headers: await make("metrics") });
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await response.text()).toMatch(/^raya_memory_bytes\{isolate="i1"\} [1-9]\d*$/m);
  });
});

describe("health", () => {
  it("is that the stores answer, whether the upstream does or not", async ({ expect }) => {
    const { edge, objects } = createOperated(() => {
      throw new Error("down");
    });
    expect(await (await edge.get("/healthz")).json()).toEqual({ status: "ok" });
    objects.get = () => Promise.reject(new Error("gone"));
    expect((await edge.get("/healthz")).status).toBe(500);
  });
});

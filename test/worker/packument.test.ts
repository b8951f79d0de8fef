import { describe, it } from "vitest";
import { createFakeEdge, createPackage, errorOf, registryOf, type Upstream } from "./fake-upstream.ts";
import { reducePackument } from "../../src/fetch/registry.ts";

const MINUTE = 60_000;
const react = createPackage("react", "19.0.0");
const newer = createPackage("react", "19.1.0");

/** An upstream whose state a test changes. */
function changing(initial: Upstream): { now: Upstream; upstream: Upstream } {
  const state = { now: initial, upstream: ((url, request) => state.now(url, request)) as Upstream };
  return state;
}

/** A registry that answers with an ETag and knows If-None-Match. */
function withEtag(etag: string, statuses: number[]): Upstream {
  return (_, request) => {
    const known = request.headers.get("if-none-match") === etag;
    statuses.push(known ? 304 : 200);
    return known ? new Response(null, { status: 304 }) : Response.json(react.packument, { headers: { etag } });
  };
}

const refuse: Upstream = () => {
  throw new Error("internal error; reference = abc");
};

describe("packuments", () => {
  it("are served from the edge for a minute, with archives at its own address", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const first = await edge.get("/npm/react");
    const tarball = "https://edge.test/npm/react/-/react-19.0.0.tgz";
    expect(await first.json()).toEqual({
      ...react.packument,
      versions: { "19.0.0": { name: "react", version: "19.0.0", dist: { integrity: react.integrity, tarball } } },
    });
    expect(first.headers.get("content-type")).toContain("application/json");
    expect(first.headers.get("cache-control")).toBe("public, max-age=60, stale-while-revalidate=600");
    expect(first.headers.get("raya-source")).toBe("upstream");
    edge.pass(MINUTE - 1);
    expect((await edge.get("/npm/react")).headers.get("raya-source")).toBe("edge");
    expect(edge.requests).toHaveLength(1);
  });

  it("are asked for once, however many callers want them at the same time", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const responses = await Promise.all(Array.from({ length: 50 }, () => edge.get("/npm/react")));
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
    expect(edge.requests).toHaveLength(1);
  });

  it("are fetched again after a minute; what was replaced is deleted when it is replaced again", async ({ expect }) => {
    const registry = changing(registryOf(react));
    const edge = createFakeEdge(registry.upstream);
    await edge.get("/npm/react");
    const before = await edge.ports.records.read("packument-full-3:react");
    registry.now = registryOf(newer);
    edge.pass(MINUTE);
    const packument = reducePackument(await (await edge.get("/npm/react")).json(), "react");
    expect(Object.keys(packument.versions)).toEqual(["19.1.0"]);
    // Another place may still have the record that points there.
    expect(await edge.ports.bytes.get(before?.digest ?? "")).toBeDefined();
    const after = await edge.ports.records.read("packument-full-3:react");
    expect(await edge.ports.bytes.get(after?.digest ?? "")).toBeDefined();
    registry.now = registryOf(createPackage("react", "19.2.0"));
    edge.pass(MINUTE);
    await edge.get("/npm/react");
    expect(await edge.ports.bytes.get(before?.digest ?? "")).toBeUndefined();
    expect(await edge.ports.bytes.get(after?.digest ?? "")).toBeDefined();
  });

  it("are served for ten minutes more while they are fetched again, where work may go on after an answer", async ({
    expect,
  }) => {
    const registry = changing(registryOf(react));
    const work: Promise<unknown>[] = [];
    const edge = createFakeEdge(registry.upstream, { waitUntil: (promise) => void work.push(promise) });
    const latest = async (): Promise<string | undefined> =>
      reducePackument(await (await edge.get("/npm/react")).json(), "react")["dist-tags"]["latest"];
    await edge.get("/npm/react");
    registry.now = registryOf(newer);
    edge.pass(11 * MINUTE - 1);
    expect(await Promise.all([latest(), latest()])).toEqual(["19.0.0", "19.0.0"]);
    await Promise.all(work);
    expect(edge.requests).toHaveLength(2);
    expect(await latest()).toBe("19.1.0");
    // Later than that, nobody is given an old answer.
    registry.now = registryOf(react);
    edge.pass(11 * MINUTE);
    expect(await latest()).toBe("19.0.0");
  });

  it("are served although fetching them again in the background failed, and the log says so", async ({ expect }) => {
    const registry = changing(registryOf(react));
    const work: Promise<unknown>[] = [];
    const edge = createFakeEdge(registry.upstream, { waitUntil: (promise) => void work.push(promise) });
    await edge.get("/npm/react");
    registry.now = () => undefined;
    edge.pass(2 * MINUTE);
    expect((await edge.get("/npm/react")).status).toBe(200);
    await Promise.all(work);
    expect(edge.events).toContainEqual(expect.objectContaining({ kind: "warning", subject: "react" }));
  });

  it("stay when fetching again brings the same", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    await edge.get("/npm/react");
    edge.pass(MINUTE);
    await edge.get("/npm/react");
    edge.pass(MINUTE - 1);
    expect((await edge.get("/npm/react")).headers.get("raya-source")).toBe("edge");
    expect(edge.requests).toHaveLength(2);
  });

  it("are revalidated by ETag where the upstream gives one", async ({ expect }) => {
    const statuses: number[] = [];
    const edge = createFakeEdge(withEtag('W/"1"', statuses));
    const first = await (await edge.get("/npm/react")).json();
    edge.pass(MINUTE);
    const second = await edge.get("/npm/react");
    expect(await second.json()).toEqual(first);
    expect(second.headers.get("raya-source")).toBe("edge");
    expect(second.headers.has("raya-stale")).toBe(false);
    expect(statuses).toEqual([200, 304]);
    // The 304 made it fresh.
    edge.pass(MINUTE - 1);
    await edge.get("/npm/react");
    expect(statuses).toEqual([200, 304]);
  });

  it("are served stale, and say so, while the upstream is down", async ({ expect }) => {
    const registry = changing(registryOf(react));
    const edge = createFakeEdge(registry.upstream);
    const first = await (await edge.get("/npm/react")).json();
    for (const broken of [refuse, () => new Response("busy", { status: 503 })]) {
      registry.now = broken;
      edge.pass(MINUTE);
      const stale = await edge.get("/npm/react");
      expect(stale.status).toBe(200);
      expect(stale.headers.get("raya-stale")).toBe("true");
      expect(stale.headers.get("cache-control")).toBe("no-cache");
      expect(await stale.json()).toEqual(first);
    }
    registry.now = registryOf(newer);
    const back = await edge.get("/npm/react");
    expect(back.headers.has("raya-stale")).toBe(false);
    expect(reducePackument(await back.json(), "react")["dist-tags"]).toEqual({ latest: "19.1.0" });
  });

  it("that are gone from the upstream are not served stale", async ({ expect }) => {
    const registry = changing(registryOf(react));
    const edge = createFakeEdge(registry.upstream);
    await edge.get("/npm/react");
    registry.now = () => undefined;
    edge.pass(MINUTE);
    expect((await edge.get("/npm/react")).status).toBe(404);
  });

  it("answer 304 to who has them, and 200 once they changed", async ({ expect }) => {
    const registry = changing(registryOf(react));
    const edge = createFakeEdge(registry.upstream);
    const headers = { "if-none-match": (await edge.get("/npm/react")).headers.get("etag") ?? "" };
    expect((await edge.get("/npm/react", { headers })).status).toBe(304);
    registry.now = registryOf(newer);
    edge.pass(MINUTE);
    expect((await edge.get("/npm/react", { headers })).status).toBe(200);
  });

  it("are repaired when the stored copy is damaged", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const first = await (await edge.get("/npm/react")).text();
    const digest = (await edge.ports.records.read("packument-full-3:react"))?.digest ?? "";
    await edge.ports.bytes.delete(digest);
    await edge.ports.bytes.put(digest, new Uint8Array(10));
    const second = await edge.get("/npm/react");
    expect(await second.text()).toBe(first);
    expect(edge.events).toContainEqual(expect.objectContaining({ stage: "store", kind: "heal", subject: "react" }));
    expect((await edge.get("/npm/react")).headers.get("raya-source")).toBe("edge");
  });

  it("are repaired when the record leads to something else", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react, createPackage("other", "1.0.0")));
    const honest = await (await edge.get("/npm/react")).json();
    await edge.get("/npm/other");
    const { records } = edge.ports;
    const its = await records.read("packument-full-3:other");
    if (its === undefined) throw new Error("nothing was stored");
    await records.write("packument-full-3:react", its);
    const response = await edge.get("/npm/react");
    expect(response.headers.get("raya-source")).toBe("upstream");
    expect(await response.json()).toEqual(honest);
    expect((await edge.get("/npm/react")).headers.get("raya-source")).toBe("edge");
  });

  it("of packages that are not there are an error that names them", async ({ expect }) => {
    const response = await createFakeEdge(registryOf()).get("/npm/nope");
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: "ERR_PACKAGE_NOT_FOUND", details: { package: "nope" } });
  });

  it("that cannot be had are an error of the upstream, after retries", async ({ expect }) => {
    const edge = createFakeEdge(refuse);
    const response = await edge.get("/npm/react");
    expect(response.status).toBe(502);
    expect(await errorOf(response)).toMatchObject({ code: "ERR_FETCH_FAILED", details: { package: "react" } });
    expect(edge.requests).toHaveLength(3);
  });

  it("R9: that are not stored are named, with what to do, when the service worker has no network", async ({
    expect,
  }) => {
    const offline = createFakeEdge(refuse, { source: "browser" });
    const response = await offline.get("/npm/react");
    expect(response.status).toBe(504);
    const error = await errorOf(response);
    expect(error).toMatchObject({ code: "ERR_NOT_CACHED", details: { package: "react" } });
    expect(error.details.hint).toMatch(/connect/);
    // An edge that is there, but has no upstream, is another matter.
    const outer = createFakeEdge(refuse);
    const inner = createFakeEdge((url) => outer.get(url.pathname), {
      source: "browser",
      registry: "https://edge.test/npm/",
    });
    expect((await errorOf(await inner.get("/npm/react"))).code).toBe("ERR_FETCH_FAILED");
  });

  it("of another package than the one asked for are refused and not kept", async ({ expect }) => {
    const edge = createFakeEdge(() => Response.json(react.packument));
    const response = await edge.get("/npm/preact");
    expect((await errorOf(response)).code).toBe("ERR_PACKUMENT_INVALID");
    expect(await edge.ports.records.read("packument-full-3:preact")).toBeUndefined();
  });

  it("need a registry to come from", async ({ expect }) => {
    const response = await createFakeEdge(registryOf(react), { registry: "" }).get("/npm/react");
    expect(response.status).toBe(500);
    expect((await errorOf(response)).code).toBe("ERR_EDGE_CONFIGURATION");
  });
});

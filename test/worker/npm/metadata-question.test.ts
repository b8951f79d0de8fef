import { describe, it } from "vitest";
import type { MetadataQuestion } from "../../../src/solve/metadata-question.ts";
import { readMetadataText, VersionNotSent } from "../../../src/solve/metadata-text.ts";
import { ENCODERS } from "../../../worker/encoders.ts";
import { gunzip } from "../../../worker/gzip.ts";
import { mountMetadataQuestion } from "../../../worker/routes/metadata-question.ts";
import { createFakeEdge, createPackage, errorOf, type FakeEdge, type Upstream } from "../fake-upstream.ts";

const DIST = { integrity: createPackage("app", "1.0.0").integrity };
const PACKAGES: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  app: { "1.0.0": { dependencies: { low: "^1.0.0" } }, "2.0.0": { dependencies: { high: "*" } } },
  low: { "1.0.0": { dependencies: { gone: "*", "@acme/own": "*" } }, "1.1.0": { dist: DIST }, "2.0.0": {} },
  high: { "1.0.0": {} },
  "@acme/own": { "1.0.0": {} },
};

const upstream: Upstream = (url) => {
  const name = decodeURIComponent(url.pathname.slice("/npm/".length));
  const found = PACKAGES[name];
  if (found === undefined) return undefined;
  const versions = Object.entries(found).map(([version, fields]) => [
    version,
    { name, version, dist: { ...DIST, tarball: `https://registry.test/npm/${name}/-/x-${version}.tgz` }, ...fields },
  ]);
  const time = Object.fromEntries(Object.keys(found).map((version) => [version, "2020-01-01T00:00:00.000Z"]));
  const latest = Object.keys(found).at(-1);
  return Response.json({ name, "dist-tags": { latest }, time, versions: Object.fromEntries(versions) });
};

function createEdge(): FakeEdge {
  const settings = { privateScopes: ["@acme"], memoryBytes: 1e6, now: () => Date.UTC(2026, 0, 1) + passed };
  let passed = 0;
  const edge = createFakeEdge(upstream, { encoders: ENCODERS, ...settings }, mountMetadataQuestion);
  return { ...edge, pass: (ms) => void (passed += ms) };
}

function ask(edge: FakeEdge, question: MetadataQuestion | string, headers = {}): Promise<Response> {
  const body = typeof question === "string" ? question : JSON.stringify(question);
  return edge.get("/npm/-/raya/metadata", { method: "POST", body, headers });
}

describe("all metadata of a project in one answer", () => {
  it("is what solving looks at, and the names of all versions", async ({ expect }) => {
    const response = await ask(createEdge(), { wanted: { app: ["^1.0.0"] } });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("private, max-age=60");
    const { app, low, ...others } = Object.fromEntries(readMetadataText(await response.text()));
    expect(others).toEqual({});
    expect(Object.keys(app?.versions ?? {})).toEqual(["1.0.0", "2.0.0"]);
    expect(app?.versions["1.0.0"]).toMatchObject({ dependencies: { low: "^1.0.0" }, published: Date.UTC(2020, 0) });
    expect(() => app?.versions["2.0.0"]).toThrow(VersionNotSent);
    expect(low?.versions["1.1.0"]?.dist).toEqual(DIST);
  });

  it("has no private package, and asks nobody about one", async ({ expect }) => {
    const edge = createEdge();
    const text = await (await ask(edge, { wanted: { low: ["1.0.0"], "@acme/own": ["*"] } })).text();
    expect([...readMetadataText(text).keys()]).toEqual(["low"]);
    expect(edge.requests.filter((url) => url.includes("acme"))).toEqual([]);
  });

  it("is made once, and again when packages may have changed", async ({ expect }) => {
    const edge = createEdge();
    const question = { wanted: { app: ["*"] } };
    const [one, other] = await Promise.all([ask(edge, question), ask(edge, question)]);
    const text = await one.text();
    expect(await other.text()).toBe(text);
    expect(edge.requests).toHaveLength(2);
    edge.pass(61_000);
    expect(await (await ask(edge, question)).text()).toBe(text);
    expect(edge.requests).toHaveLength(4);
  });

  it("is gzipped for who takes that", async ({ expect }) => {
    const edge = createEdge();
    const question = { wanted: { app: ["*"] } };
    const plain = await (await ask(edge, question)).text();
    const response = await ask(edge, question, { "accept-encoding": "br, gzip" });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const bytes = await gunzip([new Uint8Array(await response.arrayBuffer())]);
    expect(new TextDecoder().decode(bytes)).toBe(plain);
  });

  it("is refused for what is no question", async ({ expect }) => {
    const edge = createEdge();
    for (const [body, code] of [["{", "ERR_REQUEST_INVALID"] as const, ["[]", "ERR_INVALID_PACKAGE_CONFIG"] as const]) {
      const response = await ask(edge, body);
      expect([response.status < 500, (await errorOf(response)).code]).toEqual([true, code]);
    }
  });
});

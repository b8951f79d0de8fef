import { describe, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { createProjectRegistry } from "../../../src/project/project-registry.ts";
import { errorOf } from "./virtual-project.ts";

interface Served {
  readonly status?: number;
  readonly json: unknown;
}

function createRegistry(served: Readonly<Record<string, Served>>, concurrency?: number) {
  const asked: string[] = [];
  let [running, most] = [0, 0];
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    asked.push(`${init?.method ?? "GET"} ${url} ${typeof init?.body === "string" ? init.body : ""}`.trim());
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    const { status = 200, json } = served[url] ?? { status: 404, json: {} };
    return new Response(JSON.stringify(json), { status, headers: { "content-type": "application/json" } });
  };
  const host = { fetch, now: () => 0, delay: () => new Promise<void>(() => undefined) };
  const context = { host, limits: { ...DEFAULT_LIMITS, attempts: 1 }, emit: () => undefined };
  return {
    registry: createProjectRegistry(context, "https://registry.example/", { concurrency }),
    asked,
    most: () => most,
  };
}

const packument = (name: string): Served => ({
  json: {
    name,
    "dist-tags": { latest: "1.0.0" },
    time: { "1.0.0": "2025-01-01T00:00:00.000Z" },
    versions: { "1.0.0": { name, version: "1.0.0", dist: { integrity: "sha512-x" } } },
  },
});

describe("the registry of project verbs", () => {
  it("asks for a package once, and knows when its versions were published", async ({ expect }) => {
    const { registry, asked } = createRegistry({ "https://registry.example/@org%2fa": packument("@org/a") });
    const [first, second] = await Promise.all([registry.packument("@org/a", "x"), registry.packument("@org/a", "y")]);
    expect(second).toBe(first);
    expect(first.versions["1.0.0"]?.published).toBe(Date.UTC(2025, 0, 1));
    expect(asked).toEqual(["GET https://registry.example/@org%2fa"]);
  });

  it("says who asks for a package that is not there", async ({ expect }) => {
    const error = await errorOf(createRegistry({}).registry.packument("nope", "app@1.0.0"));
    expect(error.code).toBe("ERR_PACKAGE_NOT_FOUND");
    expect(error.message).toBe('The registry has no package "nope", which app@1.0.0 asks for');
  });

  it("P13 P54: has no more requests at once than it may", async ({ expect }) => {
    const names = ["a", "b", "c", "d", "e"];
    const served = Object.fromEntries(names.map((name) => [`https://registry.example/${name}`, packument(name)]));
    const { registry, most } = createRegistry(served, 2);
    await Promise.all(names.map((name) => registry.packument(name, "x")));
    expect(most()).toBe(2);
  });

  it("P16: asks for advisories in one request", async ({ expect }) => {
    const url = "https://registry.example/-/npm/v1/security/advisories/bulk";
    const advisory = { id: 1, title: "Bad", severity: "low", url: "https://x.example/1", vulnerable_versions: "<2" };
    const { registry, asked } = createRegistry({ [url]: { json: { a: [{ ...advisory, cwe: [] }] } } });
    expect(await registry.advisories({ a: ["1.0.0"] })).toEqual({
      a: [{ id: 1, title: "Bad", severity: "low", url: "https://x.example/1", vulnerable: "<2" }],
    });
    expect(asked).toEqual([`POST ${url} {"a":["1.0.0"]}`]);
    const lying = createRegistry({ [url]: { json: { a: "none" } } });
    expect((await errorOf(lying.registry.advisories({}))).code).toBe("ERR_UNEXPECTED_TYPE");
    expect((await errorOf(createRegistry({}).registry.advisories({}))).code).toBe("ERR_FETCH_STATUS");
  });
});

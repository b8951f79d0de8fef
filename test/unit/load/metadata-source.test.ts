import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { createParallelLimit } from "../../../src/fetch/limit-parallel.ts";
import { NO_SETTINGS, type RegistrySettings } from "../../../src/fetch/registries/registry-settings.ts";
import { createRegistry, type Packument } from "../../../src/fetch/registry.ts";
import { KEPT_PACKUMENT } from "../../../src/load/load-packument.ts";
import { createMetadataSource, type KeptMetadata, type MetadataSource } from "../../../src/load/metadata-source.ts";
import { reduceMetadata } from "../../../src/solve/reduce-metadata.ts";
import { createContentStore } from "../../../src/store/content-store.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";
import { createFakeNetwork, type FakeNetwork, type FakeRequest } from "../../fixtures/fake-network.ts";

const BASE = "https://registry.test/";
const MINUTE = 60_000;

interface World extends FakeNetwork {
  readonly bytes: ReturnType<typeof createMemoryByteStore>;
  readonly records: ReturnType<typeof createMemoryRecordStore>;
  /** A source as a new loader has it: what is stored is all it knows. */
  open<Metadata>(kept: KeptMetadata<Metadata>, settings?: RegistrySettings): MetadataSource<Metadata>;
}

function createWorld(
  answer: (request: FakeRequest, count: number) => Response | Promise<Response>,
  stores = { bytes: createMemoryByteStore(), records: createMemoryRecordStore() },
): World {
  const network = createFakeNetwork(answer, { retryDelay: 0 });
  const { context } = network;
  return {
    ...network,
    ...stores,
    open(kept, settings = NO_SETTINGS) {
      const store = createContentStore({ ...stores, now: context.host.now, emit: context.emit });
      const registry = createRegistry(context, BASE, settings);
      return createMetadataSource(
        { registry, store, host: stores, parallel: createParallelLimit(4), emit: context.emit, keep: true },
        kept,
      );
    },
  };
}

const manifest = (version: string): object => ({
  name: "a",
  version,
  readme: "#".repeat(1000),
  dist: { shasum: "0".repeat(40) },
});
function packument(version: string, headers: Record<string, string> = {}, name = "a"): Response {
  const versions = { [version]: { ...manifest(version), name } };
  return Response.json({ name, "dist-tags": { latest: version }, versions }, { headers });
}
const failing = (): Response => new Response(null, { status: 503 });
const latest = async (source: MetadataSource<Packument>): Promise<string | undefined> =>
  (await source("a")).metadata["dist-tags"]["latest"];

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());
const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

describe("stored metadata", () => {
  it.for([
    ["five minutes, where the registry does not say", {}, 5 * MINUTE],
    ["as long as the registry says", { "cache-control": "public, max-age=60" }, MINUTE],
    ["that less what it has been on its way", { "cache-control": "max-age=60", age: "45" }, 15_000],
    ["no time at all", { "cache-control": "no-cache" }, 0],
  ] as const)("is used without asking for: %s", async ([, headers, time], { expect }) => {
    const world = createWorld((_, count) => packument(`${count}.0.0`, headers));
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    if (time > 0) {
      pass(time - 1);
      const found = await world.open(KEPT_PACKUMENT)("a");
      expect(found).toMatchObject({ metadata: { "dist-tags": { latest: "1.0.0" } }, source: "browser" });
      pass(1);
    }
    expect(world.requests).toHaveLength(1);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("2.0.0");
  });

  it("is nothing where the registry forbids to keep it", async ({ expect }) => {
    const world = createWorld((_, count) => packument(`${count}.0.0`, { "cache-control": "no-store" }));
    await latest(world.open(KEPT_PACKUMENT));
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("2.0.0");
    await expect(world.open(KEPT_PACKUMENT)("a", { storedOnly: true })).rejects.toMatchObject({
      code: "ERR_NOT_CACHED",
    });
  });

  it("is not fresh by a clock that was set back", async ({ expect }) => {
    const world = createWorld((_, count) => packument(`${count}.0.0`));
    await latest(world.open(KEPT_PACKUMENT));
    pass(-1);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("2.0.0");
  });

  it.for([
    ["etag", '"1"', "if-none-match"],
    ["last-modified", "Wed, 31 Dec 2025 00:00:00 GMT", "if-modified-since"],
  ] as const)("is asked about by %s, and 304 makes it fresh again", async ([header, value, condition], { expect }) => {
    const world = createWorld((request) =>
      request.headers.get(condition) === value
        ? new Response(null, { status: 304 })
        : packument("1.0.0", { [header]: value }),
    );
    await latest(world.open(KEPT_PACKUMENT));
    pass(5 * MINUTE);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    pass(4 * MINUTE);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    expect(world.requests).toHaveLength(2);
    pass(MINUTE);
    await latest(world.open(KEPT_PACKUMENT));
    expect(world.requests).toHaveLength(3);
  });

  it("is replaced by newer metadata, and its bytes are deleted", async ({ expect }) => {
    const world = createWorld((_, count) => packument(`${count}.0.0`));
    await latest(world.open(KEPT_PACKUMENT));
    const record = await world.records.read(`metadata-4:${BASE}a`);
    pass(5 * MINUTE);
    await latest(world.open(KEPT_PACKUMENT));
    expect(await world.bytes.get(record?.digest ?? "")).toBeUndefined();
    expect(await world.records.read(`metadata-4:${BASE}a`)).not.toEqual(record);
  });

  it.for([
    ["cannot be reached", () => Promise.reject(new TypeError("offline"))],
    ["fails", failing],
    ["has had enough", () => new Response(null, { status: 429, headers: { "retry-after": "60" } })],
  ] as const)("is used, with a warning, while the registry %s, which is asked once", async ([, answer], { expect }) => {
    const world = createWorld((_, count) => (count === 1 ? packument("1.0.0") : answer()));
    await latest(world.open(KEPT_PACKUMENT));
    pass(24 * 60 * MINUTE);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    expect(world.requests).toHaveLength(2);
    const warning = world.events.find(({ kind }) => kind === "warning");
    expect(warning?.message).toContain("what the registry had at 2026-01-01T00:00:00.000Z is used");
  });

  it.for([
    ["has no such package any more", () => new Response(null, { status: 404 }), "ERR_PACKAGE_NOT_FOUND"],
    ["refuses", () => new Response(null, { status: 403 }), "ERR_FETCH_STATUS"],
    ["sends nonsense", () => new Response("{"), "ERR_PACKUMENT_INVALID"],
  ] as const)("is not used when the registry %s", async ([, answer, code], { expect }) => {
    const world = createWorld((_, count) => (count === 1 ? packument("1.0.0") : answer()));
    await latest(world.open(KEPT_PACKUMENT));
    pass(5 * MINUTE);
    await expect(latest(world.open(KEPT_PACKUMENT))).rejects.toMatchObject({ code });
  });

  it("R9: is all that is used where the network may not be, however old; what lacks is named", async ({ expect }) => {
    const world = createWorld(() => packument("1.0.0", { "cache-control": "no-cache" }));
    await latest(world.open(KEPT_PACKUMENT));
    pass(365 * 24 * 60 * MINUTE);
    const source = world.open(KEPT_PACKUMENT);
    expect((await source("a", { storedOnly: true })).metadata.name).toBe("a");
    await expect(source("b", { storedOnly: true })).rejects.toMatchObject({
      code: "ERR_NOT_CACHED",
      details: { package: "b" },
    });
    expect(world.requests).toHaveLength(1);
  });

  it("is fetched anew where it is damaged, or another package's", async ({ expect }) => {
    const world = createWorld((request) => packument("1.0.0", {}, request.url.slice(BASE.length)));
    const source = world.open(KEPT_PACKUMENT);
    await source("a");
    await source("b");
    const [a, b] = [`metadata-4:${BASE}a`, `metadata-4:${BASE}b`];
    const [recordA, recordB] = [await world.records.read(a), await world.records.read(b)];
    if (recordA === undefined || recordB === undefined) throw new Error("nothing is stored");
    await world.records.write(a, recordB);
    await world.bytes.delete(recordB.digest);
    await world.bytes.put(recordB.digest, new TextEncoder().encode('{"name":"b","versions":{}}'));
    expect((await source("b")).metadata.versions).toHaveProperty(["1.0.0"]);
    await world.records.write(a, { ...recordB });
    expect((await source("a")).metadata.name).toBe("a");
    expect(world.requests.map(({ url }) => url.slice(BASE.length))).toEqual(["a", "b", "b", "a"]);
    expect(world.events.filter(({ kind }) => kind === "heal")).toHaveLength(2);
  });

  it("of two registries are two packages", async ({ expect }) => {
    const world = createWorld((request) => packument(request.url.startsWith(BASE) ? "1.0.0" : "2.0.0"));
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    expect(await latest(world.open(KEPT_PACKUMENT, { ...NO_SETTINGS, registry: "https://other.test/" }))).toBe("2.0.0");
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    expect(world.requests).toHaveLength(2);
  });

  it("holds what is used and nothing else", async ({ expect }) => {
    const world = createWorld(() => packument("1.0.0"));
    await latest(world.open(KEPT_PACKUMENT));
    const record = await world.records.read(`metadata-4:${BASE}a`);
    const stored = new TextDecoder().decode(await world.bytes.get(record?.digest ?? ""));
    expect(stored).not.toContain("readme");
    expect(stored.length).toBeLessThan(200);
  });

  it("for a solver that needs more is asked for whole, and kept beside the other", async ({ expect }) => {
    const world = createWorld(() => packument("1.0.0"));
    const whole = { form: "whole", whole: true, reduce: reduceMetadata };
    await latest(world.open(KEPT_PACKUMENT));
    expect((await world.open(whole)("a")).source).toBe("upstream");
    expect((await world.open(whole)("a")).source).toBe("browser");
    expect(world.requests.map(({ headers }) => headers.get("accept"))).toEqual([
      expect.stringContaining("install-v1"),
      "application/json",
    ]);
  });
});

describe("metadata on its way", () => {
  it("R126: is fetched once for all who want it, and given up when all have", async ({ expect }) => {
    const world = createWorld((_, count) => (count === 1 ? packument("1.0.0") : new Promise(() => undefined)));
    const source = world.open(KEPT_PACKUMENT);
    await Promise.all([source("a"), source("a"), source("a")]);
    expect(world.requests).toHaveLength(1);
    const [one, two] = [new AbortController(), new AbortController()];
    const both = [source("b", { signal: one.signal }), source("b", { signal: two.signal })];
    const outcomes = Promise.allSettled(both);
    await vi.waitUntil(() => world.requests.length === 2);
    one.abort("first");
    expect(world.requests[1]?.signal?.aborted).toBe(false);
    two.abort("second");
    expect((await outcomes).map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([
      "first",
      "second",
    ]);
    expect(world.requests[1]?.signal?.aborted).toBe(true);
  });

  it("is used, with a warning, where the store has no room", async ({ expect }) => {
    const stores = { bytes: createMemoryByteStore({ maxBytes: 10 }), records: createMemoryRecordStore() };
    const world = createWorld(() => packument("1.0.0"), stores);
    expect(await latest(world.open(KEPT_PACKUMENT))).toBe("1.0.0");
    expect(world.events.at(-1)).toMatchObject({ stage: "store", kind: "warning", subject: "a" });
  });
});

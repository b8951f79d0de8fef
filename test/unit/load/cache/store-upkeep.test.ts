import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { CacheVerbs } from "../../../../src/load/cache/cache-verbs.ts";
import type { RecordStore } from "../../../../src/store/byte-store.ts";
import type { FakeRegistry } from "../../../fixtures/fake-registry.ts";
import { createRegistry, importing, loadAll, upkeepOf } from "./cache-harness.ts";

const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

const packagesIn = async ({ host }: FakeRegistry): Promise<string[]> =>
  (await new CacheVerbs(host).list()).filter(({ kind }) => kind === "package").map(({ name }) => name);

const warnings = ({ events }: FakeRegistry): string[] =>
  events.filter(({ kind, subject }) => kind === "warning" && subject === "cache").map(({ message = "" }) => message);

/** Nothing but packages is kept, so that sizes are theirs. */
const options = { cache: { maxSize: "200 kB" }, keepLinked: "nothing" } as const;

describe("a store with a size", () => {
  it("R111 R122: drops what was used longest ago where more is stored", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c", "d");
    for (const name of ["a", "b", "c", "d"]) {
      await loadAll(registry, [name], options);
      pass(HOUR);
    }
    expect(await packagesIn(registry)).toEqual(["d@1.0.0", "c@1.0.0"]);
    const made = registry.events.filter(({ kind, subject }) => kind === "done" && subject === "cache");
    expect(made.map(({ message }) => message)).toEqual(["room made: a@1.0.0", "room made: b@1.0.0"]);
  });

  it("R122: counts what is read again as used, not when it was stored", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c");
    const [first] = await loadAll(registry, ["a"], options);
    pass(HOUR);
    await loadAll(registry, ["b"], options);
    pass(HOUR);
    const upkeep = upkeepOf(registry);
    await registry.loader(options).load(importing("a"), { lockfile: first?.lockfile ?? "" });
    await upkeep();
    pass(HOUR);
    await loadAll(registry, ["c"], options);
    expect(await packagesIn(registry)).toEqual(["c@1.0.0", "a@1.0.0"]);
  });

  it("R122: counts the packages of a program as used that starts from its image", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c");
    const whole = { cache: { maxSize: "1GB" } };
    const [first] = await loadAll(registry, ["a"], whole);
    pass(HOUR);
    await loadAll(registry, ["b"], whole);
    pass(HOUR);
    const upkeep = upkeepOf(registry);
    const asked = registry.requests.length;
    await registry.loader(whole).load(importing("a"), { lockfile: first?.lockfile ?? "" });
    await upkeep();
    expect(registry.requests.length).toBe(asked);
    expect(await packagesIn(registry)).toEqual(["a@1.0.0", "b@1.0.0"]);
  });

  it("R122: never drops what a pinned lockfile needs, nor what was just loaded", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c", "d");
    const [first] = await loadAll(registry, ["a"], options);
    await new CacheVerbs(registry.host).pin("mine", first?.lockfile ?? "");
    pass(HOUR);
    for (const name of ["b", "c", "d"]) {
      await loadAll(registry, [name], options);
      pass(HOUR);
    }
    expect(await packagesIn(registry)).toEqual(["d@1.0.0", "a@1.0.0"]);
    const offline = registry.loader(options).load(importing("a"), {
      lockfile: first?.lockfile ?? "",
      cacheSetting: "only",
    });
    await expect(offline).resolves.toMatchObject({ packages: [{ name: "a", source: "browser" }] });
  });

  it("R122: keeps a program that is larger than the store whole, and says so", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c");
    const upkeep = upkeepOf(registry);
    await registry.loader({ ...options, cache: { maxSize: 50_000 } }).load(importing("a", "b", "c"));
    await upkeep();
    expect(await packagesIn(registry)).toHaveLength(3);
    expect(warnings(registry)).toEqual([
      expect.stringMatching(/^2\d{5} bytes are stored of 50000: what pins and the programs just loaded need/),
    ]);
  });

  it("R122: drops things as a whole, and never the bytes that another thing has too", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c");
    await loadAll(registry, ["a", "b", "c"], options);
    const { host } = registry;
    const records = (await host.records.list?.()) ?? [];
    const digests = await host.bytes.keys?.();
    expect(new Set(digests)).toEqual(new Set(records.map(({ digest }) => digest)));
    expect(records.filter(({ key }) => key.includes(":a@1.0.0:"))).toEqual([]);
    expect(records.filter(({ key }) => key.includes(":c@1.0.0:")).length).toBeGreaterThan(1);
  });

  it("costs a second visit within the hour no write, and one in a later hour a single one", async ({ expect }) => {
    const registry = await createRegistry("a");
    const [first] = await loadAll(registry, ["a"], options);
    const written: string[] = [];
    const { records } = registry.host;
    const write = records.write.bind(records);
    const watched: RecordStore = {
      ...records,
      write: (key, record) => {
        written.push(key);
        return write(key, record);
      },
    };
    Object.assign(registry.host, { records: watched });
    const visit = async (): Promise<void> => {
      const upkeep = upkeepOf(registry);
      await registry.loader(options).load(importing("a"), { lockfile: first?.lockfile ?? "" });
      await upkeep();
    };
    await visit();
    expect(written).toEqual([]);
    pass(HOUR);
    await visit();
    await visit();
    expect(written).toEqual(["uses"]);
  });

  it("R111: is no larger than the host's storage has room for", async ({ expect }) => {
    const registry = await createRegistry("a", "b", "c");
    const { host } = registry;
    const used = async (): Promise<number> =>
      ((await host.records.list?.()) ?? []).reduce((sum, { size = 0 }) => sum + size, 0);
    Object.assign(host, { estimate: async () => ({ usage: 900_000 + (await used()), quota: 1_100_000 }) });
    for (const name of ["a", "b", "c"]) {
      await loadAll(registry, [name], { keepLinked: "nothing" });
      pass(HOUR);
    }
    expect(await packagesIn(registry)).toEqual(["c@1.0.0"]);
  });

  it("R111: reads its size from config.toml; what the loader is told comes before", async ({ expect }) => {
    const config = '[cache]\nmax_size = "200kB"\n';
    const registry = await createRegistry("a", "b", "c", "d");
    await loadAll(registry, ["a", "b", "c"], { registries: { config }, keepLinked: "nothing" });
    expect(await packagesIn(registry)).toHaveLength(2);
    await loadAll(registry, ["d"], { registries: { config }, cache: { maxSize: "1GB" }, keepLinked: "nothing" });
    expect(await packagesIn(registry)).toHaveLength(3);
    expect(() => registry.loader({ cache: { maxSize: "much" } })).toThrow(/"cache.maxSize" in the loader's options/);
  });

  it("says why it could not be kept within its size, and loads all the same", async ({ expect }) => {
    const registry = await createRegistry("a");
    const { records } = registry.host;
    Object.assign(records, { list: () => Promise.reject(new Error("the disk is gone")) });
    const [program] = await loadAll(registry, ["a"], options);
    expect(program?.packages).toHaveLength(1);
    expect(warnings(registry)).toEqual(["not kept within its size: Error: the disk is gone"]);
  });
});

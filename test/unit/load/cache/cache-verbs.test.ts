import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { isLoaderError } from "../../../../src/errors.ts";
import { CacheVerbs } from "../../../../src/load/cache/cache-verbs.ts";
import { createFakeRegistry, type FakeRegistry } from "../../../fixtures/fake-registry.ts";
import { createRegistry, importing, largePackage, loadAll } from "./cache-harness.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
const names = (things: readonly { readonly name: string }[]): string[] => things.map(({ name }) => name);

/** The bytes of one part of a package, as a disk damages them. */
async function damage({ host }: FakeRegistry, part: string): Promise<void> {
  const record = (await host.records.list?.())?.find(({ key }) => key.startsWith(part));
  const digest = record?.digest ?? "";
  const bytes = await host.bytes.get(digest);
  await host.bytes.delete(digest);
  await host.bytes.put(
    digest,
    Uint8Array.from(bytes ?? [], (byte) => byte ^ 1),
  );
}

describe("cache verbs", () => {
  it("P73: lists what is stored: what it is, how large, when it was used last, and who needs it", async ({
    expect,
  }) => {
    const registry = await createRegistry("a", "b");
    registry.answer("https://cdn.test/x.js", "export const x = 1;");
    const cache = new CacheVerbs(registry.host);
    const [first] = await loadAll(registry, ["a"], { keepLinked: "nothing" });
    await cache.pin("mine", first?.lockfile ?? "");
    pass(HOUR);
    await loadAll(registry, ["b"], { keepMetadata: true });
    await loadAll(registry, ["https://cdn.test/x.js"], { keepLinked: "nothing" });
    const things = await cache.list();
    expect(things.find(({ name }) => name === "a@1.0.0")).toMatchObject({
      kind: "package",
      lastUsed: new Date(NOW),
      pins: ["mine"],
    });
    expect(things.at(-1)?.name).toBe("a@1.0.0");
    expect(things.find(({ name }) => name === "b@1.0.0")).toMatchObject({ lastUsed: new Date(NOW + HOUR), pins: [] });
    expect(new Set(things.map(({ kind }) => kind))).toEqual(new Set(["package", "program", "metadata", "url"]));
    expect(things.find(({ kind }) => kind === "url")?.name).toBe("https://cdn.test/x.js");
    expect(things.every(({ size }) => size > 0)).toBe(true);
  });

  it("P73: removes a version, all versions, or a URL, and nothing else", async ({ expect }) => {
    const registry = await createFakeRegistry([largePackage("a"), largePackage("a", "2.0.0"), largePackage("ab")]);
    registry.answer("https://cdn.test/x.js", "export const x = 1;");
    const cache = new CacheVerbs(registry.host);
    const all = ["a@1.0.0", "a@2.0.0", "ab", "https://cdn.test/x.js"];
    await loadAll(registry, all, { keepLinked: "nothing" });
    expect(names(await cache.remove("a@1.0.0"))).toEqual(["a@1.0.0"]);
    expect(names(await cache.list())).toEqual(["a@2.0.0", "ab@1.0.0", "https://cdn.test/x.js"]);
    await loadAll(registry, ["a@1.0.0"], { keepLinked: "nothing" });
    expect(names(await cache.remove("a"))).toEqual(["a@1.0.0", "a@2.0.0"]);
    await cache.remove("https://cdn.test/x.js");
    expect(names(await cache.list())).toEqual(["ab@1.0.0"]);
    await expect(cache.remove("a")).rejects.toMatchObject({ code: "ERR_CACHE_NOT_FOUND" });
  });

  it("P73: what was removed is loaded again, by its lockfile, and linked anew", async ({ expect }) => {
    const registry = await createRegistry("a");
    const [first] = await loadAll(registry, ["a"]);
    await new CacheVerbs(registry.host).remove("a");
    const again = await registry.loader().load(importing("a"), { lockfile: first?.lockfile ?? "", frozen: true });
    expect(again.packages).toMatchObject([{ name: "a", source: "upstream" }]);
    expect(again.image).toEqual(first?.image);
  });

  for (const part of ["artifact:", "modules:", "reached:"]) {
    it(`P73 P89: finds a damaged part (${part}) and drops its package as a whole`, async ({ expect }) => {
      const registry = await createRegistry("a", "b");
      const cache = new CacheVerbs(registry.host);
      await loadAll(registry, ["a"], { keepLinked: "nothing" });
      await damage(registry, part);
      await loadAll(registry, ["b"], { keepLinked: "nothing" });
      const { checked, bytes, damaged } = await cache.verify();
      expect({ checked, damaged: names(damaged) }).toEqual({ checked: 2, damaged: ["a@1.0.0"] });
      expect(bytes).toBeGreaterThan(40_000);
      expect(names(await cache.list())).toEqual(["b@1.0.0"]);
      expect(await cache.verify()).toMatchObject({ checked: 1, damaged: [] });
    });
  }

  it("P73: collects what nobody can use, and nothing else", async ({ expect }) => {
    const registry = await createRegistry("a", "b");
    const { bytes, records } = registry.host;
    const cache = new CacheVerbs(registry.host);
    const [first] = await loadAll(registry, ["a", "b"], { keepLinked: "nothing" });
    const before = (await bytes.keys?.())?.length;
    await bytes.put("0".repeat(64), new Uint8Array(100));
    const record = await records.read(
      (await records.list?.())?.find(({ key }) => key.startsWith("artifact:"))?.key ?? "",
    );
    await records.write("artifact:raya-compiler-0:old@1.0.0:sha512-AA==", {
      ...record,
      digest: "1".repeat(64),
      size: 7,
      time: 0,
    });
    await bytes.put("1".repeat(64), new Uint8Array(7));
    const index = (await records.list?.())?.find(({ key }) => key.startsWith("artifact:") && key.includes(":b@"));
    await records.remove(index?.key ?? "");
    const freed = await cache.collect();
    expect(freed).toBeGreaterThan(40_107);
    expect(names(await cache.list())).toEqual(["a@1.0.0"]);
    expect((await bytes.keys?.())?.length).toBeLessThan(before ?? 0);
    expect(await cache.collect()).toBe(0);
    const offline = registry.loader().load(importing("a"), { lockfile: first?.lockfile ?? "", cacheSetting: "only" });
    await expect(offline).resolves.toBeDefined();
  });

  it("R122: makes room when it is told to, until a pin is taken away", async ({ expect }) => {
    const registry = await createRegistry("a", "b");
    const cache = new CacheVerbs(registry.host);
    const [first] = await loadAll(registry, ["a"], { keepLinked: "nothing" });
    await cache.pin("mine", first?.lockfile ?? "");
    pass(HOUR);
    await loadAll(registry, ["b"], { keepLinked: "nothing" });
    expect(await cache.trim("1GB")).toMatchObject({ dropped: [], freed: 0, limit: 1e9 });
    expect(await cache.trim("1kB")).toMatchObject({ dropped: ["b@1.0.0"] });
    await cache.unpin("mine");
    expect(await cache.trim("1kB")).toMatchObject({ dropped: ["a@1.0.0"] });
    await expect(cache.unpin("mine")).rejects.toMatchObject({ code: "ERR_CACHE_NOT_FOUND" });
  });

  it("refuses a pin of what is no lockfile, and a store that cannot be listed", async ({ expect }) => {
    const registry = await createRegistry("a");
    const cache = new CacheVerbs(registry.host);
    await expect(cache.pin("mine", "not a lockfile")).rejects.toSatisfy(isLoaderError);
    Object.assign(registry.host.records, { list: undefined });
    await expect(new CacheVerbs(registry.host).list()).rejects.toMatchObject({ code: "ERR_STORE_UNLISTED" });
    expect(() => registry.loader({ cache: { maxSize: 1 } })).toThrow(/cannot be listed/);
  });
});

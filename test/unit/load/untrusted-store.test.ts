import { describe, it } from "vitest";
import type { StoreRecord } from "../../../src/store/byte-store.ts";
import { createFakeRegistry, type FakePackage, type FakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";
import { createHasher, toHex } from "../../../src/verify/digest.ts";

// What is under a digest is sound; the record that leads to it may still lie.

const good: FakePackage = {
  manifest: { name: "good", version: "1.0.0", type: "module", exports: "./index.js" },
  files: { "index.js": 'export const value = "good";\n' },
};
const evil: FakePackage = {
  manifest: { name: "evil", version: "1.0.0", type: "module", exports: "./index.js" },
  files: { "index.js": 'export const value = "evil";\n' },
};
const URLS = ["https://cdn.test/good.js", "https://cdn.test/evil.js"] as const;
const importing = (specifier: string) => ({ entry: "/main.js", files: { "/main.js": `import "${specifier}";` } });

async function archiveOf({ host }: FakeRegistry): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await host.fetch(`${REGISTRY}good/-/good-1.0.0.tgz`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Notes under which keys records are written. */
function watchRecords({ host }: FakeRegistry): Map<string, StoreRecord> {
  const written = new Map<string, StoreRecord>();
  const write = host.records.write.bind(host.records);
  host.records.write = async (key, record) => {
    written.set(key, record);
    await write(key, record);
  };
  return written;
}

/** What is made of artifacts for the next load, which would do without them. */
function isDerived(key: string): boolean {
  return key.startsWith("reached:") || key.startsWith("partial");
}

/** A store in which what the first specifier leads to has been exchanged for what the second one does. */
async function createLyingStore(wanted: string, other: string) {
  const registry = await createFakeRegistry([good, evil]);
  for (const url of URLS) registry.answer(url, `export const value = "${url}";`);
  const records = watchRecords(registry);
  const project = importing(wanted);
  const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(project);
  const [key, honest] = [...records].findLast(([name]) => !isDerived(name)) ?? ["", undefined];
  await registry.loader({ keepLinked: "packages" }).load(importing(other));
  const [, lie] = [...records].findLast(([name]) => !isDerived(name)) ?? [];
  if (lie === undefined || honest === undefined) throw new Error("nothing was stored");
  await registry.host.records.write(key, { ...honest, digest: lie.digest });
  for (const name of records.keys()) if (name.startsWith("partial")) await registry.host.records.remove(name);
  registry.requests.length = 0;
  return { registry, project, lockfile, key, honest };
}

describe.for([["good", "evil"], URLS] as const)(
  "a record of %s that points to what is stored of %s",
  ([wanted, other]) => {
    it("R105: is thrown away, and the right thing is fetched and stored", async ({ expect }) => {
      const { registry, project, lockfile, key, honest } = await createLyingStore(wanted, other);
      const { image } = await registry.loader({ keepLinked: "packages" }).load(project, { lockfile });
      expect(image.modules.map(({ code }) => code).join()).not.toContain("evil");
      expect(registry.requests).toHaveLength(1);
      expect(registry.events.filter(({ kind }) => kind === "heal")).toHaveLength(1);
      expect((await registry.host.records.read(key))?.digest).toBe(honest.digest);
    });

    it("R105: is an error with both digests when the right thing cannot be had", async ({ expect }) => {
      const { registry, project, lockfile } = await createLyingStore(wanted, other);
      const load = registry.loader({ keepLinked: "packages" }).load(project, { lockfile, cacheSetting: "only" });
      const name = wanted === "good" ? { package: "good@1.0.0" } : { specifier: wanted };
      await expect(load).rejects.toMatchObject({
        code: "ERR_STORE_CORRUPT",
        details: { ...name, expected: expect.any(String), actual: expect.any(String) },
      });
      await expect(load).rejects.not.toMatchObject({ details: { expected: "", actual: "" } });
    });

    it("does not take away what the other name has", async ({ expect }) => {
      const { registry, project, lockfile } = await createLyingStore(wanted, other);
      const { lockfile: otherLock } = await registry.loader({ keepLinked: "packages" }).load(importing(other));
      await registry.loader({ keepLinked: "packages" }).load(project, { lockfile });
      const kept = await registry
        .loader({ linking: "modules", keepLinked: "packages" })
        .load(importing(other), { lockfile: otherLock, cacheSetting: "only" });
      expect(kept.image.modules.map(({ code }) => code).join()).toContain("evil");
    });
  },
);

describe("a package that the registry knows by its SHA-1 only", () => {
  it("R105: is not unpacked where the lockfile's checksum says that it is another archive", async ({ expect }) => {
    const registry = await createFakeRegistry([good]);
    const sha1 = createHasher("sha1");
    sha1.update(await archiveOf(registry));
    const manifest = { ...good.manifest, dist: { shasum: toHex(sha1.digest()) } };
    registry.answer(
      "good",
      JSON.stringify({ name: "good", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": manifest } }),
    );
    const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(importing("good"));
    const pinned = lockfile.replace(/sha256:[0-9a-f]{64}/, `sha256:${"0".repeat(64)}`);

    const fresh = await createFakeRegistry([good]);
    const records = watchRecords(fresh);
    await expect(fresh.loader().load(importing("good"), { lockfile: pinned })).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { package: "good@1.0.0", expected: `sha256:${"0".repeat(64)}` },
    });
    expect(fresh.events.filter(({ stage }) => stage === "compile")).toEqual([]);
    expect([...records.keys()]).toEqual([]);
  });
});

describe("two packages with one and the same archive", () => {
  it("are two packages", async ({ expect }) => {
    const registry = await createFakeRegistry([good]);
    const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(importing("good"));
    registry.answer("twin/-/twin-1.0.0.tgz", await archiveOf(registry));
    const both = lockfile
      .replace('"good@*" = "1.0.0"', '"good@*" = "1.0.0"\n"twin@*" = "1.0.0"')
      .concat("\n", /\[\[package\]\][^[]*/.exec(lockfile)?.[0].replaceAll("good", "twin") ?? "");
    const project = { entry: "/main.js", files: { "/main.js": 'import "good"; import "twin";' } };
    const { packages } = await registry.loader({ keepLinked: "packages" }).load(project, { lockfile: both });
    expect(packages.map(({ name }) => name)).toEqual(["good", "twin"]);
  });
});

describe("loads that want the same package at the same time", () => {
  /** A registry whose archives come when they are let through. */
  async function createSlowRegistry() {
    const registry = await createFakeRegistry([good]);
    const fetch = registry.host.fetch.bind(registry.host);
    const asked = Promise.withResolvers<void>();
    const open = Promise.withResolvers<void>();
    registry.host.fetch = async (url, init) => {
      if (!url.endsWith(".tgz")) return fetch(url, init);
      asked.resolve();
      await open.promise;
      init?.signal?.throwIfAborted();
      return fetch(url, init);
    };
    return { registry, asked: asked.promise, open: () => open.resolve() };
  }

  it("one that is stopped does not take the other with it", async ({ expect }) => {
    const { registry, asked, open } = await createSlowRegistry();
    const loader = registry.loader({ keepLinked: "packages" });
    const stopped = new AbortController();
    const first = loader.load(importing("good"), { signal: stopped.signal });
    await asked;
    const second = loader.load(importing("good"), { signal: new AbortController().signal });
    // Until the second has joined the first: it asks for nothing itself.
    await new Promise((resolve) => setTimeout(resolve, 20));
    stopped.abort(new Error("the visitor pressed Stop"));
    await expect(first).rejects.toThrow("the visitor pressed Stop");
    open();
    expect((await second).packages.map(({ name }) => name)).toEqual(["good"]);
  });

  it("one that may not use the network does not keep the other from it", async ({ expect }) => {
    const registry = await createFakeRegistry([good]);
    const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(importing("good"));
    const fresh = await createFakeRegistry([good]);
    const loader = fresh.loader();
    const offline = loader.load(importing("good"), { lockfile, cacheSetting: "only" });
    const online = loader.load(importing("good"), { lockfile });
    await expect(offline).rejects.toMatchObject({ code: "ERR_NOT_CACHED" });
    expect((await online).packages.map(({ name }) => name)).toEqual(["good"]);
  });
});

it("R105: code that is stored under another package's key is not run", async ({ expect }) => {
  // Code of small packages is in their index.
  const large = [good, evil].map((each) => ({ ...each, files: { ...each.files, "a.txt": "x".repeat(40_000) } }));
  const registry = await createFakeRegistry(large);
  const records = watchRecords(registry);
  const project = importing("good");
  const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(project);
  await registry.loader({ keepLinked: "packages" }).load(importing("evil"));
  const [key, honest] = [...records].find(([name]) => name.startsWith("modules:") && name.includes(":good@")) ?? [
    "",
    undefined,
  ];
  const [, lie] = [...records].find(([name]) => name.startsWith("modules:") && name.includes(":evil@")) ?? [];
  if (honest === undefined || lie === undefined) throw new Error("nothing was stored");
  await registry.host.records.write(key, { ...honest, digest: lie.digest });
  for (const name of records.keys()) if (name.startsWith("partial")) await registry.host.records.remove(name);
  for (const name of records.keys()) if (name.startsWith("reached:")) await registry.host.records.remove(name);
  const { image } = await registry.loader({ linking: "modules", keepLinked: "packages" }).load(project, { lockfile });
  expect(image.modules.map(({ code }) => code).join()).toContain('"good"');
  expect((await registry.host.records.read(key))?.digest).toBe(honest.digest);
});

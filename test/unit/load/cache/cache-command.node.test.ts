import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, it, vi } from "vitest";
import { runRaya } from "../../../../scripts/raya/run-raya.ts";
import { createNodeHost, createNodeLoader } from "../../../../src/platform/node/index.ts";
import { BASE, REGISTRY } from "../../../fixtures/fake-registry.ts";
import { createRegistry, importing } from "./cache-harness.ts";

const home = await mkdtemp(join(tmpdir(), "raya-cache-"));
afterAll(() => rm(home, { recursive: true }));

const folder = join(home, "kept");
const config = `[cache]\ndir = ${JSON.stringify(folder)}\nmax_size = "1GB"\n`;

/** What the command prints. */
async function raya(...args: string[]): Promise<{ code: number; lines: string[]; said: string }> {
  vi.mocked(console.log).mockClear();
  vi.mocked(console.error).mockClear();
  const code = await runRaya(args);
  const texts = (call: unknown[]): string => call.map(String).join(" ");
  const said = vi.mocked(console.error).mock.calls.map(texts).join("\n");
  return { code, lines: vi.mocked(console.log).mock.calls.map(texts), said };
}

describe("raya cache", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    vi.stubEnv("RAYA_HOME", home);
    return () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    };
  });

  it("R1 R110 P73: shows, pins, checks and clears the folder that loaders of Node keep things in", async ({
    expect,
  }) => {
    await writeFile(join(home, "config.toml"), config);
    const registry = await createRegistry("a", "b");
    vi.stubGlobal("fetch", (url: string) => registry.host.fetch(url));
    const load = async (name: string): Promise<string> => {
      const loader = createNodeLoader({ registry: REGISTRY, base: BASE, registries: { config } });
      const program = await loader.load(importing(name));
      await program.kept;
      return program.lockfile;
    };
    const lockfile = await load("a");
    const asked = registry.requests.length;
    const again = createNodeLoader({ registry: REGISTRY, base: BASE, registries: { config } });
    expect(await again.load(importing("a"), { lockfile, cacheSetting: "only" })).toMatchObject({
      packages: [{ name: "a", source: "browser" }],
    });
    expect(registry.requests.length).toBe(asked);
    await load("b");
    vi.unstubAllGlobals();

    await writeFile(join(home, "raya.lock"), lockfile);
    expect(await raya("cache", "pin", "mine", join(home, "raya.lock"))).toMatchObject({ code: 0 });
    const listed = (await raya("cache", "ls")).lines.filter((line) => line.startsWith("package"));
    expect(listed.map((line) => line.replace(/\s+\d+\s+\S+Z/, "")).toSorted()).toEqual([
      "package  a@1.0.0  pinned: mine",
      "package  b@1.0.0",
    ]);

    const left = join(folder, "tmp", "left");
    await writeFile(left, "12345");
    await utimes(left, 0, 0);
    expect(await raya("cache", "gc", "--max-size", "1kB")).toMatchObject({
      code: 0,
      lines: expect.arrayContaining(["b@1.0.0"]),
    });
    expect(await readdir(join(folder, "tmp"))).toEqual([]);

    const digests = await createNodeHost({ cache: folder }).bytes.keys?.();
    const large = (await createNodeHost({ cache: folder }).records.list?.())?.find(({ key }) =>
      key.startsWith("modules:"),
    );
    expect(digests).toContain(large?.digest);
    await writeFile(join(folder, "objects", large?.digest ?? ""), "damaged");
    const verified = await raya("cache", "verify");
    expect(verified.said).toMatch(/^1 things, \d+ bytes: 1 damaged and dropped$/);
    expect(verified.lines[0]).toContain("a@1.0.0");
    expect(await raya("cache", "rm", "a")).toMatchObject({
      code: 1,
      said: expect.stringContaining("ERR_CACHE_NOT_FOUND"),
    });
    expect(await raya("cache", "unpin", "mine")).toMatchObject({ code: 0 });
    expect(await raya("cache")).toMatchObject({ code: 1 });
  });
});

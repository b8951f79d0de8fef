import { describe, it, vi } from "vitest";
import { compileArchive } from "../../../src/artifact/compile-archive.ts";
import { createLimits } from "../../../src/limits.ts";
import { createNodeHost, createNodeLoader } from "../../../src/platform/node/index.ts";
import { BASE, createFakeRegistry, packArchive, REGISTRY } from "../../fixtures/fake-registry.ts";

const limits = createLimits();
const archiveOf = (name: string) =>
  packArchive({ manifest: { name, version: "1.0.0" }, files: { "index.js": `exports.name = "${name}";` } });

describe("compiling in threads of Node", () => {
  it("R112: gives the same bytes and the same errors", async ({ expect }) => {
    const { compile = compileArchive } = createNodeHost({ jobs: 2 });
    const names = ["a", "b", "c", "d", "e"];
    const archives = await Promise.all(names.map(archiveOf));
    const compiled = await Promise.all(
      archives.map((archive, index) => compile(archive, `${names[index]}@1.0.0`, limits)),
    );
    for (const [index, archive] of archives.entries())
      expect(compiled[index]).toEqual(await compileArchive(archive, `${names[index]}@1.0.0`, limits));
    const invalid = compile(new Uint8Array(3), "a@1.0.0", limits);
    await expect(invalid).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID", details: { package: "a@1.0.0" } });
    expect(createNodeHost().compile).toBeUndefined();
  });

  it("R112: a loader does as its config.toml says", async ({ expect, onTestFinished }) => {
    const manifest = { name: "a", version: "1.0.0", type: "module", main: "index.js" };
    const { host } = await createFakeRegistry([{ manifest, files: { "index.js": "export const a = 41 + 1;" } }]);
    vi.stubGlobal("fetch", (url: string) => host.fetch(url));
    onTestFinished(() => void vi.unstubAllGlobals());
    const config = "[build]\nparallel = true\njobs = 2\n";
    const loader = createNodeLoader({ registry: REGISTRY, base: BASE, registries: { config } });
    expect(await loader.import("a")).toMatchObject({ a: 42 });
  });
});

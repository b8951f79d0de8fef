import { describe, it } from "vitest";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const esm = (name: string, version: string, code: string, manifest: object = {}): FakePackage => ({
  manifest: { name, version, type: "module", exports: "./index.js", ...manifest },
  files: { "index.js": code, "data.txt": name },
});
const core = (version: string) => esm("@app/core", version, `export const core = "${version}";`);
const plugin = esm("plugin", "1.0.0", 'export { core } from "@app/core";', {
  peerDependencies: { "@app/core": ">=18" },
});
const uses = (name: string, range: string) =>
  esm(name, "1.0.0", 'export * from "plugin";', { dependencies: { "@app/core": range, plugin: "^1.0.0" } });

const project = (main: string, more: Record<string, string> = {}) => ({
  entry: "/main.ts",
  files: { "/main.ts": main, ...more },
});
const both = project('import { core as a } from "old"; import { core as b } from "new"; export default [a, b];');

describe("packages that are there several times", () => {
  const packages = [core("18.0.0"), core("19.0.0"), plugin, uses("old", "^18.0.0"), uses("new", "^19.0.0")];

  it("P60: each of a version's instances has the peers that the graph gives it, and modules of its own", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry(packages);
    const { image, lockfile, packages: reports } = await registry.loader({ linking: "modules" }).load(both);
    const plugins = image.modules.filter(({ url }) => url.includes("/plugin@"));
    expect(plugins.map(({ url }) => url)).toEqual([
      "https://app.test/~/plugin@1.0.0(%40app%2Fcore%4018.0.0)/index.js",
      "https://app.test/~/plugin@1.0.0(%40app%2Fcore%4019.0.0)/index.js",
    ]);
    expect(plugins.map(({ code }) => /core@\d+/.exec(code)?.[0])).toEqual(["core@18", "core@19"]);
    const reported = reports.filter(({ name }) => name === "plugin");
    expect(reported.map(({ version, via }) => [version, via[1]])).toEqual([
      ["1.0.0", "old@1.0.0"],
      ["1.0.0", "new@1.0.0"],
    ]);
    expect(registry.requests.filter((path) => path.endsWith("plugin-1.0.0.tgz"))).toHaveLength(1);
    registry.requests.length = 0;
    const again = await registry.loader().load(both, { lockfile, frozen: true, cacheSetting: "only" });
    expect([registry.requests, again.lockfile]).toEqual([[], lockfile]);
  });

  it("files of an instance are had by its address, and its modules may be imported by theirs", async ({ expect }) => {
    const registry = await createFakeRegistry(packages);
    const program = await registry.loader().load(both);
    const folder = "https://app.test/~/plugin@1.0.0(%40app%2Fcore%4018.0.0)";
    expect(new TextDecoder().decode((await program.readAsset(`${folder}/data.txt`))?.bytes)).toBe("plugin");
    expect(await program.importModule(`${folder}/index.js`, program.image.entry)).toMatchObject({
      modules: expect.anything(),
    });
  });

  it("where the project has one version of a peer, there is one instance of all that want it", async ({ expect }) => {
    const single = [core("19.0.0"), plugin, uses("old", ">=18"), uses("new", "^19.0.0")];
    const registry = await createFakeRegistry(single);
    const { packages: reports } = await registry.loader().load(both);
    expect(reports.map(({ name }) => name).toSorted()).toEqual(["@app/core", "new", "old", "plugin"]);
  });
});

describe("a project with a manifest among its files", () => {
  it("R29 R81: loads what its dependencies and overrides say, and only what is reached", async ({ expect }) => {
    const registry = await createFakeRegistry([core("18.0.0"), core("19.0.0"), plugin, uses("new", ">=18")]);
    const manifest = {
      dependencies: { view: "npm:@app/core@^18", new: "^1", plugin: "^1" },
      overrides: { "@app/core": "18.0.0" },
    };
    const files = project('import { core } from "view"; export default core;', {
      "/package.json": JSON.stringify(manifest),
    });
    const { packages: reports, lockfile } = await registry.loader().load(files);
    expect(reports.map(({ name, version }) => `${name}@${version}`)).toEqual(["@app/core@18.0.0"]);
    expect(lockfile).toContain('view = { range = "npm:@app/core@^18", id = "@app/core@18.0.0" }');
    expect(lockfile).not.toContain("19.0.0");
    registry.requests.length = 0;
    await registry.loader().load(files, { lockfile, frozen: true, cacheSetting: "only" });
    expect(registry.requests).toEqual([]);
  });

  it("R5: the lockfile among its files is its lockfile", async ({ expect }) => {
    const registry = await createFakeRegistry([core("18.0.0"), core("19.0.0")]);
    const main = 'import { core } from "@app/core"; export default core;';
    const { lockfile } = await registry.loader().load(project(main.replace('core"', 'core@18"')));
    const pinned = lockfile.replace('"@app/core@18"', '"@app/core@*"');
    const { packages: reports } = await registry
      .loader()
      .load(project(main, { "/raya.lock": pinned }), { frozen: true });
    expect(reports.map(({ version }) => version)).toEqual(["18.0.0"]);
  });
});

import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import type { StageEvent } from "../../../src/events.ts";
import type { Packument, VersionManifest } from "../../../src/fetch/registry.ts";
import { createLimits } from "../../../src/limits.ts";
import { EMPTY_LOCKFILE, type Lockfile } from "../../../src/resolve/lockfile.ts";
import { type PackageRequest, solveVersions } from "../../../src/resolve/solve-versions.ts";

type Fields = Partial<Omit<VersionManifest, "name" | "version">>;
/** `name@version` → fields of its manifest; the last stable one written is `latest`. */
type World = Record<string, Fields>;

function packumentsOf(world: World): Map<string, Packument> {
  const packuments = new Map<string, Packument>();
  for (const [key, fields] of Object.entries(world)) {
    const at = key.lastIndexOf("@");
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const packument = packuments.get(name) ?? { name, "dist-tags": {}, versions: {} };
    packument.versions[version] = { name, version, dist: { integrity: `sha512-${key}` }, ...fields };
    packument["dist-tags"]["latest"] = version;
    packuments.set(name, packument);
  }
  return packuments;
}

function parseRequests(texts: readonly string[]): PackageRequest[] {
  return texts.map((text) => {
    const at = text.lastIndexOf("@");
    return at > 0
      ? { name: text.slice(0, at), range: text.slice(at + 1), referrer: "/main.ts:1:1" }
      : { name: text, range: "*", referrer: "/main.ts:1:1" };
  });
}

async function solve(world: World, texts: readonly string[], options: { locked?: Lockfile; order?: "reverse" } = {}) {
  const packuments = packumentsOf(world);
  const events: StageEvent[] = [];
  const asked: string[] = [];
  let turn = 0;
  const solved = await solveVersions(parseRequests(texts), options.locked ?? EMPTY_LOCKFILE, {
    limits: createLimits(),
    emit: (event) => void events.push(event),
    packument: async (name) => {
      asked.push(name);
      const waits = options.order === "reverse" ? 20 - turn++ : turn++;
      for (let tick = 0; tick < waits; tick++) await Promise.resolve();
      const packument = packuments.get(name);
      if (packument === undefined) throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `no ${name}`, { package: name });
      return packument;
    },
  });
  return { ...solved, keys: Object.keys(solved.packages).toSorted(), events, asked };
}

describe("solveVersions", () => {
  const tree: World = {
    "a@1.0.0": { dependencies: { b: "^1.0.0", c: "^2.0.0" } },
    "b@1.0.0": {},
    "b@1.5.0": { dependencies: { c: "^1.0.0" } },
    "c@1.9.0": {},
    "c@2.0.0": {},
    "c@2.3.0": {},
  };

  it("R59 R60 R78: takes the whole graph, majors side by side, each edge to the version it needs", async ({
    expect,
  }) => {
    const { keys, packages, imports } = await solve(tree, ["a"]);
    expect(keys).toEqual(["a@1.0.0", "b@1.5.0", "c@1.9.0", "c@2.3.0"]);
    expect(packages["a@1.0.0"]?.dependencies).toEqual({ b: "b@1.5.0", c: "c@2.3.0" });
    expect(packages["b@1.5.0"]?.dependencies).toEqual({ c: "c@1.9.0" });
    expect(imports).toEqual({ "a@*": "1.0.0" });
  });

  it("the result does not depend on the order in which answers arrive", async ({ expect }) => {
    const one = await solve(tree, ["a", "b", "c@2.0.0"]);
    const other = await solve(tree, ["c@2.0.0", "b", "a"], { order: "reverse" });
    expect(JSON.stringify(sorted(other.packages))).toBe(JSON.stringify(sorted(one.packages)));
  });

  it("R79: one version serves every range that it meets", async ({ expect }) => {
    const world = { "x@1.0.0": { dependencies: { y: "^1.0.0" } }, "y@1.2.0": {}, "y@1.8.0": {} };
    expect((await solve(world, ["x", "y@1.2.0"])).keys).toEqual(["x@1.0.0", "y@1.2.0"]);
  });

  it("requests of one name share a version where one meets them all", async ({ expect }) => {
    const world = { "y@1.2.0": {}, "y@1.8.0": {}, "y@2.0.0": {} };
    expect((await solve(world, ["y", "y@^1", "y@~1.2"])).keys).toEqual(["y@1.2.0"]);
    expect((await solve(world, ["y@^1", "y@^2"])).keys).toEqual(["y@1.8.0", "y@2.0.0"]);
  });

  it("P81: a peer is the one that is there, and is installed where there is none", async ({ expect }) => {
    const world = { "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } }, "core@19.0.0": {}, "core@19.1.0": {} };
    expect((await solve(world, ["dom", "core@19.0.0"])).packages["dom@19.0.0"]?.dependencies).toEqual({
      core: "core@19.0.0",
    });
    expect((await solve(world, ["dom"])).packages["dom@19.0.0"]?.dependencies).toEqual({ core: "core@19.1.0" });
  });

  it("a bare import takes the version that the others' peers need", async ({ expect }) => {
    const world = {
      "dom@18.0.0": { peerDependencies: { core: "^18.0.0" } },
      "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } },
      "core@18.0.0": {},
      "core@19.0.0": {},
    };
    expect((await solve(world, ["dom@18", "core"])).imports).toEqual({ "dom@18": "18.0.0", "core@*": "18.0.0" });
  });

  it("P82: a peer that the project's own choice cannot meet is an error that names both", async ({ expect }) => {
    const world = { "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } }, "core@18.0.0": {}, "core@19.0.0": {} };
    await expect(solve(world, ["dom", "core@18"])).rejects.toMatchObject({
      code: "ERR_VERSION_CONFLICT",
      message: 'dom@19.0.0 needs "core" in ^19.0.0, the project has 18.0.0',
    });
  });

  it("P83: an optional peer is linked where it is there and not missed where it is not", async ({ expect }) => {
    const meta = { peerDependencies: { extra: "^1.0.0" }, peerDependenciesMeta: { extra: { optional: true } } };
    const world = { "lib@1.0.0": meta, "extra@1.0.0": {} };
    expect((await solve(world, ["lib"])).keys).toEqual(["lib@1.0.0"]);
    expect((await solve(world, ["lib", "extra"])).packages["lib@1.0.0"]?.dependencies).toEqual({
      extra: "extra@1.0.0",
    });
  });

  it("P84 P85: optional dependencies for another system, or that do not exist, are left out", async ({ expect }) => {
    const world = {
      "lib@1.0.0": { optionalDependencies: { native: "1.0.0", gone: "1.0.0", fine: "1.0.0" } },
      "native@1.0.0": { os: ["linux"] },
      "fine@1.0.0": {},
    };
    expect((await solve(world, ["lib"])).keys).toEqual(["fine@1.0.0", "lib@1.0.0"]);
  });

  it("P17: an alias is imported by its name and means another package", async ({ expect }) => {
    const world = { "lib@1.0.0": { dependencies: { old: "npm:real@^1.0.0" } }, "real@1.4.0": {} };
    expect((await solve(world, ["lib"])).packages["lib@1.0.0"]?.dependencies).toEqual({ old: "real@1.4.0" });
  });

  it("P86: packages that need each other are solved", async ({ expect }) => {
    const world = { "a@1.0.0": { dependencies: { b: "1.0.0" } }, "b@1.0.0": { dependencies: { a: "1.0.0" } } };
    expect((await solve(world, ["a"])).keys).toEqual(["a@1.0.0", "b@1.0.0"]);
  });

  it("R71: what is locked stays, without asking, although newer versions exist", async ({ expect }) => {
    const locked: Lockfile = {
      ...EMPTY_LOCKFILE,
      imports: { "b@*": "1.0.0" },
      packages: { "b@1.0.0": { name: "b", version: "1.0.0", integrity: "sha512-b@1.0.0", dependencies: {} } },
    };
    const { keys, asked } = await solve(tree, ["b"], { locked });
    expect(keys).toEqual(["b@1.0.0"]);
    expect(asked).toEqual([]);
  });

  it("what the project no longer asks for leaves the lock", async ({ expect }) => {
    const { imports, packages } = await solve(tree, ["a", "c@1.9.0"]);
    const again = await solve(tree, ["c@1.9.0"], { locked: { ...EMPTY_LOCKFILE, imports, packages } });
    expect(again.keys).toEqual(["c@1.9.0"]);
  });

  it("a range that nothing meets is an error that names who needs it and what there is", async ({ expect }) => {
    const world = { "lib@1.0.0": { dependencies: { dep: "^9.0.0" } }, "dep@1.0.0": {}, "dep@2.0.0": {} };
    await expect(solve(world, ["lib"])).rejects.toMatchObject({
      code: "ERR_VERSION_NOT_FOUND",
      details: { referrer: "lib@1.0.0", available: ["2.0.0", "1.0.0"] },
    });
  });

  it("a dependency from a forge is named in a warning, never dropped silently", async ({ expect }) => {
    const { events } = await solve({ "lib@1.0.0": { dependencies: { dep: "github:user/dep" } } }, ["lib"]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "warning", message: expect.stringContaining('"dep" of lib@1.0.0') }),
    );
  });
});

function sorted(packages: Lockfile["packages"]): unknown {
  return Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

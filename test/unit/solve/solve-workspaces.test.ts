import { describe, it } from "vitest";
import type { VersionMetadata } from "../../../src/solve/reduce-metadata.ts";
import { errorOf, idsOf, solve, type World } from "./registry-world.ts";

const world: World = {
  "ms@1.0.0": {},
  "ms@2.0.0": {},
  "ms@2.1.0": {},
  "debug@1.0.0": { dependencies: { ms: "^2.0.0" } },
  "deep@1.0.0": { dependencies: { debug: "1" } },
  "lib@9.0.0": {},
};

describe("solveProject: folders of the project", () => {
  it("R130: workspaces are solved with the root, in one graph", async ({ expect }) => {
    const { graph } = await solve(world, {
      folders: {
        "": { workspaces: ["packages/*", "!packages/skip"], dependencies: { ms: "1" } },
        "packages/a": { name: "a", version: "1.0.0", dependencies: { b: "^2.0.0", debug: "1" } },
        "packages/b": { name: "b", version: "2.3.0", devDependencies: { ms: "^2.0.0" } },
        "packages/skip": { name: "skip", dependencies: { nowhere: "1" } },
      },
    });
    expect(Object.keys(graph.importers)).toEqual(["", "packages/a", "packages/b"]);
    expect(graph.importers[""]?.workspaces).toEqual({
      a: { id: "file:packages/a", range: "file:./packages/a" },
      b: { id: "file:packages/b", range: "file:./packages/b" },
    });
    expect(graph.importers["packages/a"]?.dependencies?.["b"]).toEqual({ id: "file:packages/b", range: "^2.0.0" });
    expect(graph.importers["packages/b"]?.devDependencies).toEqual({ ms: { id: "ms@2.1.0", range: "^2.0.0" } });
    expect(Object.keys(graph.nodes)).toEqual(["debug@1.0.0", "ms@1.0.0", "ms@2.1.0"]);
  });

  it.for(["workspace:*", "workspace:^", "workspace:^1.0.0", "workspace:../lib", "workspace:lib@*"])(
    "P62: %s is the workspace",
    async (range, { expect }) => {
      const { graph } = await solve(world, {
        folders: {
          "": { workspaces: { packages: ["packages/**"] } },
          "packages/app": { name: "app", dependencies: { lib: range } },
          "packages/lib": { name: "lib", version: "1.4.0" },
        },
      });
      expect(graph.importers["packages/app"]?.dependencies?.["lib"]?.id).toBe("file:packages/lib");
    },
  );

  it("P62: a workspace that does not meet its range, or is not there, is an error", async ({ expect }) => {
    const folders = (range: string) => ({
      folders: {
        "": { workspaces: ["a", "lib"] },
        a: { name: "a", dependencies: { lib: range } },
        lib: { name: "lib", version: "1.4.0" },
      },
    });
    const tooOld = await errorOf(solve(world, folders("workspace:^2.0.0")));
    expect(tooOld.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(tooOld.message).toContain("has version 1.4.0");
    const missing = await errorOf(solve(world, folders("workspace:other@*")));
    expect(missing.code).toBe("ERR_INVALID_LOCAL_PACKAGE");
    expect(missing.message).toContain("it has a, lib");
  });

  it("L29: a workspace goes before the registry, but only where its version will do", async ({ expect }) => {
    const folders = (range: string) => ({
      folders: {
        "": { workspaces: ["a", "lib"] },
        a: { name: "a", dependencies: { lib: range } },
        lib: { name: "lib", version: "1.4.0" },
      },
    });
    expect(await idsOf(solve(world, folders("*")))).toEqual([]);
    expect(await idsOf(solve(world, folders("^9.0.0")))).toEqual(["lib@9.0.0"]);
  });

  it("two workspaces of one name are an error", async ({ expect }) => {
    const folders = { "": { workspaces: ["*"] }, x: { name: "same" }, y: { name: "same" } };
    const error = await errorOf(solve(world, { folders }));
    expect(error.code).toBe("ERR_INVALID_PACKAGE_CONFIG");
    expect(error.message).toContain('x and y are both called "same"');
  });

  it("R73, P65: a dependency by path is a folder of the project, from wherever it is asked for", async ({ expect }) => {
    const { graph } = await solve(world, {
      folders: {
        "": { dependencies: { a: "file:./libs/a" } },
        "libs/a": { name: "a", dependencies: { b: "file:../b", debug: "1" } },
        "libs/b": { name: "b", dependencies: { ms: "1" } },
      },
    });
    expect(Object.keys(graph.importers)).toEqual(["", "libs/a", "libs/b"]);
    expect(graph.importers["libs/a"]?.dependencies?.["b"]).toEqual({ id: "file:libs/b", range: "file:../b" });
    expect(graph.importers["libs/b"]?.dependencies?.["ms"]?.id).toBe("ms@1.0.0");
  });

  it("R74: a path without a manifest, or out of the project, is an error", async ({ expect }) => {
    const missing = await errorOf(solve(world, { dependencies: { a: "file:./libs/a" } }));
    expect(missing.code).toBe("ERR_INVALID_LOCAL_PACKAGE");
    expect(missing.message).toContain("libs/a/package.json");
    const outside = await errorOf(solve(world, { dependencies: { a: "file:../a" } }));
    expect(outside.message).toContain("outside the project");
  });

  it("P64: what is not of a registry comes from the host, or is an error", async ({ expect }) => {
    const source = "github:someone/thing#v1.0.0";
    const manifest: VersionMetadata = {
      name: "thing",
      version: "1.0.0",
      dependencies: { ms: "1" },
      dist: { integrity: "sha512-thing", tarball: "https://forge.example/thing.tgz" },
    };
    const { graph } = await solve(world, { dependencies: { thing: source } }, { remote: { [source]: manifest } });
    expect(graph.nodes["thing@1.0.0"]).toMatchObject({
      source,
      integrity: "sha512-thing",
      dependencies: { ms: "ms@1.0.0" },
    });
    const error = await errorOf(solve(world, { dependencies: { thing: source } }));
    expect(error.code).toBe("ERR_UNSUPPORTED_DEPENDENCY");
    expect(error.message).toContain(source);
  });
});

describe("solveProject: overrides, resolutions, catalogs", () => {
  const deep = { dependencies: { deep: "1" } };

  it("R81, P25: a flat override holds everywhere", async ({ expect }) => {
    const ids = await idsOf(solve(world, { ...deep, overrides: { ms: "1.0.0" } }));
    expect(ids).toEqual(["debug@1.0.0", "deep@1.0.0", "ms@1.0.0"]);
  });

  it("P25: a nested override holds below its parent only", async ({ expect }) => {
    const project = { dependencies: { deep: "1", ms: "^2.0.0" }, overrides: { deep: { ms: "1.0.0" } } };
    const { graph } = await solve(world, project);
    expect(graph.nodes["debug@1.0.0"]?.dependencies).toEqual({ ms: "ms@1.0.0" });
    expect(graph.importers[""]?.dependencies?.["ms"]?.id).toBe("ms@2.1.0");
  });

  it("P25: an override with a range leaves other requests alone", async ({ expect }) => {
    expect(await idsOf(solve(world, { ...deep, overrides: { "ms@^1": "1.0.0" } }))).toContain("ms@2.1.0");
    expect(await idsOf(solve(world, { ...deep, overrides: { "ms@^2": "2.0.0" } }))).toContain("ms@2.0.0");
  });

  it("P25: $name is the project's own range", async ({ expect }) => {
    const project = { dependencies: { deep: "1", ms: "1" }, overrides: { ms: "$ms" } };
    expect(await idsOf(solve(world, project))).toEqual(["debug@1.0.0", "deep@1.0.0", "ms@1.0.0"]);
    const error = await errorOf(solve(world, { ...deep, overrides: { ms: "$nothing" } }));
    expect(error.code).toBe("ERR_INVALID_PACKAGE_CONFIG");
  });

  it("P25: an override against the project's own dependency is an error", async ({ expect }) => {
    const error = await errorOf(solve(world, { dependencies: { ms: "^2.0.0" }, overrides: { ms: "1.0.0" } }));
    expect(error.code).toBe("ERR_OVERRIDE_CONFLICT");
  });

  it.for([{ ms: "1.0.0" }, { "**/ms": "1.0.0" }, { "debug/ms": "1.0.0" }, { "deep/**/ms@npm:^2.0.0": "1.0.0" }])(
    "P25: yarn's resolutions %o",
    async (resolutions, { expect }) => {
      expect(await idsOf(solve(world, { ...deep, resolutions }))).toEqual(["debug@1.0.0", "deep@1.0.0", "ms@1.0.0"]);
    },
  );

  it("P27: catalogs of the manifest and of the caller", async ({ expect }) => {
    const folders = {
      "": { workspaces: { packages: ["a"], catalog: { ms: "1" }, catalogs: { new: { ms: "^2.0.0" } } } },
      a: { name: "a", dependencies: { ms: "catalog:", debug: "catalog:tools" }, devDependencies: {} },
    };
    const options = { catalogs: { tools: { debug: "1" } } };
    const { graph } = await solve(world, { folders }, { options });
    expect(graph.importers["a"]?.dependencies).toMatchObject({ ms: { id: "ms@1.0.0" }, debug: { id: "debug@1.0.0" } });
    const error = await errorOf(solve(world, { dependencies: { ms: "catalog:none" } }));
    expect(error.message).toContain('no catalog has "ms" for "catalog:none"');
  });
});

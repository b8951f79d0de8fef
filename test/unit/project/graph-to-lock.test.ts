import { describe, it } from "vitest";
import { printPackageLock } from "../../../src/lock/export/print-package-lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createProject, errorOf, sri, type World } from "./virtual-project.ts";

const lockOf = async (world: World, files: Readonly<Record<string, unknown>>) => {
  const { lock } = await createProject(world, files).verbs.install();
  assertSameText(printLock(lock));
  return lock;
};
function assertSameText(text: string): void {
  if (printLock(readLock(text)) !== text) throw new Error("the lock does not read as it was written");
}

describe("a graph as a lock (R36, R58 to R60, R64, P28)", () => {
  it("has one instance for each set of peers, and which of them may be missing", async ({ expect }) => {
    const world: World = {
      "react@18.0.0": {},
      "react@19.0.0": {},
      "ui@1.0.0": {
        peerDependencies: { react: "*", sass: "*" },
        peerDependenciesMeta: { sass: { optional: true } },
      },
      "old@1.0.0": { dependencies: { ui: "1", react: "18.0.0" } },
    };
    const lock = await lockOf(world, { "package.json": { dependencies: { ui: "1", old: "1", react: "19.0.0" } } });
    expect(Object.keys(lock.packages)).toEqual([
      "old@1.0.0",
      "react@18.0.0",
      "react@19.0.0",
      "ui@1.0.0(react@18.0.0)",
      "ui@1.0.0(react@19.0.0)",
    ]);
    expect(lock.packages["ui@1.0.0(react@18.0.0)"]).toMatchObject({
      instance: "(react@18.0.0)",
      optionalPeers: ["sass"],
      peerDependencies: { react: "react@18.0.0" },
    });
  });

  it("P35 to P40: says where everything comes from, and nothing of the registry's own host", async ({ expect }) => {
    const world: World = {
      "a@1.0.0": { dist: { integrity: sri("a"), tarball: "https://registry.example/odd/a.tgz" } },
      "b@1.0.0": { dist: { integrity: sri("b"), tarball: "https://files.example/b.tgz" } },
    };
    const lock = await lockOf(world, {
      "package.json": { dependencies: { a: "1", b: "1", lib: "file:./lib", ui: "workspace:*" }, workspaces: ["ui"] },
      "lib/package.json": { name: "lib", version: "2.0.0", dependencies: { a: "1" } },
      "ui/package.json": { name: "ui", version: "0.1.0", dependencies: { b: "1" } },
    });
    expect(lock.packages["a@1.0.0"]).toMatchObject({
      source: { kind: "registry", registry: "npm" },
      resolved: "/odd/a.tgz",
    });
    // Another server than the registry's own is not believed.
    expect(lock.packages["b@1.0.0"]?.source).toEqual({ kind: "registry", registry: "npm" });
    expect(lock.packages["lib@2.0.0"]).toMatchObject({
      source: { kind: "path", path: "lib" },
      dependencies: { a: "a@1.0.0" },
    });
    expect(lock.packages["ui@0.1.0"]?.source).toEqual({ kind: "workspace", path: "ui" });
    expect(lock.importers["ui"]?.dependencies).toEqual({ b: { range: "1", id: "b@1.0.0" } });
    expect(printLock(lock)).not.toContain("registry.example");
    expect(JSON.parse(printPackageLock(lock))).toMatchObject({ packages: { "node_modules/lib": { link: true } } });
  });

  it("P25, P27: has ranges as they were written, with the catalogs and overrides that they mean", async ({
    expect,
  }) => {
    const world: World = { "a@1.0.0": { dependencies: { b: "2" } }, "b@1.0.0": {}, "b@2.0.0": {} };
    const lock = await lockOf(world, {
      "package.json": {
        dependencies: { a: "catalog:" },
        catalog: { a: "^1.0.0" },
        overrides: { a: { b: "1.0.0" } },
        workspaces: [],
      },
    });
    expect(lock.importers["."]?.dependencies).toEqual({ a: { range: "catalog:", id: "a@1.0.0" } });
    expect(lock.catalogs).toEqual({ default: { a: "^1.0.0" } });
    expect(lock.overrides).toEqual({ "a>b": "1.0.0" });
    expect(lock.packages["a@1.0.0"]?.dependencies).toEqual({ b: "b@1.0.0" });
  });

  it("an override that changes makes the lock stale", async ({ expect }) => {
    const world: World = { "a@1.0.0": { dependencies: { b: "*" } }, "b@1.0.0": {}, "b@2.0.0": {} };
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { a: "1" } } });
    await verbs.install();
    const text = '{ "dependencies": { "a": "1" }, "overrides": { "b": "1.0.0" } }';
    await files.commit(new Map(), new Map([["package.json", text]]));
    expect((await errorOf(verbs.install({ frozen: true }))).code).toBe("ERR_LOCKFILE_STALE");
    expect((await verbs.install()).updated).toEqual([{ name: "b", from: ["b@2.0.0"], to: ["b@1.0.0"] }]);
  });

  it("P84: an optional dependency that cannot be had is asked for and locked to nothing", async ({ expect }) => {
    const lock = await lockOf({}, { "package.json": { optionalDependencies: { gone: "^1" } } });
    expect(lock.importers["."]?.optionalDependencies).toEqual({ gone: { range: "^1" } });
  });

  it("keeps what source texts asked for by themselves", async ({ expect }) => {
    const world: World = { "a@1.0.0": {}, "d3@7.0.0": {} };
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { a: "1" } } });
    const text = `version = 2\n[imports]\n"d3@^7" = "d3@7.0.0"\n[[package]]\nname = "d3"\nversion = "7.0.0"\nsource = "registry+npm"\n`;
    await files.commit(new Map(), new Map([["raya.lock", text]]));
    const { lock } = await verbs.install();
    expect(lock.imports).toEqual({ "d3@^7": "d3@7.0.0" });
    expect(Object.keys(lock.packages)).toEqual(["a@1.0.0", "d3@7.0.0"]);
  });
});

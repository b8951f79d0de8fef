import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { printPackageLock } from "../../../src/lock/export/print-package-lock.ts";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
import { EMPTY_LOCK, type Lock, toRecord } from "../../../src/lock/lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { verifyLock } from "../../../src/lock/verify-lock.ts";
import { archivesOf, OPTIONS, PROJECTS, readFixture } from "./fixtures/read-fixture.ts";

interface NpmEntry {
  name?: string;
  version?: string;
  integrity?: string;
  link?: boolean;
  [flag: string]: unknown;
}

function npmEntries(text: string): Record<string, NpmEntry> {
  return (JSON.parse(text) as { packages: Record<string, NpmEntry> }).packages;
}

/** `name@version integrity` of what npm put into node_modules folders. */
function npmArchives(text: string): string[] {
  const archives = Object.entries(npmEntries(text))
    .filter(([path, entry]) => path.includes("node_modules/") && entry.link !== true)
    .map(
      ([path, entry]) => `${entry.name ?? path.replace(/^.*node_modules\//, "")}@${entry.version} ${entry.integrity}`,
    );
  return [...new Set(archives)].toSorted();
}

function packageLock(packages: Record<string, unknown>): string {
  return JSON.stringify({ lockfileVersion: 3, packages });
}

describe("package-lock.json", () => {
  it.for(PROJECTS)("P1 P96 L38: of %s is imported with every version and integrity of it", (project, { expect }) => {
    for (const file of ["package-lock-v2.json", "package-lock-v3.json"]) {
      const text = readFixture(project, file);
      const lock = importPackageLock(text, OPTIONS);
      expect(archivesOf(lock)).toEqual(npmArchives(text));
      expect(verifyLock(lock)).toEqual([]);
      expect(readLock(printLock(lock))).toEqual(readLock(printLock(lock)));
    }
  });

  it("has the same lock in its versions 2 and 3", ({ expect }) => {
    for (const project of PROJECTS) {
      const [two, three] = [2, 3].map((version) => readFixture(project, `package-lock-v${version}.json`));
      expect(printLock(importPackageLock(two ?? "", OPTIONS))).toBe(printLock(importPackageLock(three ?? "", OPTIONS)));
    }
  });

  it("P33 P38 P39 L40: leads names to what npm found for them: nested versions, aliases, workspaces, folders", ({
    expect,
  }) => {
    const workspaces = importPackageLock(readFixture("workspaces", "package-lock-v3.json"), OPTIONS);
    expect(workspaces.importers["."]?.dependencies["old-ms"]).toEqual({ range: "npm:ms@^1.0.0", id: "ms@1.0.0" });
    expect(workspaces.importers["packages/ui"]?.dependencies["react"]?.id).toMatch(/^react@19/);
    expect(workspaces.importers["packages/app"]?.dependencies["react"]?.id).toMatch(/^react@18/);
    const ui = workspaces.importers["packages/app"]?.dependencies["@case/ui"]?.id ?? "";
    expect(workspaces.packages[ui]?.source).toEqual({ kind: "workspace", path: "packages/ui" });
    const fsevents = workspaces.importers["."]?.optionalDependencies["fsevents"]?.id ?? "";
    expect(workspaces.packages[fsevents]).toMatchObject({
      os: ["darwin"],
      source: { kind: "registry", registry: "npm" },
    });
    const folders = importPackageLock(readFixture("file-deps", "package-lock-v3.json"), OPTIONS);
    expect(folders.packages["local@2.0.0"]).toMatchObject({
      source: { kind: "path", path: "local" },
      dependencies: { "is-even": "is-even@1.0.0", "is-number": "is-number@7.0.0" },
    });
  });

  it("never has the name of the project's registry in a lock, and has that of another one", ({ expect }) => {
    const text = readFixture("streams", "package-lock-v3.json");
    expect(text).toContain("https://registry.example/");
    expect(printLock(importPackageLock(text, OPTIONS))).not.toContain("registry.example");
    const foreign = importPackageLock(text, { registries: ["https://mine.example/"] });
    expect(foreign.packages["bl@5.1.0"]).toMatchObject({
      source: { kind: "registry", registry: "https://registry.example/" },
    });
    expect(foreign.packages["bl@5.1.0"]?.resolved).toBeUndefined();
  });

  it("P34 P36 P37: keeps archives from URLs, files and repositories", ({ expect }) => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const text = packageLock({
      "": { dependencies: { a: "https://x.example/a.tgz", b: "github:u/b", c: "file:c.tgz", d: "1" } },
      "node_modules/a": { version: "1.0.0", resolved: "https://x.example/a.tgz" },
      "node_modules/b": { version: "1.0.0", resolved: `git+ssh://git@forge.example/u/b.git#${commit}` },
      "node_modules/c": { version: "1.0.0", resolved: "file:c.tgz" },
      "node_modules/d": { version: "1.0.0", resolved: "https://registry.example/d/-/other-name.tgz" },
    });
    const { packages } = importPackageLock(text, OPTIONS);
    expect(packages["a@1.0.0"]?.source).toEqual({ kind: "url", url: "https://x.example/a.tgz" });
    expect(packages["b@1.0.0"]?.source).toEqual({ kind: "git", url: "ssh://git@forge.example/u/b.git", commit });
    expect(packages["c@1.0.0"]?.source).toEqual({ kind: "file", path: "c.tgz" });
    expect(packages["d@1.0.0"]).toMatchObject({
      source: { kind: "registry", registry: "npm" },
      resolved: "/d/-/other-name.tgz",
    });
  });

  it("makes instances of one version that finds different peers, and only then", ({ expect }) => {
    const text = packageLock({
      "": { dependencies: { plugin: "1", host: "1", other: "1" } },
      "node_modules/plugin": { version: "1.0.0", peerDependencies: { host: "*" } },
      "node_modules/host": { version: "1.0.0" },
      "node_modules/other": { version: "1.0.0", dependencies: { plugin: "1", host: "2", same: "1" } },
      "node_modules/other/node_modules/plugin": { version: "1.0.0", peerDependencies: { host: "*" } },
      "node_modules/other/node_modules/host": { version: "2.0.0" },
      "node_modules/other/node_modules/same": { version: "1.0.0", dependencies: { plugin: "1" } },
    });
    const lock = importPackageLock(text, OPTIONS);
    expect(Object.keys(lock.packages)).toEqual([
      "host@1.0.0",
      "host@2.0.0",
      "other@1.0.0",
      "plugin@1.0.0(host@1.0.0)",
      "plugin@1.0.0(host@2.0.0)",
      "same@1.0.0",
    ]);
    expect(lock.packages["same@1.0.0"]?.dependencies).toEqual({ plugin: "plugin@1.0.0(host@2.0.0)" });
    expect(importPackageLock(printPackageLock(lock), OPTIONS)).toEqual(lock);
  });

  it.for([
    ["{", "ERR_LOCKFILE_INVALID", /not JSON/],
    ['{"lockfileVersion":1}', "ERR_LOCKFILE_VERSION", /version 1, 2 and 3 can be imported/],
    ['{"lockfileVersion":4}', "ERR_LOCKFILE_VERSION", /version 4/],
    ['{"lockfileVersion":3,"packages":{}}', "ERR_LOCKFILE_INVALID", /no entry for the project/],
    [
      packageLock({ "": { dependencies: { a: "1" } }, "node_modules/a": { version: "1.0.0", integrity: "sha512-A" } }),
      "ERR_LOCKFILE_INVALID",
      /package-lock.json .* "sha512-A" of "a@1.0.0" has no hash/,
    ],
    [packageLock({ "": { dependencies: { a: "1" } } }), "ERR_LOCKFILE_INVALID", /asks for "a", which is not in it/],
    [
      packageLock({ "": {}, "node_modules/a": { version: "1.0.0", dependencies: { b: "1" } } }),
      "ERR_LOCKFILE_INVALID",
      /"node_modules\/a" depends on "b"/,
    ],
    [
      packageLock({ "": {}, "node_modules/a": { version: 1 } }),
      "ERR_LOCKFILE_INVALID",
      /packages → node_modules\/a → version/,
    ],
  ] as const)("that is broken (%s) is an error", ([text, code, message], { expect }) => {
    try {
      importPackageLock(text, OPTIONS);
      expect.unreachable();
    } catch (error) {
      if (!isLoaderError(error)) throw error;
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
    }
  });
});

describe("a package-lock.json that is written", () => {
  it.for(PROJECTS)("P66 P67 P68: of %s means the lock that it was made of", (project, { expect }) => {
    const lock = importPackageLock(readFixture(project, "package-lock-v3.json"), OPTIONS);
    expect(importPackageLock(printPackageLock(lock), OPTIONS)).toEqual(lock);
  });

  it.for(PROJECTS)("P66: of %s has npm's places and npm's flags", (project, { expect }) => {
    const text = readFixture(project, "package-lock-v3.json");
    const ours = npmEntries(printPackageLock(importPackageLock(text, OPTIONS)));
    const theirs = npmEntries(text);
    const flags = (entries: Record<string, NpmEntry>) =>
      Object.entries(entries)
        .filter(([path]) => path !== "node_modules/@case/app")
        .map(([path, { dev, optional, devOptional, peer, version }]) => ({
          path,
          dev,
          optional,
          devOptional,
          peer,
          version,
        }));
    expect(flags(ours)).toEqual(flags(theirs));
  });

  it("keeps bundled packages inside the package that has them, and its peers in one place", ({ expect }) => {
    const text = packageLock({
      "": { dependencies: { owner: "1", inner: "2" }, devDependencies: { tool: "1" } },
      "node_modules/inner": { version: "2.0.0" },
      "node_modules/owner": {
        version: "1.0.0",
        dependencies: { inner: "1", outer: "1" },
        bundleDependencies: ["inner"],
      },
      "node_modules/outer": { version: "1.0.0" },
      "node_modules/owner/node_modules/inner": { version: "1.0.0", inBundle: true },
      "node_modules/tool": { version: "1.0.0", dev: true },
    });
    const lock = importPackageLock(text, OPTIONS);
    const entries = npmEntries(printPackageLock(lock));
    expect(Object.keys(entries)).toEqual([
      "",
      "node_modules/inner",
      "node_modules/outer",
      "node_modules/owner",
      "node_modules/owner/node_modules/inner",
      "node_modules/tool",
    ]);
    expect(entries["node_modules/owner"]?.["bundleDependencies"]).toEqual(["inner"]);
    expect(entries["node_modules/owner/node_modules/inner"]?.["inBundle"]).toBe(true);
    expect(entries["node_modules/tool"]?.["dev"]).toBe(true);
  });

  it("P86: lays out peers that ask for each other", ({ expect }) => {
    const text = packageLock({
      "": { dependencies: { a: "1" } },
      "node_modules/a": { version: "1.0.0", peerDependencies: { b: "1" } },
      "node_modules/b": { version: "1.0.0", peer: true, peerDependencies: { a: "1" } },
    });
    const lock = importPackageLock(text, OPTIONS);
    expect(importPackageLock(printPackageLock(lock), OPTIONS)).toEqual(lock);
    expect(npmEntries(printPackageLock(lock))["node_modules/b"]?.["peer"]).toBe(true);
  });

  it("hides nothing: a version below never comes between a package and what it found above", ({ expect }) => {
    const source = { kind: "registry", registry: "npm" } as const;
    const none = { optionalDependencies: {}, peerDependencies: {} };
    const packageOf = (name: string, version: string, dependencies: Record<string, string>) =>
      [`${name}@${version}`, { name, version, source, dependencies, ...none }] as const;
    const lock: Lock = {
      ...EMPTY_LOCK,
      importers: {
        ".": {
          dependencies: { b: { range: "1", id: "b@1.0.0" }, x: { range: "1", id: "x@1.0.0" } },
          devDependencies: {},
          ...none,
        },
      },
      packages: toRecord([
        packageOf("b", "1.0.0", { c: "c@2.0.0", x: "x@1.0.0" }),
        packageOf("c", "1.0.0", {}),
        packageOf("c", "2.0.0", { b: "b@1.0.0", c: "c@1.0.0", x: "x@2.0.0" }),
        packageOf("x", "1.0.0", {}),
        packageOf("x", "2.0.0", { x: "x@1.0.0", c: "c@1.0.0" }),
      ]),
    };
    expect(importPackageLock(printPackageLock(lock), OPTIONS)).toEqual(lock);
  });
});

import { describe, it } from "vitest";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
import { importYarnLock } from "../../../src/lock/import/import-yarn-lock.ts";
import type { Lock } from "../../../src/lock/lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf, manifestsOf, OPTIONS, PROJECTS, readFixture } from "./fixtures/read-fixture.ts";

const SRI = `sha512-${"A".repeat(86)}==`;
const CLASSIC = "# yarn lockfile v1\n";
const HEX = "ab".repeat(64);

function versionsOf(lock: Lock): string[] {
  return archivesOf(lock).map((archive) => archive.split(" ")[0] ?? "");
}

describe("yarn.lock of Yarn 1", () => {
  it.for(PROJECTS)("P1: of %s is imported with every version and integrity of it", (project, { expect }) => {
    const text = readFixture(project, "yarn-classic.lock");
    const lock = importYarnLock(text, manifestsOf(project), OPTIONS);
    const integrities = [...text.matchAll(/^ {2}integrity (\S+)$/gm)].map(([, integrity = ""]) => integrity).toSorted();
    expect(integrities.length).toBeGreaterThan(5);
    expect(archivesOf(lock).map((archive) => archive.split(" ")[1])).toHaveLength(integrities.length);
    expect(
      archivesOf(lock)
        .map((archive) => archive.split(" ")[1] ?? "")
        .toSorted(),
    ).toEqual(integrities);
    expect(readLock(printLock(lock))).toEqual(lock);
    expect(printLock(lock)).not.toContain("registry.example");
  });

  it("leads workspaces, aliases and folders to what Yarn found for them", ({ expect }) => {
    const lock = importYarnLock(readFixture("workspaces", "yarn-classic.lock"), manifestsOf("workspaces"), OPTIONS);
    expect(lock.importers["."]?.dependencies["old-ms"]).toEqual({ range: "npm:ms@^1.0.0", id: "ms@1.0.0" });
    expect(lock.importers["packages/app"]?.dependencies["@case/ui"]).toEqual({ range: "^1.0.0", id: "@case/ui@1.2.0" });
    expect(lock.packages["@case/ui@1.2.0"]?.source).toEqual({ kind: "workspace", path: "packages/ui" });
    const folders = importYarnLock(readFixture("file-deps", "yarn-classic.lock"), manifestsOf("file-deps"), OPTIONS);
    expect(folders.packages["local@2.0.0"]).toMatchObject({
      source: { kind: "path", path: "local" },
      dependencies: { "is-even": "is-even@1.0.0", "is-number": "is-number@7.0.0" },
    });
  });

  it("has the SHA-1 of locks that know nothing better, and the versions that resolutions force", ({ expect }) => {
    const text = `${CLASSIC}
a@1, "a@>= 1, < 3":
  version "1.0.0"
  resolved "https://registry.example/a/-/a-1.0.0.tgz#${"00".repeat(20)}"
  dependencies:
    b "^1"

b@2.0.0:
  version "2.0.0"
  resolved "https://registry.example/b/-/b-2.0.0.tgz"
  integrity ${SRI}
`;
    const manifest = { dependencies: { a: "1" }, devDependencies: { a: ">= 1, < 3" }, resolutions: { b: "2.0.0" } };
    const lock = importYarnLock(text, { ".": manifest }, OPTIONS);
    expect(lock.packages["a@1.0.0"]).toMatchObject({
      integrity: `sha1-${"A".repeat(27)}=`,
      dependencies: { b: "b@2.0.0" },
    });
    expect(lock.overrides).toEqual({ b: "2.0.0" });
  });

  it.for([
    ["a@1:\n  version 1 2\n", /\(line 3\)/],
    ["  version 1\n", /\(line 2\)/],
    ["a@1:\n  resolved x\n", /no version \(line 2\)/],
    ["a@1:\n  version 1.0.0\n  dependencies:\n    b 1\n", /depends on "b@1"/],
    ["", /asks for "a@1"/],
  ] as const)("that is broken (%s) is an error", ([text, message], { expect }) => {
    expect(() => importYarnLock(CLASSIC + text, { ".": { dependencies: { a: "1" } } }, OPTIONS)).toThrow(
      expect.objectContaining({ code: "ERR_LOCKFILE_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

describe("yarn.lock of Yarn 2 and later", () => {
  it.for(PROJECTS)("P1: of %s is imported with every version and hash of it", (project, { expect }) => {
    const text = readFixture(project, "yarn-berry.lock");
    const lock = importYarnLock(text, manifestsOf(project), OPTIONS);
    const versions = [...text.matchAll(/^ {2}resolution: "(.+)@npm:([^"]+)"$/gm)].map(
      ([, name, version]) => `${name}@${version}`,
    );
    expect(versionsOf(lock)).toEqual([...new Set(versions)].toSorted());
    const hashes = Object.values(lock.packages).flatMap(({ artifacts }) => artifacts?.["yarn-10c0"] ?? []);
    for (const [, hash] of text.matchAll(/checksum: 10c0\/([0-9a-f]+)/g)) expect(hashes).toContain(`sha512:${hash}`);
    expect(Object.values(lock.packages).every(({ integrity }) => integrity === undefined)).toBe(true);
    expect(readLock(printLock(lock))).toEqual(lock);
  });

  it("has the instances that peers make: what depends on a package gives it its peers", ({ expect }) => {
    const lock = importYarnLock(readFixture("workspaces", "yarn-berry.lock"), manifestsOf("workspaces"), OPTIONS);
    const stores = Object.entries(lock.packages).filter(([, { name }]) => name === "use-sync-external-store");
    expect(stores.map(([id]) => id)).toEqual([
      expect.stringMatching(/\(react@18[\d.]+\)$/),
      expect.stringMatching(/\(react@19[\d.]+\)$/),
    ]);
    expect(lock.importers["packages/ui"]?.dependencies["use-sync-external-store"]?.id).toBe(stores[1]?.[0]);
    expect(lock.importers["."]?.optionalDependencies["fsevents"]?.id).toBe("fsevents@2.3.3");
    expect(lock.packages["fsevents@2.3.3"]?.os).toEqual(["darwin"]);
    expect(Object.values(lock.packages).find(({ name }) => name === "zustand")).toMatchObject({
      optionalPeers: expect.arrayContaining(["immer"]),
      peerDependencies: { react: expect.stringMatching(/^react@19/) },
    });
  });

  it("agrees with npm about a project without choices", ({ expect }) => {
    const npm = importPackageLock(readFixture("file-deps", "package-lock-v3.json"), OPTIONS);
    const yarn = importYarnLock(readFixture("file-deps", "yarn-berry.lock"), manifestsOf("file-deps"), OPTIONS);
    expect(Object.keys(yarn.packages)).toEqual(Object.keys(npm.packages));
    expect(yarn.importers).toEqual(npm.importers);
  });

  it("P34 P37: keeps other sources, and peers that ask for each other", ({ expect }) => {
    const text = `__metadata:
  version: 8
  cacheKey: 10

"a@https://x.example/a.tgz":
  version: 1.0.0
  resolution: "a@https://x.example/a.tgz"
  peerDependencies:
    b: "*"
  checksum: ${HEX}
  languageName: node
  linkType: hard

"b@https://forge.example/b.git":
  version: 1.0.0
  resolution: "b@https://forge.example/b.git#commit=0123456"
  dependencies:
    a: "https://x.example/a.tgz"
  peerDependencies:
    a: "*"
  conditions: (os=linux | os=darwin) & cpu=x64 & libc=glibc
`;
    const manifest = { dependencies: { a: "https://x.example/a.tgz", b: "https://forge.example/b.git" } };
    const { packages } = importYarnLock(text, { ".": manifest }, OPTIONS);
    const [a, b] = Object.values(packages);
    expect(a).toMatchObject({
      source: { kind: "url", url: "https://x.example/a.tgz" },
      artifacts: { "yarn-10": `sha512:${HEX}` },
    });
    expect(Object.values(packages).find(({ name }) => name === "b")).toMatchObject({
      source: { kind: "git", url: "https://forge.example/b.git", commit: "0123456" },
      os: ["linux", "darwin"],
      cpu: ["x64"],
      libc: ["glibc"],
    });
    expect(b).toBeDefined();
  });

  it.for([
    ["__metadata:\n  version: 99\n", "ERR_LOCKFILE_VERSION", /version 99/],
    ["a: 1\n", "ERR_LOCKFILE_VERSION", /Yarn 1 to 4/],
    ["__metadata:\n  version: 8\n'a@npm:1':\n  version: 1.0.0\n", "ERR_LOCKFILE_INVALID", /"resolution"/],
  ] as const)("that is broken (%s) is an error", ([text, code, message], { expect }) => {
    expect(() => importYarnLock(text, { ".": {} }, OPTIONS)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

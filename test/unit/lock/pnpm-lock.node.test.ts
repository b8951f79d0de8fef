import { describe, it } from "vitest";
import { printPackageLock } from "../../../src/lock/export/print-package-lock.ts";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
import { importPnpmLock } from "../../../src/lock/import/import-pnpm-lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf, OPTIONS, PROJECTS, readFixture } from "./fixtures/read-fixture.ts";

describe("pnpm-lock.yaml", () => {
  it.for(PROJECTS)("P1: of %s is imported with every version and integrity of it", (project, { expect }) => {
    const text = readFixture(project, "pnpm-lock.yaml");
    const lock = importPnpmLock(text, OPTIONS);
    const archives = [...text.matchAll(/^ {2}'?(\S+?)'?:\n {4}resolution: \{integrity: (\S+)\}$/gm)];
    expect(archives.length).toBeGreaterThan(5);
    expect(archivesOf(lock)).toEqual(archives.map(([, id, integrity]) => `${id} ${integrity}`).toSorted());
    expect(readLock(printLock(lock))).toEqual(lock);
  });

  it("keeps the instances that pnpm made for different peers, and no suffix where there is one", ({ expect }) => {
    const lock = importPnpmLock(readFixture("workspaces", "pnpm-lock.yaml"), OPTIONS);
    const stores = Object.keys(lock.packages).filter((id) => id.startsWith("use-sync-external-store@"));
    expect(stores).toEqual([
      expect.stringMatching(/^use-sync-external-store@[\d.]+\(react@18[\d.]+\)$/),
      expect.stringMatching(/^use-sync-external-store@[\d.]+\(react@19[\d.]+\)$/),
    ]);
    expect(lock.importers["packages/app"]?.dependencies["use-sync-external-store"]?.id).toBe(stores[0]);
    expect(lock.importers["packages/ui"]?.dependencies["use-sync-external-store"]?.id).toBe(stores[1]);
    const [reactDom] = Object.values(lock.packages).filter(({ name }) => name === "react-dom");
    expect(reactDom).toMatchObject({ peerDependencies: { react: expect.stringMatching(/^react@19/) } });
    expect(reactDom?.instance).toBeUndefined();
    expect(lock.importers["packages/app"]?.dependencies["@case/ui"]).toEqual({ range: "^1.0.0", id: "@case/ui@0.0.0" });
    expect(lock.packages["@case/ui@0.0.0"]?.source).toEqual({ kind: "workspace", path: "packages/ui" });
  });

  it("P66: can be written as npm's lock, and means the same there", ({ expect }) => {
    for (const project of ["streams", "file-deps"] as const) {
      const lock = importPnpmLock(readFixture(project, "pnpm-lock.yaml"), OPTIONS);
      const again = importPackageLock(printPackageLock(lock), OPTIONS);
      expect(Object.keys(again.packages)).toEqual(Object.keys(lock.packages));
    }
    const lock = importPnpmLock(readFixture("workspaces", "pnpm-lock.yaml"), OPTIONS);
    expect(archivesOf(importPackageLock(printPackageLock(lock), OPTIONS))).toEqual(archivesOf(lock));
  });

  it("P25 P26 P27 P34 P37: keeps other sources and settings", ({ expect }) => {
    const text = `lockfileVersion: '9.0'
overrides:
  a>b: 1.0.0
patchedDependencies:
  b@1.0.0:
    hash: abc
    path: patches/b.patch
catalogs:
  default:
    b:
      specifier: ^1.0.0
      version: 1.0.0
importers:
  .:
    dependencies:
      a:
        specifier: https://x.example/a.tgz
        version: https://x.example/a.tgz
      b:
        specifier: 'catalog:'
        version: 1.0.0(patch_hash=abc)
      c:
        specifier: git+https://forge.example/c.git
        version: git+https://forge.example/c.git#0123456
packages:
  a@https://x.example/a.tgz:
    resolution: {tarball: https://x.example/a.tgz, integrity: sha512-${"A".repeat(86)}==}
    version: 3.0.0
  b@1.0.0:
    resolution: {integrity: sha512-${"A".repeat(86)}==}
    deprecated: |-
      two
      lines
  c@git+https://forge.example/c.git#0123456:
    resolution: {commit: "0123456", repo: https://forge.example/c.git, type: git}
    version: 2.0.0
snapshots:
  a@https://x.example/a.tgz: {}
  b@1.0.0(patch_hash=abc): {}
  c@git+https://forge.example/c.git#0123456: {}
`;
    const lock = importPnpmLock(text, OPTIONS);
    expect(lock).toMatchObject({
      overrides: { "a>b": "1.0.0" },
      patches: { "b@1.0.0": "patches/b.patch" },
      catalogs: { default: { b: "^1.0.0" } },
      packages: {
        "a@3.0.0": { source: { kind: "url", url: "https://x.example/a.tgz" } },
        "b@1.0.0": { deprecated: "two\nlines" },
        "c@2.0.0": { source: { kind: "git", url: "https://forge.example/c.git", commit: "0123456" } },
      },
    });
    expect(readLock(printLock(lock))).toEqual(lock);
  });

  it.for([
    ["lockfileVersion: '6.0'", "ERR_LOCKFILE_VERSION", /version 6.0, 9 can be imported/],
    ["lockfileVersion: '9.0'\n  x: 1", "ERR_LOCKFILE_INVALID", /line 2/],
    ["lockfileVersion: '9.0'\nsnapshots:\n  a@1.0.0: {}", "ERR_LOCKFILE_INVALID", /not in its packages/],
    [
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: '1'\n        version: 1.0.0",
      "ERR_LOCKFILE_INVALID",
      /"a@1.0.0" is asked for/,
    ],
    ["- a", "ERR_LOCKFILE_INVALID", /not a map/],
  ] as const)("that is broken (%s) is an error", ([text, code, message], { expect }) => {
    expect(() => importPnpmLock(text, OPTIONS)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

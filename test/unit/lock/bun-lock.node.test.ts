import { describe, it } from "vitest";
import { importBunLock } from "../../../src/lock/import/import-bun-lock.ts";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf, OPTIONS, PROJECTS, readFixture } from "./fixtures/read-fixture.ts";

function bunLock(dependencies: Record<string, string>, packages: Record<string, unknown>, settings = {}): string {
  return JSON.stringify({
    lockfileVersion: 1,
    workspaces: { "": { name: "app", dependencies } },
    packages,
    ...settings,
  });
}

describe("bun.lock", () => {
  it.for(PROJECTS)(
    "P1: of %s is imported with the versions and the integrity that npm has too",
    (project, { expect }) => {
      const text = readFixture(project, "bun.lock");
      const lock = importBunLock(text, OPTIONS);
      expect(archivesOf(lock)).toEqual(
        archivesOf(importPackageLock(readFixture(project, "package-lock-v3.json"), OPTIONS)),
      );
      for (const [, integrity] of text.matchAll(/"(sha512-[^"]+)"/g)) expect(JSON.stringify(lock)).toContain(integrity);
      expect(readLock(printLock(lock))).toEqual(lock);
    },
  );

  it("P39: leads workspaces and aliases to what Bun found for them", ({ expect }) => {
    const lock = importBunLock(readFixture("workspaces", "bun.lock"), OPTIONS);
    expect(lock.importers["."]?.dependencies["old-ms"]).toEqual({ range: "npm:ms@^1.0.0", id: "ms@1.0.0" });
    expect(lock.importers["packages/ui"]?.dependencies["react"]?.id).toMatch(/^react@19/);
    expect(lock.importers["packages/app"]?.dependencies["react"]?.id).toMatch(/^react@18/);
    expect(lock.packages["@case/ui@1.2.0"]?.source).toEqual({ kind: "workspace", path: "packages/ui" });
    expect(lock.packages["fsevents@2.3.3"]?.os).toEqual(["darwin"]);
  });

  it("P35 P36 P37 P24 P25 P27: keeps other sources and settings", ({ expect }) => {
    const text = bunLock(
      { a: "github:u/a", b: "https://x.example/b.tgz", c: "./c.tgz", d: "file:d" },
      {
        a: ["a@github:u/a#0123456", {}, "u-a-0123456"],
        b: ["b@https://x.example/b.tgz", {}],
        c: ["c@./c.tgz", {}],
        d: ["d@file:d", { dependencies: { e: "1" } }],
        "d/e": ["e@1.0.0", "https://registry.example/e/-/e-1.0.0.tgz", {}, `sha512-${"A".repeat(86)}==`],
      },
      { overrides: { e: "1" }, trustedDependencies: ["e"], catalog: { e: "1" }, catalogs: { old: { e: "0" } } },
    );
    const lock = importBunLock(text, OPTIONS);
    expect(Object.fromEntries(Object.values(lock.packages).map(({ name, source }) => [name, source]))).toEqual({
      a: { kind: "git", url: "https://github.com/u/a", commit: "0123456" },
      b: { kind: "url", url: "https://x.example/b.tgz" },
      c: { kind: "file", path: "c.tgz" },
      d: { kind: "path", path: "d" },
      e: { kind: "registry", registry: "npm" },
    });
    expect(lock).toMatchObject({
      overrides: { e: "1" },
      trusted: ["e"],
      catalogs: { default: { e: "1" }, old: { e: "0" } },
    });
  });

  it("does not take a scoped package for what it depends on", ({ expect }) => {
    const packages = {
      a: ["a@1.0.0", "", { dependencies: { "@org/b": "1" } }, ""],
      "@org/b": ["@org/b@1.0.0", "", { dependencies: { b: "1" } }, ""],
      b: ["b@1.0.0", "", {}, ""],
      "a/@org/b": ["@org/b@2.0.0", "", { dependencies: { b: "1" } }, ""],
      "@org/b/b": ["b@2.0.0", "", {}, ""],
    };
    const lock = importBunLock(bunLock({ a: "1", "@org/b": "1" }, packages), OPTIONS);
    expect(lock.packages["@org/b@1.0.0"]?.dependencies).toEqual({ b: "b@2.0.0" });
    expect(lock.packages["@org/b@2.0.0"]?.dependencies).toEqual({ b: "b@1.0.0" });
  });

  it.for([
    ['{"lockfileVersion":9}', "ERR_LOCKFILE_VERSION", /version 9/],
    [bunLock({ a: "1" }, {}), "ERR_LOCKFILE_INVALID", /asks for "a", which is not in it/],
    [bunLock({}, { a: ["a@1.0.0", "", { dependencies: { b: "1" } }, ""] }), "ERR_LOCKFILE_INVALID", /depends on "b"/],
    [bunLock({}, { a: [] }), "ERR_LOCKFILE_INVALID", /"a" is no package/],
  ] as const)("that is broken (%s) is an error", ([text, code, message], { expect }) => {
    expect(() => importBunLock(text, OPTIONS)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

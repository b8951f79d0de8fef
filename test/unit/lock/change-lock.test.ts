import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { assertFrozen } from "../../../src/lock/assert-frozen.ts";
import { diffLocks, packageChanges, printChange } from "../../../src/lock/diff-locks.ts";
import {
  EMPTY_LOCK,
  type Lock,
  type LockedPackage,
  packageId,
  type TextMap,
  toRecord,
} from "../../../src/lock/lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { pruneLock } from "../../../src/lock/prune-lock.ts";
import { keepFacts, mergePackage, putPackage, releasePackages } from "../../../src/lock/update-lock.ts";

const SRI = `sha512-${"A".repeat(86)}==`;
const NONE = { dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };

function packageOf(name: string, version: string, dependencies: TextMap = {}): LockedPackage {
  const source = { kind: "registry", registry: "npm" } as const;
  return { name, version, source, integrity: SRI, dependencies, optionalDependencies: {}, peerDependencies: {} };
}

function lockOf(asked: TextMap, ...packages: LockedPackage[]): Lock {
  const dependencies = toRecord(Object.entries(asked).map(([name, id]) => [name, { range: "*", id }]));
  return {
    ...EMPTY_LOCK,
    importers: { ".": { ...NONE, dependencies } },
    packages: toRecord(packages.map((locked) => [packageId(locked), locked])),
  };
}

const base = lockOf({ a: "a@1.0.0" }, packageOf("a", "1.0.0", { b: "b@1.0.0" }), packageOf("b", "1.0.0"));

describe("diff", () => {
  it("P31: is empty for the same lock, and says what was added, removed and changed", ({ expect }) => {
    const next = lockOf({ a: "a@1.0.0" }, packageOf("a", "1.0.0", { b: "b@1.1.0" }), packageOf("b", "1.1.0"));
    expect(diffLocks(base, base)).toEqual([]);
    expect(diffLocks(base, next).map(printChange)).toEqual([
      '~ package a@1.0.0: dependencies.b "b@1.0.0" → "b@1.1.0"',
      "- package b@1.0.0",
      "+ package b@1.1.0",
    ]);
  });

  it("sees requests, settings, URLs and unknown fields", ({ expect }) => {
    const next: Lock = {
      ...base,
      importers: { ".": { ...NONE, dependencies: { a: { range: "^1", id: "a@1.0.0" } } } },
      overrides: { b: "1.0.0" },
      urls: { "https://cdn.example/x.js": { resolved: "https://cdn.example/x.js", integrity: SRI } },
      extra: { future: 1 },
    };
    expect(diffLocks(base, next).map(printChange)).toEqual([
      '~ importer .: dependencies.a {"range":"*","id":"a@1.0.0"} → {"range":"^1","id":"a@1.0.0"}',
      "+ lock future",
      "+ overrides b",
      "+ url https://cdn.example/x.js",
    ]);
  });

  it("P15: tells packages that were added and removed from those that have another version", ({ expect }) => {
    const next = lockOf({ a: "a@2.0.0", c: "c@1.0.0" }, packageOf("a", "2.0.0"), packageOf("c", "1.0.0"));
    expect(packageChanges(base, next)).toEqual({
      added: ["c@1.0.0"],
      removed: ["b@1.0.0"],
      updated: [{ name: "a", from: ["a@1.0.0"], to: ["a@2.0.0"] }],
    });
  });
});

describe("frozen", () => {
  it("P6 R71: passes when nothing changes, and otherwise says what would", ({ expect }) => {
    expect(() => assertFrozen(base, base)).not.toThrow();
    const next = putPackage(base, packageOf("c", "1.0.0"));
    try {
      assertFrozen(base, next);
      expect.unreachable();
    } catch (error) {
      if (!isLoaderError(error)) throw error;
      expect(error.code).toBe("ERR_LOCKFILE_STALE");
      expect(error.message).toContain("+ package c@1.0.0");
      expect(error.details["changes"]).toEqual(["+ package c@1.0.0"]);
    }
  });

  it("counts what it does not show", ({ expect }) => {
    const many = Array.from({ length: 25 }, (_, index) => packageOf(`p${index}`, "1.0.0"));
    expect(() => assertFrozen(base, lockOf({}, ...many))).toThrow(/and \d+ more/);
  });
});

describe("changes to a lock", () => {
  it("M53 M54: put a package, and set some of its facts without losing the others", ({ expect }) => {
    const put = putPackage(base, packageOf("c", "1.0.0"));
    const merged = mergePackage(put, "c@1.0.0", { fetchedAt: "2026-11-01T00:00:00Z" });
    expect(merged.packages["c@1.0.0"]).toEqual({ ...packageOf("c", "1.0.0"), fetchedAt: "2026-11-01T00:00:00Z" });
    expect(base.packages["c@1.0.0"]).toBeUndefined();
    expect(() => mergePackage(base, "constructor", {})).toThrow(/no package "constructor"/);
  });

  it("prunes what nothing leads to, through workspaces too, and keeps cycles that are reached", ({ expect }) => {
    const tool: LockedPackage = { ...packageOf("tool", "0.0.0"), source: { kind: "workspace", path: "tool" } };
    const lock: Lock = {
      ...lockOf(
        { tool: "tool@0.0.0" },
        tool,
        packageOf("x", "1.0.0", { y: "y@1.0.0" }),
        packageOf("y", "1.0.0", { x: "x@1.0.0" }),
        packageOf("lost", "1.0.0", { found: "found@1.0.0" }),
        packageOf("found", "1.0.0", { lost: "lost@1.0.0" }),
        packageOf("d3", "7.0.0"),
        packageOf("buffer", "6.0.0"),
      ),
      imports: { "d3@*": "d3@7.0.0" },
      builtins: { buffer: { package: "buffer@6.0.0", subpath: "." } },
      patches: { "x@1.0.0": "a.patch", "lost@1.0.0": "a.patch" },
    };
    const whole: Lock = {
      ...lock,
      importers: { ...lock.importers, tool: { ...NONE, devDependencies: { x: { range: "1", id: "x@1.0.0" } } } },
    };
    const pruned = pruneLock(whole);
    expect(Object.keys(pruned.packages).toSorted()).toEqual([
      "buffer@6.0.0",
      "d3@7.0.0",
      "tool@0.0.0",
      "x@1.0.0",
      "y@1.0.0",
    ]);
    expect(Object.keys(pruned.patches)).toEqual(["x@1.0.0"]);
  });

  it("R72: releases the packages that are to be updated, and nothing else", ({ expect }) => {
    const released = releasePackages({ ...base, imports: { "b@*": "b@1.0.0" } }, ["b"]);
    expect(Object.keys(released.packages)).toEqual(["a@1.0.0"]);
    expect(released.packages["a@1.0.0"]?.dependencies).toEqual({});
    expect(released.imports).toEqual({});
    expect(released.importers).toEqual(base.importers);
  });

  it("keeps what was learnt of packages that are the same after solving anew", ({ expect }) => {
    const checksum = `sha256:${"ab".repeat(32)}`;
    const learnt: Lock = {
      ...mergePackage(mergePackage(base, "a@1.0.0", { checksum, extra: { note: "mine" } }), "b@1.0.0", { checksum }),
      extra: { future: 1 },
    };
    const other = { ...packageOf("b", "1.0.0"), integrity: `sha512-${"B".repeat(86)}==` };
    const solved = lockOf({ a: "a@1.0.0" }, packageOf("a", "1.0.0", { b: "b@1.0.0" }), other);
    const kept = keepFacts(learnt, solved);
    expect(kept.packages["a@1.0.0"]).toMatchObject({ checksum, extra: { note: "mine" } });
    expect(kept.packages["b@1.0.0"]?.checksum).toBeUndefined();
    expect(kept.extra).toEqual({ future: 1 });
  });

  it("minimal diffs: a new patch version of one package touches its lines and those of who uses it", ({ expect }) => {
    const next = lockOf({ a: "a@1.0.0" }, packageOf("a", "1.0.0", { b: "b@1.0.1" }), packageOf("b", "1.0.1"));
    const [before, after] = [printLock(base).split("\n"), printLock(next).split("\n")];
    expect(after.filter((line, index) => line !== before[index])).toEqual(['b = "b@1.0.1"', 'version = "1.0.1"']);
  });
});

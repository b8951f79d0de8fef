import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { EMPTY_LOCK, type Lock, packageId, toRecord } from "../../../src/lock/lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "raya-merge-"));
afterAll(() => rmSync(folder, { recursive: true }));

function lockOf(versions: Readonly<Record<string, string>>): Lock {
  const packages = Object.entries(versions).map(([name, version]) => ({
    name,
    version,
    source: { kind: "registry", registry: "npm" } as const,
    integrity: `sha512-${btoa(name.padEnd(64, version).slice(0, 64))}`,
    dependencies: {},
    optionalDependencies: {},
    peerDependencies: {},
  }));
  const ids = packages.map((locked): [string, string] => [`${locked.name}@*`, packageId(locked)]);
  return {
    ...EMPTY_LOCK,
    imports: toRecord(ids),
    packages: toRecord(packages.map((locked) => [packageId(locked), locked])),
  };
}

/** What `git merge` makes of three versions of one file. */
function merge(base: Lock, ours: Lock, theirs: Lock): { text: string; conflicts: number } {
  const files = Object.entries({ ours, base, theirs }).map(([name, lock]) => {
    writeFileSync(join(folder, name), printLock(lock));
    return join(folder, name);
  });
  const { status } = spawnSync("git", ["merge-file", "-q", ...files]);
  return { text: readFileSync(join(folder, "ours"), "utf8"), conflicts: status ?? -1 };
}

describe("raya.lock in git", () => {
  const base = { alpha: "1.0.0", delta: "1.0.0", kappa: "1.0.0", omega: "1.0.0", sigma: "1.0.0" };

  it("merges two branches that change different packages, and the result is the lock of both changes", ({ expect }) => {
    const ours = { ...base, alpha: "2.0.0", beta: "1.0.0" };
    const theirs = { ...base, lambda: "1.0.0", sigma: "1.0.1" };
    const { text, conflicts } = merge(lockOf(base), lockOf(ours), lockOf(theirs));
    expect(conflicts).toBe(0);
    expect(text).toBe(printLock(lockOf({ ...base, ...ours, lambda: "1.0.0", sigma: "1.0.1" })));
    expect(printLock(readLock(text))).toBe(text);
  });

  it("says where git could not merge", ({ expect }) => {
    const { text, conflicts } = merge(
      lockOf(base),
      lockOf({ ...base, kappa: "2.0.0" }),
      lockOf({ ...base, kappa: "3.0.0" }),
    );
    expect(conflicts).toBeGreaterThan(0);
    expect(() => readLock(text)).toThrow(/merge conflict.*\(line \d+\)/);
  });
});

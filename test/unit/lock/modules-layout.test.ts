import { describe, it } from "vitest";
import { layOutModules } from "../../../src/lock/export/modules-layout.ts";
import { printPackageLock } from "../../../src/lock/export/print-package-lock.ts";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
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

const NONE = { devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };

function packageOf(name: string, version: string, dependencies: TextMap): LockedPackage {
  const source = { kind: "registry", registry: "npm" } as const;
  return { name, version, source, dependencies, optionalDependencies: {}, peerDependencies: {} };
}

function lockOf(dependencies: TextMap, packages: readonly LockedPackage[]): Lock {
  const requests = Object.entries(dependencies).map(([name, id]) => [name, { range: "*", id }] as const);
  return {
    ...EMPTY_LOCK,
    importers: { ".": { ...NONE, dependencies: toRecord(requests) } },
    packages: toRecord(packages.map((locked) => [packageId(locked), locked])),
  };
}

/** Numbers that look random and are the same every time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

/** A graph of a few names in several versions that depend on each other without any order: cycles, aliases, peers. */
function randomLock(seed: number): Lock {
  const next = numbersFrom(seed);
  const names = "a b c d e f g".split(" ").slice(0, 2 + next(6));
  const versions = names.flatMap((name) =>
    Array.from({ length: 1 + next(3) }, (_, index) => ({ name, version: `${index + 1}.0.0` })),
  );
  const edges = (count: number): TextMap =>
    toRecord(
      Array.from({ length: count }, () => {
        const target = versions[next(versions.length)] ?? { name: "a", version: "1.0.0" };
        return [next(6) === 0 ? (names[next(names.length)] ?? "a") : target.name, packageId(target)];
      }),
    );
  const packages = versions.map(({ name, version }): LockedPackage => {
    const all = Object.entries(edges(next(4)));
    const isPeer = all.map(() => next(5) === 0);
    return {
      ...packageOf(name, version, toRecord(all.filter((_, index) => isPeer[index] !== true))),
      peerDependencies: toRecord(all.filter((_, index) => isPeer[index] === true)),
    };
  });
  return pruneLock(lockOf(edges(1 + next(4)), packages));
}

describe("the layout of node_modules", () => {
  it("P55 P66 P68 P69: leads every name of every package to what the lock has for it, in any graph", ({ expect }) => {
    for (let seed = 1; seed <= 150; seed++) {
      const lock = randomLock(seed);
      const again = importPackageLock(printPackageLock(lock), { registries: [] });
      expect(printLock(again), `seed ${seed}`).toBe(printLock(lock));
    }
  });

  it("P86: closes a cycle that would nest for ever with a link", ({ expect }) => {
    const lock = lockOf({ a: "a@1.0.0" }, [
      packageOf("a", "1.0.0", { b: "b@1.0.0" }),
      packageOf("b", "1.0.0", { a: "a@2.0.0" }),
      packageOf("a", "2.0.0", { b: "b@2.0.0" }),
      packageOf("b", "2.0.0", { a: "a@1.0.0" }),
    ]);
    const links = layOutModules(lock).filter(({ link }) => link !== undefined);
    expect(links.map(({ path, link }) => [path, link])).toEqual([
      ["node_modules/b/node_modules/b/node_modules/b", "node_modules/b"],
    ]);
  });

  it("P67: puts a peer where the package that asked for its dependent finds it", ({ expect }) => {
    const plugin = { ...packageOf("plugin", "1.0.0", {}), peerDependencies: { host: "host@2.0.0" } };
    const lock = lockOf({ host: "host@1.0.0", app: "app@1.0.0" }, [
      packageOf("host", "1.0.0", {}),
      packageOf("host", "2.0.0", {}),
      packageOf("app", "1.0.0", { host: "host@2.0.0", plugin: "plugin@1.0.0" }),
      plugin,
    ]);
    expect(layOutModules(lock).map(({ path }) => path)).toEqual([
      "",
      "node_modules/app",
      "node_modules/host",
      "node_modules/app/node_modules/host",
      "node_modules/app/node_modules/plugin",
    ]);
  });
});

import { describe, it } from "vitest";
import { importBunLock } from "../../../src/lock/import/import-bun-lock.ts";
import { importDenoLock } from "../../../src/lock/import/import-deno-lock.ts";
import { importPackageLock } from "../../../src/lock/import/import-package-lock.ts";
import { importPnpmLock } from "../../../src/lock/import/import-pnpm-lock.ts";
import { importYarnLock } from "../../../src/lock/import/import-yarn-lock.ts";
import { findUnmet, withoutUnmet } from "../../../src/project/unmet-requests.ts";
import { manifestsOf, OPTIONS, PROJECTS, readFixture } from "../lock/fixtures/read-fixture.ts";

describe("R71: requests that a lock has no true answer to", () => {
  it.for(PROJECTS)("are in no lock that a tool has made: %s", (project, { expect }) => {
    const read = (file: string): string => readFixture(project, file);
    const locks = [
      importPackageLock(read("package-lock-v2.json"), OPTIONS),
      importPackageLock(read("package-lock-v3.json"), OPTIONS),
      importBunLock(read("bun.lock"), OPTIONS),
      importPnpmLock(read("pnpm-lock.yaml"), OPTIONS),
      // Deno passes over folders.
      ...(project === "file-deps" ? [] : [importDenoLock(read("deno.lock"), manifestsOf(project), OPTIONS)]),
      importYarnLock(read("yarn-classic.lock"), manifestsOf(project), OPTIONS),
      importYarnLock(read("yarn-berry.lock"), manifestsOf(project), OPTIONS),
    ];
    expect(locks.flatMap((lock) => findUnmet(lock))).toEqual([]);
    expect(locks.map((lock) => withoutUnmet(lock, []) === lock)).toEqual(locks.map(() => true));
  });
});

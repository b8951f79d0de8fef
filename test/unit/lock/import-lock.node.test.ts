import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, vi } from "vitest";
import { runRaya } from "../../../scripts/raya/run-raya.ts";
import { importLock } from "../../../src/lock/import/import-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf, manifestsOf, OPTIONS, readFixture } from "./fixtures/read-fixture.ts";

const PROJECT = "workspaces";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The project's manifests, and the lock under the name that its tool gives it. */
function contentsOf(...locks: readonly (readonly [file: string, fixture: string])[]): Map<string, Uint8Array> {
  const manifests = Object.entries(manifestsOf(PROJECT)).map(
    ([folder, manifest]) =>
      [folder === "." ? "package.json" : `${folder}/package.json`, bytes(JSON.stringify(manifest))] as const,
  );
  return new Map([
    ...manifests,
    ...locks.map(([file, fixture]) => [file, bytes(readFixture(PROJECT, fixture))] as const),
  ]);
}

const nameOf = (archive: string): string => archive.split(" ")[0] ?? "";

describe("locks of other package managers", () => {
  it.for([
    ["package-lock.json", "package-lock-v3.json"],
    ["npm-shrinkwrap.json", "package-lock-v2.json"],
    ["yarn.lock", "yarn-classic.lock"],
    ["bun.lock", "bun.lock"],
    ["pnpm-lock.yaml", "pnpm-lock.yaml"],
    ["deno.lock", "deno.lock"],
  ] as const)("P1: %s is found among a project's files and imported", ([file, fixture], { expect }) => {
    const lock = readLock(importLock(contentsOf([file, fixture]), OPTIONS));
    expect(archivesOf(lock).map(nameOf)).toContain("ms@1.0.0");
  });

  it("are imported one at a time, and have to be there", ({ expect }) => {
    const several = contentsOf(["package-lock.json", "package-lock-v3.json"], ["bun.lock", "bun.lock"]);
    const invalid = (message: RegExp) =>
      expect.objectContaining({ code: "ERR_LOCKFILE_INVALID", message: expect.stringMatching(message) as string });
    expect(() => importLock(several, OPTIONS)).toThrow(invalid(/several locks: package-lock\.json, bun\.lock/));
    expect(importLock(several, { ...OPTIONS, file: "bun.lock" })).toContain("[[package]]");
    expect(() => importLock(contentsOf(), OPTIONS)).toThrow(invalid(/no lock of another package manager/));
    expect(() => importLock(several, { ...OPTIONS, file: "composer.lock" })).toThrow(invalid(/"composer\.lock"/));
  });

  it("are printed by the command", async ({ expect }) => {
    const folder = await mkdtemp(join(tmpdir(), "raya-import-"));
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      await writeFile(join(folder, "package.json"), "{}");
      await writeFile(join(folder, "package-lock.json"), readFixture(PROJECT, "package-lock-v3.json"));
      expect(await runRaya(["import", folder, ...OPTIONS.registries.flatMap((url) => ["--registry", url])])).toBe(0);
      const printed = write.mock.calls.map(([text]) => String(text)).join("");
      expect(archivesOf(readLock(printed)).map(nameOf)).toContain("ms@1.0.0");
    } finally {
      write.mockRestore();
      await rm(folder, { recursive: true });
    }
  });
});

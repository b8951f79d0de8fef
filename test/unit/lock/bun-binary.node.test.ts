import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { importBunBinary } from "../../../src/lock/import/bun-binary/import-bun-binary.ts";
import { wyhash } from "../../../src/lock/import/bun-binary/wyhash.ts";
import { importBunLock } from "../../../src/lock/import/import-bun-lock.ts";
import type { Lock } from "../../../src/lock/lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf } from "./fixtures/read-fixture.ts";

/**
 * Made by Bun 1.1.38, 1.0.0 and 1.2.23 (`catalogs`, of the third format); `.lock` is what Bun made of the binary, `.yarn.lock` what
 * it prints of it. `https://registry.example/r/` stands for the registry.
 */
const PROJECTS = ["streams", "workspaces", "workspaces-1.0", "file-deps", "settings", "untrusted", "catalogs", "git"];
const OPTIONS = { registries: ["https://registry.example/r/"] };

const read = (file: string): Buffer => readFileSync(new URL(`./fixtures/bun-binary/${file}`, import.meta.url));
const binary = (project: string): Lock => importBunBinary(read(`${project}.lockb`), OPTIONS);
const text = (project: string): Lock => importBunLock(read(`${project}.lock`).toString(), OPTIONS);

/** Bytes with a change. */
function changed(project: string, change: (bytes: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(read(`${project}.lockb`));
  change(bytes);
  return bytes;
}

describe("bun.lockb", () => {
  it.for(PROJECTS)(
    "P20 P22: of %s is imported as the packages that Bun's own text has of it",
    (project, { expect }) => {
      const lock = binary(project);
      // Where it made text of a file of Bun 1.0.0, Bun placed packages anew, and workspaces had no versions yet.
      if (project === "workspaces-1.0") expect(archivesOf(lock)).toEqual(archivesOf(text(project)));
      else expect(lock.packages).toEqual(text(project).packages);
      expect(Object.keys(lock.packages).length).toBeGreaterThan(0);
      expect(readLock(printLock(lock))).toEqual(lock);
    },
  );

  it.for(PROJECTS)("P20: of %s has the versions and the integrity that Bun prints of it", (project, { expect }) => {
    const printed = read(`${project}.yarn.lock`).toString();
    const entries = [...printed.matchAll(/\n {2}version "(\d[^"]*)"\n.*\n {2}integrity (\S+)/g)];
    const found = new Set(
      Object.values(binary(project).packages).map(({ version, integrity }) => `${version} ${integrity}`),
    );
    for (const [, version, integrity] of entries) expect(found).toContain(`${version} ${integrity}`);
    const ours = archivesOf(binary(project)).map((line) => line.replace(/^.+@/, ""));
    expect(new Set(ours)).toEqual(new Set(entries.map(([, version, integrity]) => `${version} ${integrity}`)));
  });

  it("P21 P23: reads versions of workspaces, and what leads to them, of both formats", ({ expect }) => {
    const { importers, packages } = binary("workspaces");
    expect(importers["packages/ui"]).toMatchObject({ name: "@case/ui", version: "1.2.0" });
    expect(importers["packages/app"]?.dependencies["@case/ui"]).toEqual({
      range: "workspace:packages/ui",
      id: "@case/ui@1.2.0",
    });
    expect(importers["."]?.dependencies["old-ms"]).toEqual({ range: "npm:ms@^1.0.0", id: "ms@1.0.0" });
    expect(packages["fsevents@2.3.3"]?.os).toEqual(["darwin"]);
    const other = binary("catalogs").importers;
    expect(other["packages/a"]).toMatchObject({ version: "1.2.3-rc.4+build.5" });
    expect(other["packages/lib"]?.peerDependencies["is-even"]).toEqual({ range: "1" });
  });

  it("P21 P24 P25 P26: reads overrides, patches and who is trusted; nobody is not the same as not said", ({
    expect,
  }) => {
    expect(binary("settings")).toMatchObject({
      overrides: { "is-number": "6.0.0", ms: "2.1.2" },
      patches: { "is-odd@3.0.1": "patches/is-odd@3.0.1.patch" },
      trusted: ["esbuild"],
    });
    expect(binary("untrusted").trusted).toEqual([]);
    expect(binary("streams").trusted).toBeUndefined();
  });

  it("P21 P27: reads catalogs", ({ expect }) => {
    expect(binary("catalogs").catalogs).toEqual({ default: { "is-odd": "^3.0.0" }, old: { "is-odd": "^2.0.0" } });
  });

  it("P21: skips a section whose tag it does not know, and reads the next", ({ expect }) => {
    const renamed = (tag: string): Uint8Array =>
      changed("settings", (bytes) => bytes.write("cNfGvRsN", bytes.lastIndexOf(tag), "latin1"));
    const lock = importBunBinary(renamed("tRuStEDd"), OPTIONS);
    expect(lock.trusted).toBeUndefined();
    expect(lock).toEqual({ ...binary("settings"), trusted: undefined });
    expect(importBunBinary(renamed("oVeRriDs"), OPTIONS)).toMatchObject({
      overrides: {},
      patches: { "is-odd@3.0.1": "patches/is-odd@3.0.1.patch" },
    });
  });

  it("P22: refuses packages that are not those of its hash", ({ expect }) => {
    const hash = changed("streams", (bytes) => bytes.writeUInt8(bytes.readUInt8(50) ^ 1, 50));
    const name = changed("streams", (bytes) => bytes.write("inherity", bytes.indexOf("inherits"), "latin1"));
    for (const bytes of [hash, name])
      expect(() => importBunBinary(bytes, OPTIONS)).toThrow(/its packages are not those that its hash was made of/);
  });

  it("refuses what is no bun.lockb, a format that it does not know, and every file that is cut off", ({ expect }) => {
    const code = expect.objectContaining({ code: "ERR_LOCKFILE_INVALID" });
    expect(() => importBunBinary(new TextEncoder().encode("{}"), OPTIONS)).toThrow(code);
    const newer = changed("streams", (bytes) => bytes.writeUInt32LE(9, 42));
    expect(() => importBunBinary(newer, OPTIONS)).toThrow(expect.objectContaining({ code: "ERR_LOCKFILE_VERSION" }));
    const whole = read("file-deps.lockb");
    const end = Number(whole.readBigUInt64LE(78));
    for (let length = 0; length < end; length += 97)
      expect(() => importBunBinary(whole.subarray(0, length), OPTIONS)).toThrow(code);
  });

  it("is an error of the lockfile or a lock, whatever byte is another", { timeout: 120_000 }, ({ expect }) => {
    const whole = read("untrusted.lockb");
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
      try {
        importBunBinary(bytes, OPTIONS);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_LOCKFILE_/) });
      }
    }
  });

  it("has Bun's own hash of names", ({ expect }) => {
    const bytes = read("workspaces.lockb");
    for (const name of ["case-workspaces", "@case/ui", "react", "ms", "use-sync-external-store"]) {
      const hash = Buffer.alloc(8);
      hash.writeBigUInt64LE(wyhash(name));
      expect(bytes.includes(hash), name).toBe(true);
    }
  });
});

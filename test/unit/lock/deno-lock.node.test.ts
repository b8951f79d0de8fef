import { describe, it } from "vitest";
import { importDenoLock } from "../../../src/lock/import/import-deno-lock.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { archivesOf, manifestsOf, OPTIONS, readFixture } from "./fixtures/read-fixture.ts";

const SRI = `sha512-${"A".repeat(86)}==`;
const HEX = "ab".repeat(32);

function npmOf(text: string): Record<string, { integrity: string }> {
  return (JSON.parse(text) as { npm: Record<string, { integrity: string }> }).npm;
}

describe("deno.lock", () => {
  it.for(["streams", "workspaces"] as const)(
    "P1: of %s is imported with every version and integrity of it",
    (project, { expect }) => {
      const text = readFixture(project, "deno.lock");
      const lock = importDenoLock(text, manifestsOf(project), OPTIONS);
      const archives = Object.entries(npmOf(text)).map(
        ([id, { integrity }]) => `${id.replace(/(?<=[^/]@\d[^_]*)_.*$/, "")} ${integrity}`,
      );
      expect(archives.length).toBeGreaterThan(5);
      expect(archivesOf(lock)).toEqual([...new Set(archives)].toSorted());
      expect(readLock(printLock(lock))).toEqual(lock);
    },
  );

  it("gives manifests back their ranges, kinds and aliases, and workspaces their names", ({ expect }) => {
    const lock = importDenoLock(readFixture("workspaces", "deno.lock"), manifestsOf("workspaces"), OPTIONS);
    expect(lock.importers["."]).toMatchObject({
      name: "case-workspaces",
      dependencies: { "old-ms": { range: "npm:ms@^1.0.0", id: "ms@1.0.0" } },
      devDependencies: { "@types/react": { range: "^18.3.0" } },
      optionalDependencies: { fsevents: { range: "^2.3.0" } },
    });
    expect(lock.importers["packages/app"]?.dependencies["@case/ui"]).toEqual({ range: "^1.0.0", id: "@case/ui@1.2.0" });
    expect(lock.importers["packages/ui"]?.dependencies["react"]?.id).toMatch(/^react@19/);
    expect(lock.importers["packages/app"]?.dependencies["react"]?.id).toMatch(/^react@18/);
    expect(Object.values(lock.packages).find(({ name }) => name === "zustand")?.optionalPeers).toContain("react");
    expect(lock.imports).toEqual({});
  });

  it("keeps JSR packages, modules imported by URL, and what only sources ask for", ({ expect }) => {
    const text = JSON.stringify({
      version: "5",
      specifiers: { "jsr:@std/path@1": "1.0.8", "npm:a@1": "1.0.0", "npm:b@*": "2.0.0" },
      jsr: {
        "@std/path@1.0.8": { integrity: HEX, dependencies: ["jsr:@std/internal"] },
        "@std/internal@1.0.0": { integrity: HEX },
      },
      npm: {
        "a@1.0.0": {
          integrity: SRI,
          dependencies: ["other@npm:b@2.0.0"],
          optionalDependencies: ["b"],
          optionalPeers: ["gone@1"],
        },
        "b@2.0.0": { integrity: SRI, os: ["darwin"], scripts: true },
      },
      redirects: { "https://x.example/m": "https://x.example/m@1.js" },
      remote: { "https://x.example/m@1.js": "00".repeat(32) },
      workspace: { dependencies: ["jsr:@std/path@1", "npm:a@1"] },
    });
    const lock = importDenoLock(text, {}, OPTIONS);
    expect(lock.importers["."]?.dependencies).toEqual({
      "@std/path": { range: "jsr:@std/path@1", id: "@std/path@1.0.8" },
      a: { range: "1", id: "a@1.0.0" },
    });
    expect(lock.imports).toEqual({ "b@*": "b@2.0.0" });
    expect(lock.packages).toMatchObject({
      "@std/path@1.0.8": {
        source: { kind: "registry", registry: "jsr" },
        artifacts: { "jsr-manifest": `sha256:${HEX}` },
        dependencies: { "@std/internal": "@std/internal@1.0.0" },
      },
      "a@1.0.0": {
        integrity: SRI,
        dependencies: { other: "b@2.0.0" },
        optionalDependencies: { b: "b@2.0.0" },
        peerDependencies: {},
      },
      "b@2.0.0": { os: ["darwin"], installScript: true },
    });
    const integrity = `sha256-${"A".repeat(43)}=`;
    expect(lock.urls).toEqual({
      "https://x.example/m": { resolved: "https://x.example/m@1.js", integrity },
      "https://x.example/m@1.js": { resolved: "https://x.example/m@1.js", integrity },
    });
  });

  it.for([
    ['{"version":"3"}', "ERR_LOCKFILE_VERSION", /version 3, 4 and 5 can be imported/],
    ['{"version":"5","npm":{"a":{}}}', "ERR_LOCKFILE_INVALID", /"a" is not name@version/],
    ['{"version":"5","npm":{"a@1.0.0":{}}}', "ERR_LOCKFILE_INVALID", /"integrity"/],
    ['{"version":"5","workspace":{"dependencies":["npm:a@1"]}}', "ERR_LOCKFILE_INVALID", /asks for "npm:a@1"/],
    ['{"version":"5","redirects":{"https://a.example/":"https://b.example/"}}', "ERR_LOCKFILE_INVALID", /no hash/],
    [
      `{"version":"5","npm":{"a@1.0.0":{"integrity":"${SRI}","dependencies":["b"]}}}`,
      "ERR_LOCKFILE_INVALID",
      /"a@1.0.0" depends on "b"/,
    ],
  ] as const)("that is broken (%s) is an error", ([text, code, message], { expect }) => {
    expect(() => importDenoLock(text, {}, OPTIONS)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

import { describe, it } from "vitest";
import { packumentOfRaya, rayaDownloadUrl, rayaPackageUrl } from "../../../src/fetch/raya-protocol.ts";
import { reducePackument } from "../../../src/fetch/reduce-packument.ts";

const BASE = "https://edge.example/";
const CHECKSUM = `sha256:${"a".repeat(64)}`;

describe("the Raya protocol's addresses", () => {
  it("R88 to R90: are those of the seed", ({ expect }) => {
    expect(rayaPackageUrl(BASE, "logging")).toBe(`${BASE}packages/logging`);
    expect(rayaPackageUrl(BASE, "@acme/lib")).toBe(`${BASE}packages/@acme/lib`);
    expect(rayaDownloadUrl(BASE, "logging", "1.2.3+build")).toBe(
      `${BASE}packages/logging/1.2.3%2Bbuild/download?format=tgz`,
    );
    expect(rayaDownloadUrl(BASE, "logging", "1.2.3", "raya-7")).toBe(
      `${BASE}packages/logging/1.2.3/download?compiler=raya-7`,
    );
    for (const name of ["../x", "a/b", "@acme", ""])
      expect(() => rayaPackageUrl(BASE, name)).toThrow(expect.objectContaining({ code: "ERR_INVALID_PACKAGE_NAME" }));
  });
});

describe("a package in the Raya protocol", () => {
  const version = (fields: object) => ({
    name: "lib",
    version: "1.0.0",
    dependencies: {},
    integrity: "sha512-x",
    ...fields,
  });

  it("R92: says in its own words what a packument says, save what is yanked", ({ expect }) => {
    const raw = {
      name: "lib",
      tags: { latest: "1.0.0" },
      modified: "2026-01-02T00:00:00Z",
      versions: {
        "1.0.0": version({
          dependencies: { a: "^1" },
          optional_dependencies: { b: "^1" },
          peer_dependencies: { c: "^1" },
          deprecated: "old",
          compiler: "raya-7",
          index_checksum: CHECKSUM,
          published_at: "2026-01-01T00:00:00Z",
        }),
        "1.1.0": version({ version: "1.1.0", yanked: "" }),
        "1.2.0": version({
          version: "1.2.0",
          compiler: "raya-7",
          index_checksum: CHECKSUM,
          signature: "ed25519:s",
          public_key: "ed25519:k",
        }),
      },
    };
    const packument = packumentOfRaya(raw);
    expect(packument).toMatchObject({ modified: raw.modified, time: { "1.0.0": "2026-01-01T00:00:00Z" } });
    expect(reducePackument(packument, "lib")).toEqual({
      name: "lib",
      "dist-tags": { latest: "1.0.0" },
      versions: {
        "1.0.0": {
          name: "lib",
          version: "1.0.0",
          dependencies: { a: "^1" },
          optionalDependencies: { b: "^1" },
          peerDependencies: { c: "^1" },
          deprecated: "old",
          dist: { integrity: "sha512-x", artifact: { compiler: "raya-7", checksum: CHECKSUM } },
        },
        "1.2.0": {
          name: "lib",
          version: "1.2.0",
          dependencies: {},
          dist: { integrity: "sha512-x", signature: "ed25519:s", public_key: "ed25519:k" },
        },
      },
    });
  });

  it("that is none is refused as a packument is", ({ expect }) => {
    for (const raw of [
      null,
      [],
      "text",
      {},
      { name: "other", versions: {} },
      { name: "lib", versions: { "1.0.0": null } },
    ])
      expect(() => reducePackument(packumentOfRaya(raw), "lib")).toThrow(
        expect.objectContaining({ code: "ERR_PACKUMENT_INVALID" }),
      );
    const odd = { name: "lib", versions: { "1.0.0": version({ compiler: 7, index_checksum: "sha256:x" }) } };
    expect(reducePackument(packumentOfRaya(odd), "lib").versions["1.0.0"]?.dist).toEqual({ integrity: "sha512-x" });
  });
});

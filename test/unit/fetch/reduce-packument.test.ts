import { describe, it } from "vitest";
import { reducePackument } from "../../../src/fetch/reduce-packument.ts";

const dist = {
  integrity: "sha512-abc",
  shasum: "0".repeat(40),
  tarball: "https://registry.test/a/-/a-1.0.0.tgz",
  unpackedSize: 12,
};
const packumentOf = (manifest: object, version = "1.0.0"): unknown => ({
  name: "a",
  "dist-tags": { latest: version },
  versions: { [version]: { name: "a", version, dist, ...manifest } },
});

describe("reducePackument", () => {
  it("R119: keeps what is used, and nothing else", ({ expect }) => {
    const used = {
      dependencies: { b: "^1" },
      peerDependencies: { react: ">=18" },
      peerDependenciesMeta: { react: { optional: true } },
      optionalDependencies: { c: "*" },
      os: ["darwin", "!win32"],
      cpu: ["x64"],
      deprecated: "use d",
    };
    const rest = { scripts: { postinstall: "rm -rf /" }, readme: "#".repeat(1000), devDependencies: { e: "1" } };
    const reduced = reducePackument(packumentOf({ ...used, ...rest, dist: { ...dist, signatures: [{}] } }), "a");
    const manifest = { name: "a", version: "1.0.0", ...used, dist: { integrity: "sha512-abc" } };
    expect(structuredClone(reduced)).toStrictEqual({
      name: "a",
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": manifest },
    });
  });

  it("gives the same when it is given what it gave", ({ expect }) => {
    const once = reducePackument(packumentOf({ dependencies: { b: "^1" } }), "a");
    expect(reducePackument(JSON.parse(JSON.stringify(once)), "a")).toEqual(once);
  });

  it("keeps the address of an archive that is not where archives are, and a SHA-1 where there is nothing better", ({
    expect,
  }) => {
    const distOf = (given: object): unknown =>
      reducePackument(packumentOf({ dist: given }), "a").versions["1.0.0"]?.dist;
    const elsewhere = "https://registry.test/download/a/1.0.0";
    expect(distOf({ integrity: "sha512-abc", tarball: elsewhere })).toEqual({
      integrity: "sha512-abc",
      tarball: elsewhere,
    });
    expect(distOf({ tarball: "https://me:s3cret@registry.test/download/a" })).toEqual({});
    expect(distOf({ shasum: "00".repeat(20) })).toEqual({ integrity: `sha1-${"A".repeat(27)}=` });
    expect(distOf({ shasum: "not a digest" })).toEqual({});
  });

  it("reads a package of which every version was withdrawn", ({ expect }) => {
    expect(reducePackument({ name: "a", time: { unpublished: {} } }, "a")).toEqual({
      name: "a",
      "dist-tags": {},
      versions: {},
    });
  });

  it.for([
    ["null", null],
    ["text", "a"],
    ["a list", []],
    ["an object without a name", { versions: {} }],
    ["another package's", { name: "b", versions: {} }],
    ["one whose versions are a list", { name: "a", versions: [] }],
    ["one with a version that is nothing", { name: "a", versions: { "1.0.0": null } }],
    [
      "one that files a manifest under another version",
      { name: "a", versions: { "1.0.0": { name: "a", version: "2.0.0", dist } } },
    ],
    [
      "one that files another package's manifest",
      { name: "a", versions: { "1.0.0": { name: "b", version: "1.0.0", dist } } },
    ],
    ["one with a manifest without a version", { name: "a", versions: { "1.0.0": { name: "a", dist } } }],
    [
      "one with a version called __proto__ that is not",
      JSON.parse('{"name":"a","versions":{"__proto__":{"name":"a","version":"1.0.0"}}}'),
    ],
  ] as [string, unknown][])("refuses %s", ([, raw], { expect }) => {
    const details: unknown = expect.objectContaining({ package: "a" });
    const invalid = expect.objectContaining({ code: "ERR_PACKUMENT_INVALID", details });
    expect(() => reducePackument(raw, "a")).toThrow(invalid);
  });

  it("says what was wrong", ({ expect }) => {
    const lie = { name: "a", versions: { "1.0.0": { name: "a", version: "2.0.0" } } };
    expect(() => reducePackument(lie, "a")).toThrow(
      'The packument of "a" is not valid: its version "1.0.0" has the version "2.0.0"',
    );
  });

  it("takes __proto__ and constructor for names like any other", ({ expect }) => {
    const raw = JSON.parse(`{
      "name": "a",
      "dist-tags": { "__proto__": "1.0.0", "constructor": "1.0.0" },
      "versions": { "1.0.0": { "name": "a", "version": "1.0.0", "dependencies": { "__proto__": "^1", "toString": "^2" } } }
    }`);
    const reduced = reducePackument(raw, "a");
    expect(Object.entries(reduced["dist-tags"])).toEqual([
      ["__proto__", "1.0.0"],
      ["constructor", "1.0.0"],
    ]);
    expect(Object.entries(reduced.versions["1.0.0"]?.dependencies ?? {})).toEqual([
      ["__proto__", "^1"],
      ["toString", "^2"],
    ]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it.for(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    'finds no version and no tag called "%s" that is not there',
    (key, { expect }) => {
      const reduced = reducePackument(packumentOf({ dependencies: {} }), "a");
      expect(reduced.versions[key]).toBeUndefined();
      expect(reduced["dist-tags"][key]).toBeUndefined();
      expect(reduced.versions["1.0.0"]?.dependencies?.[key]).toBeUndefined();
    },
  );

  it("reads fields of a wrong type as if they were not there, as old packages have them", ({ expect }) => {
    const odd = {
      dependencies: ["b"],
      peerDependencies: "react",
      optionalDependencies: { b: { version: "1" }, c: "2" },
      os: "linux",
      cpu: [],
      deprecated: false,
      dist: null,
    };
    const manifest = reducePackument(packumentOf(odd), "a").versions["1.0.0"];
    expect(manifest).toEqual({
      name: "a",
      version: "1.0.0",
      optionalDependencies: { c: "2" },
      os: ["linux"],
      dist: {},
    });
  });
});

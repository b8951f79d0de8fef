import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import { reduceMetadata } from "../../../src/solve/reduce-metadata.ts";

const INTEGRITY = "sha512-a";

function packument(versions: Record<string, object>): Record<string, unknown> {
  return {
    name: "a",
    "dist-tags": { latest: "1.0.0" },
    time: { created: "2020-01-01T00:00:00.000Z", "1.0.0": "2021-05-06T07:08:09.000Z", "2.0.0": "never" },
    readme: "long",
    versions: Object.fromEntries(
      Object.entries(versions).map(([version, fields]) => [
        version,
        { name: "a", version, dist: { integrity: INTEGRITY }, ...fields },
      ]),
    ),
  };
}

describe("reduceMetadata", () => {
  it("P47: keeps what solving needs, and nothing else", ({ expect }) => {
    const reduced = reduceMetadata(
      packument({
        "1.0.0": {
          description: "long",
          dependencies: { b: "^1.0.0" },
          bundledDependencies: ["b"],
          libc: "musl",
          os: ["linux"],
          engines: { node: ">=18" },
          bin: "./cli.js",
        },
      }),
      "a",
    );
    expect(Object.keys(reduced)).toEqual(["name", "dist-tags", "versions"]);
    expect(reduced.versions["1.0.0"]).toEqual({
      name: "a",
      version: "1.0.0",
      dependencies: { b: "^1.0.0" },
      os: ["linux"],
      dist: { integrity: INTEGRITY },
      libc: ["musl"],
      engines: { node: ">=18" },
      bin: { a: "./cli.js" },
      bundleDependencies: ["b"],
      published: Date.UTC(2021, 4, 6, 7, 8, 9),
    });
  });

  it("makes the same of its own result, as JSON: that is how it is kept", ({ expect }) => {
    const fields = {
      bin: "./cli.js",
      bundledDependencies: true,
      dependencies: { b: "1" },
      libc: "musl",
      engines: { node: "1" },
    };
    const reduced = reduceMetadata(packument({ "1.0.0": fields, "2.0.0": {} }), "a");
    expect(reduceMetadata(JSON.parse(JSON.stringify(reduced)), "a")).toEqual(reduced);
    expect(reduced.versions["1.0.0"]?.published).toBe(Date.UTC(2021, 4, 6, 7, 8, 9));
  });

  it("reads bundleDependencies: true as all of them, and dates that are none as unknown", ({ expect }) => {
    const { versions } = reduceMetadata(
      packument({ "2.0.0": { dependencies: { b: "1", c: "2" }, bundleDependencies: true } }),
      "a",
    );
    expect(versions["2.0.0"]?.bundleDependencies).toEqual(["b", "c"]);
    expect(versions["2.0.0"]).not.toHaveProperty("published");
  });

  it("refuses metadata that lies about its name or a version", ({ expect }) => {
    const lies = [
      () => reduceMetadata(packument({ "1.0.0": { version: "6.6.6" } }), "a"),
      () => reduceMetadata(packument({ "1.0.0": { name: "b" } }), "a"),
      () => reduceMetadata(packument({}), "b"),
      () => reduceMetadata(packument({}), "__proto__"),
      () => reduceMetadata("no object", "a"),
    ];
    for (const lie of lies) {
      expect(lie).toThrow(LoaderError);
      expect(lie).toThrow(/not valid/);
    }
  });

  it("a dependency called __proto__ changes no prototype", ({ expect }) => {
    const raw = JSON.parse(
      JSON.stringify(packument({ "1.0.0": {} })).replace('"dist"', '"dependencies":{"__proto__":"1"},"dist"'),
    );
    const { versions } = reduceMetadata(raw, "a");
    expect(Object.keys(versions["1.0.0"]?.dependencies ?? {})).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });
});

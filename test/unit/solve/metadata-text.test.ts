import { describe, it } from "vitest";
import { printMetadata, readMetadataText } from "../../../src/solve/metadata-text.ts";
import { type PackageMetadata, reduceMetadata } from "../../../src/solve/reduce-metadata.ts";

const VERSION = { dependencies: { b: "^1.0.0" }, engines: { node: ">=18" }, deprecated: "use ☕\n or b" };

function metadataOf(name: string, versions: Record<string, object>): PackageMetadata {
  const entries = Object.entries(versions).map(([version, fields]) => [
    version,
    { name, version, dist: { integrity: "sha512-a" }, ...fields },
  ]);
  const time = { "1.0.0": "2021-05-06T07:08:09.000Z" };
  return reduceMetadata({ name, "dist-tags": { latest: "1.0.0" }, time, versions: Object.fromEntries(entries) }, name);
}

describe("metadata as text", () => {
  const a = metadataOf("a", {
    "1.0.0": VERSION,
    "1.1.0-rc.1": {},
    "0.9.0": { bin: "cli.js", bundleDependencies: ["b"] },
  });
  const b = metadataOf("@x/b", { "1.0.0": { os: ["linux"], peerDependencies: { ["__proto__"]: "1" } } });

  it("reads as what was printed, any number of packages", ({ expect }) => {
    const read = readMetadataText(printMetadata(a) + printMetadata(b));
    expect([...read.keys()]).toEqual(["a", "@x/b"]);
    for (const one of [a, b]) {
      const metadata = read.get(one.name);
      expect({ ...metadata?.versions }).toEqual({ ...one.versions });
      expect(metadata?.["dist-tags"]).toEqual(one["dist-tags"]);
      expect(metadata && printMetadata(metadata)).toBe(printMetadata(one));
    }
  });

  it("has the versions it has, and nothing that objects have by themselves", ({ expect }) => {
    const versions = readMetadataText(printMetadata(a)).get("a")?.versions ?? {};
    expect(Object.keys(versions)).toEqual(["0.9.0", "1.0.0", "1.1.0-rc.1"]);
    expect([Object.hasOwn(versions, "1.0.0"), "2.0.0" in versions]).toEqual([true, false]);
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect([versions[name], Object.hasOwn(versions, name)]).toEqual([undefined, false]);
    }
    expect(versions["1.0.0"]).toBe(versions["1.0.0"]);
  });

  it("names releases first, in their order, unless only semver can tell that", ({ expect }) => {
    const readAgain = (metadata: PackageMetadata) => readMetadataText(printMetadata(metadata)).get(metadata.name);
    const many = metadataOf("c", { "10.0.0": {}, "2.0.0-rc.1": {}, "9.10.0": {}, "9.9.0": {} });
    expect(readAgain(many)?.releases).toEqual(["9.9.0", "9.10.0", "10.0.0"]);
    expect(Object.keys(readAgain(many)?.versions ?? {})).toEqual(["9.9.0", "9.10.0", "10.0.0", "2.0.0-rc.1"]);
    const odd = readAgain(metadataOf("d", { "2.0.0": {}, "1.0.0+build": {}, "1.0.0": {} }));
    expect([odd?.releases, Object.keys(odd?.versions ?? {})]).toEqual([undefined, ["2.0.0", "1.0.0+build", "1.0.0"]]);
  });

  it("is refused where it breaks off or is something else", ({ expect }) => {
    const text = printMetadata(a);
    const failing = [text.slice(0, -1), text.slice(0, text.indexOf("\n") + 1), "<html>\n", "[]\n", '{"name":"a"}\n'];
    failing.push('{"name":"a","dist-tags":{},"versions":["1.0.0",1]}\n{}\n{}\n');
    failing.push('{"name":"a","dist-tags":{},"versions":["1.0.0"],"releases":"1"}\n{}\n');
    for (const one of failing) {
      expect(() => readMetadataText(one)).toThrow(expect.objectContaining({ code: "ERR_PACKUMENT_INVALID" }));
    }
  });

  it("is refused for a version that says it is another one, once that is looked at", ({ expect }) => {
    const head = '{"name":"a","dist-tags":{},"versions":["1.0.0","2.0.0"]}\n';
    const { versions = {} } = readMetadataText(`${head}{"version":"6.6.6"}\nnothing\n`).get("a") ?? {};
    const invalid = expect.objectContaining({ code: "ERR_PACKUMENT_INVALID" });
    expect(() => versions["1.0.0"]).toThrow(invalid);
    expect(() => versions["2.0.0"]).toThrow(invalid);
  });
});

import { describe, it } from "vitest";
import { Rbin } from "../../../src/artifact/read-rbin.ts";
import { unpackArchive } from "../../../src/fetch/unpack-archive.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { type BuildOptions, type BuiltPackage, buildPackage } from "../../../src/publish/build-package.ts";

function build(files: Readonly<Record<string, string>>, options?: BuildOptions): Promise<BuiltPackage> {
  const encoder = new TextEncoder();
  const contents = new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
  return buildPackage(contents, DEFAULT_LIMITS, options);
}

const MANIFEST = JSON.stringify({ name: "lib", version: "1.0.0", main: "src/index.js" });

describe("R41, R100: building a package", () => {
  it("packs and compiles it, to the same bytes in any order of its files", async ({ expect }) => {
    const files = {
      "package.json": MANIFEST,
      "src/index.js": "exports.a = 1;",
      "src/index.d.ts": "export const a: 1;",
    };
    const built = await build(files);
    expect(built).toMatchObject({ name: "lib", version: "1.0.0", files: Object.keys(files).toSorted() });
    expect(new Rbin(built.artifact, "lib@1.0.0").index.files.get("src/index.js")?.state).toBe("module");
    expect(JSON.parse(new TextDecoder().decode(built.types))).toMatchObject({
      files: { "src/index.d.ts": "export const a: 1;" },
    });
    const again = await build(Object.fromEntries(Object.entries(files).toReversed()));
    expect([again.integrity, again.checksum]).toEqual([built.integrity, built.checksum]);
    expect(built.integrity).toBe(
      "sha512-6ympo22l/R8fmZF3m5Gj1sVxEolxnpuReuQc8hYyg3M/hh07Etw+aMFU+0OZXfOpRLsf2pLvZOCRED1MQQc50w==",
    );
    const unpacked = await unpackArchive(built.archive, { package: "lib@1.0.0" }, DEFAULT_LIMITS);
    expect(new TextDecoder().decode(unpacked.get("package.json"))).toBe(MANIFEST);
  });

  it("R45, R46: goes out without sources, but where the author says otherwise, in either manifest", async ({
    expect,
  }) => {
    const toml = '[package]\nname = "lib"\nversion = "1.0.0"\n';
    expect(await build({ "package.json": MANIFEST, "src/index.js": "" })).toMatchObject({ includeSource: false });
    expect(await build({ "raya.toml": toml, "index.js": "" })).toMatchObject({ includeSource: false });
    const built = await Promise.all([
      build({ "raya.toml": `${toml}include-source = true\n`, "index.js": "" }),
      build({ "package.json": '{"name":"lib","version":"1.0.0","includeSource":true}', "index.js": "" }),
      build({ "package.json": MANIFEST, "src/index.js": "" }, { includeSource: true }),
    ]);
    for (const { archive, includeSource } of built) {
      const files = await unpackArchive(archive, { package: "lib@1.0.0" }, DEFAULT_LIMITS);
      const manifest: unknown = JSON.parse(new TextDecoder().decode(files.get("package.json")));
      // The registry reads it there.
      expect([includeSource, manifest]).toMatchObject([true, { name: "lib", includeSource: true }]);
    }
  });

  it("leaves out what is nobody's business", async ({ expect }) => {
    const { files } = await build({
      "package.json": JSON.stringify({ name: "lib", version: "1.0.0" }),
      "index.js": "",
      ".env": "SECRET=1",
      ".git/config": "",
      "src/.cache/x.js": "",
      "node_modules/a/index.js": "",
      "packages/b/node_modules/c/index.js": "",
      "raya.lock": "",
      "package-lock.json": "{}",
      "lib-0.9.0.tgz": "",
      "dist/module.rbin": "",
      "dist/source.tgz": "",
    });
    expect(files).toEqual(["index.js", "package.json"]);
  });

  it("L21: takes what `files` says, and what npm takes always", async ({ expect }) => {
    const manifest = { name: "lib", version: "1.0.0", main: "./main.js", bin: { lib: "bin/lib.js" } };
    const files = ["./dist/", "!dist/*.map", "assets/**/*.svg"];
    const built = await build({
      "package.json": JSON.stringify({ ...manifest, files }),
      "main.js": "",
      "bin/lib.js": "",
      "README.md": "",
      LICENSE: "",
      "dist/a.js": "",
      "dist/a.js.map": "",
      "dist/.secret": "",
      "assets/a/b.svg": "",
      "assets/a/b.png": "",
      "test/a.js": "",
    });
    expect(built.files).toEqual([
      "LICENSE",
      "README.md",
      "assets/a/b.svg",
      "bin/lib.js",
      "dist/a.js",
      "main.js",
      "package.json",
    ]);
    expect(built.types).toBeUndefined();
  });

  it("R29, R98: makes the package.json of a project that has a raya.toml alone", async ({ expect }) => {
    const toml = [
      "[package]",
      'name = "lib"',
      'version = "1.2.0"',
      'main = "src/index.js"',
      'description = "A library"',
      'authors = ["Ann"]',
      'license = "MIT"',
      "[dependencies]",
      'time = "^2.0.0"',
      "[dev-dependencies]",
      'testing = "^1"',
    ].join("\n");
    const { archive } = await build({ "raya.toml": toml, "src/index.js": "export const a = 1;" });
    const unpacked = await unpackArchive(archive, { package: "lib@1.2.0" }, DEFAULT_LIMITS);
    expect(JSON.parse(new TextDecoder().decode(unpacked.get("package.json")))).toEqual({
      type: "module",
      name: "lib",
      version: "1.2.0",
      main: "src/index.js",
      description: "A library",
      contributors: ["Ann"],
      license: "MIT",
      dependencies: { time: "^2.0.0" },
    });
  });

  it("refuses what does not compile, with all the places", async ({ expect }) => {
    const files = { "package.json": MANIFEST, "src/index.js": 'require("./b.js");\nlet = = 1;', "src/b.js": "if (" };
    await expect(build(files)).rejects.toMatchObject({
      code: "ERR_PUBLISH_INVALID",
      details: { package: "lib@1.0.0", line: 2, problems: [{ code: "ERR_SOURCE_PARSE" }] },
    });
  });

  it("refuses what has no name, version or manifest", async ({ expect }) => {
    for (const [files, code] of [
      [{}, "ERR_INVALID_PACKAGE_CONFIG"],
      [{ "package.json": "{" }, "ERR_INVALID_PACKAGE_CONFIG"],
      [{ "package.json": '{"name":"lib"}' }, "ERR_PUBLISH_INVALID"],
      [{ "raya.toml": '[package]\nversion = "1.0.0"' }, "ERR_PUBLISH_INVALID"],
    ] as const)
      await expect(build(files)).rejects.toMatchObject({ code });
  });
});

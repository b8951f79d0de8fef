import { describe, it } from "vitest";
import { RECORD_FLAGS } from "../../../src/artifact/module-record.ts";
import { rbinDigest } from "../../../src/artifact/verify-rbin.ts";
import { writeRbin } from "../../../src/artifact/write-rbin.ts";
import { COMPILER_ID, compilePackage } from "../../../src/compile/compile-objects.ts";
import type { CompiledPackage } from "../../../src/compile/compiled-package.ts";

const KEY = "p@1.0.0";
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function compile(
  manifest: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>>,
): CompiledPackage {
  const all = Object.entries({
    "package.json": JSON.stringify({ name: "p", version: "1.0.0", ...manifest }),
    ...files,
  });
  return compilePackage(new Map(all.map(([path, text]) => [path, encode(text)])), KEY);
}

const statesOf = ({ files }: CompiledPackage): Record<string, string> =>
  Object.fromEntries(files.map(({ path, state }) => [path, state]));

function recordOf({ files }: CompiledPackage, path: string) {
  const file = files.find((each) => each.path === path);
  if (file?.state !== "module") throw new Error(`${path} is ${file?.state}`);
  return file.record;
}

describe("compiling a package", () => {
  it("R40: keeps every file a program can reach, compiles what its entries lead to, and leaves out texts for people", ({
    expect,
  }) => {
    const compiled = compile(
      { type: "module", scripts: { x: "y" } },
      {
        "index.js": "import { a } from './a.cjs';\nimport './broken.js';\nexport const b = a;\nimport('./later.js');",
        "a.cjs": "exports.a = 'ä';",
        "later.js": "new Worker(new URL('./worker.js', import.meta.url));",
        "worker.js": "export {};",
        "broken.js": "export const = ;",
        "source.ts": "export const n: number = 1;",
        "umd.js": "exports.a = 1;",
        "index.min.js": "exports.a = 1;",
        "logo.png": "\x89PNG",
        "index.d.ts": "export const b: string;",
        "index.js.map": "{}",
        "README.md": "# p",
      },
    );
    expect(statesOf(compiled)).toEqual({
      "a.cjs": "module",
      "broken.js": "failed",
      "index.js": "module",
      "index.min.js": "deferred",
      "later.js": "module",
      "logo.png": "asset",
      "package.json": "deferred",
      "source.ts": "deferred",
      "umd.js": "deferred",
      "worker.js": "module",
    });
    expect(compiled.manifests).toEqual({ "": { name: "p", version: "1.0.0", type: "module" } });
    expect(compiled.files.find(({ path }) => path === "broken.js")).toMatchObject({
      error: { code: "ERR_SOURCE_PARSE", details: { package: KEY, file: `${KEY}/broken.js`, line: 1 } },
    });
  });

  it("leaves what only a development build asks for until it is reached", ({ expect }) => {
    const compiled = compile(
      {},
      {
        "index.js": "module.exports = process.env.NODE_ENV === 'production' ? require('./p.js') : require('./d.js');",
        "p.js": "exports.a = 1;",
        "d.js": "exports.a = 2;",
      },
    );
    expect(statesOf(compiled)).toMatchObject({ "index.js": "module", "p.js": "module", "d.js": "deferred" });
  });

  it("says which file a request names exactly, and nothing where that depends on who asks", ({ expect }) => {
    const compiled = compile(
      {},
      {
        "index.js": "import './lib/a.js'; import './lib'; import './lib/a'; import 'other'; import './index.d.ts';",
        "lib/a.js": "require('../index.js')",
        "index.d.ts": "",
      },
    );
    const within = recordOf(compiled, "index.js").requests.map((request) => request.within);
    expect(within).toEqual(["lib/a.js", undefined, undefined, undefined, undefined]);
    expect(recordOf(compiled, "lib/a.js").requests[0]?.within).toBe("index.js");
  });

  it("marks files that do nothing but make their exports, as the nearest package.json has it", ({ expect }) => {
    const compiled = compile(
      { sideEffects: ["./polyfill.js", "*.css"] },
      {
        "index.js": "import './polyfill.js'; import './a.css'; import './esm/b.js'; import './data.json';",
        "polyfill.js": "export {}",
        "a.css": "a {}",
        "data.json": "{}",
        "esm/package.json": '{"type":"module"}',
        "esm/b.js": "1",
      },
    );
    const isFree = (path: string): boolean => (recordOf(compiled, path).flags & RECORD_FLAGS.sideEffectFree) !== 0;
    expect(["index.js", "polyfill.js", "a.css", "data.json", "esm/b.js"].map(isFree)).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it("leaves broken JSON to who imports it: engines differ in what they say of it", ({ expect }) => {
    const compiled = compile({}, { "index.js": "require('./a.json')", "a.json": "{,}" });
    expect(statesOf(compiled)).toMatchObject({ "index.js": "module", "a.json": "deferred" });
  });

  it("leaves large files until they are reached", ({ expect }) => {
    const compiled = compile(
      {},
      { "index.js": "require('./large.js')", "large.js": `exports.a = "${"x".repeat(2 * 1024 * 1024)}"` },
    );
    expect(statesOf(compiled)).toMatchObject({ "index.js": "module", "large.js": "deferred" });
  });

  it("compiles a minified file that is the entry", ({ expect }) => {
    const compiled = compile({ main: "p.min.js" }, { "p.min.js": "exports.a=1", "other.min.js": "exports.a=1" });
    expect(statesOf(compiled)).toMatchObject({ "p.min.js": "module", "other.min.js": "deferred" });
  });

  it("takes the module system from the nearest package.json", ({ expect }) => {
    const compiled = compile(
      { type: "module" },
      { "index.js": "import './cjs/a.js'", "cjs/a.js": "exports.a = 1", "cjs/package.json": '{"type":"commonjs"}' },
    );
    expect(recordOf(compiled, "index.js").format).toBe("esm");
    expect(recordOf(compiled, "cjs/a.js").format).toBe("commonjs");
  });

  it("R4: the same files give the same bytes, in any order and in every runtime", ({ expect }) => {
    const files = new Map([
      ["package.json", encode('{"name":"p","version":"1.0.0","type":"module","sideEffects":false}')],
      [
        "index.js",
        encode("// one\nimport { a } from './a.cjs';\nexport const b = a, c = class {};\nexport default b;\n"),
      ],
      ["a.cjs", encode("if (process.env.NODE_ENV === 'production') exports.a = require('./data.json');\n")],
      ["data.json", encode('{"ä": [1]}')],
      ["broken.js", encode("export const = ;")],
      ["logo.png", new Uint8Array([137, 80, 78, 71])],
    ]);
    const write = (archive: Map<string, Uint8Array>): Uint8Array => {
      const header = {
        package: KEY,
        compiler: COMPILER_ID,
        integrity: "sha512-x",
        archiveSha256: "0".repeat(64),
        archiveSize: 1,
      };
      return writeRbin(header, compilePackage(archive, KEY));
    };
    // It changes only with COMPILER_ID.
    expect([COMPILER_ID, rbinDigest(write(files))]).toMatchInlineSnapshot(`
      [
        "raya-compiler-8",
        "bc556a07ac4bd4f94676b8203ed3e26e1204e8de3d104b06ce5512e39e5c7427",
      ]
    `);
    expect(write(new Map([...files].toReversed()))).toEqual(write(files));
  });

  it.for([
    ["no package.json", {}],
    ["a package.json that is no JSON", { "package.json": "{" }],
    ["a package.json that is no object", { "package.json": "[]" }],
  ] as const)("refuses a package with %s", ([, files], { expect }) => {
    const archive = new Map(Object.entries(files).map(([path, text]) => [path, encode(text)]));
    expect(() => compilePackage(archive, KEY)).toThrow(expect.objectContaining({ code: "ERR_INVALID_PACKAGE_CONFIG" }));
  });
});

import { describe, it } from "vitest";
import { readArtifact, writeArtifact } from "../../../src/artifact/artifact.ts";
import { COMPILER_ID, compilePackage } from "../../../src/compile/compile-package.ts";
import { createLimits } from "../../../src/limits.ts";
import { sha256Hex } from "../../../src/verify/digest.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const header = {
  package: "p@1.0.0",
  compiler: COMPILER_ID,
  integrity: "sha512-x",
  archiveSha256: "0".repeat(64),
  archiveSize: 10,
};

const INDEX = "import { a } from './a.cjs';\nexport const b = a;\nexport const later = () => import('./broken');\n";

const files = new Map([
  ["package.json", encode('{"name":"p","version":"1.0.0","type":"module","scripts":{"x":"y"}}')],
  ["index.js", encode(INDEX)],
  ["a.cjs", encode("exports.a = 'ä';")],
  ["broken.js", encode("export const = ;")],
  ["source.ts", encode("export const n: number = 1;")],
  ["umd.js", encode("exports.a = 1;")],
  ["logo.png", new Uint8Array([137, 80, 78, 71])],
  ["index.d.ts", encode("export const b: string;")],
  ["README.md", encode("# p")],
]);

const write = () => writeArtifact(header, compilePackage(files, "p@1.0.0", createLimits()));

describe("artifact", () => {
  it("R40: holds every file a program can reach, what its entries lead to analysed, and no texts for people", ({
    expect,
  }) => {
    const artifact = readArtifact(write(), "p@1.0.0");
    expect([...artifact.files.values()].map(({ path, state }) => [path, state])).toEqual([
      ["a.cjs", "module"],
      ["broken.js", "failed"],
      ["index.js", "module"],
      ["logo.png", "asset"],
      ["package.json", "deferred"],
      ["source.ts", "deferred"],
      ["umd.js", "deferred"],
    ]);
    const index = artifact.files.get("index.js");
    expect(index?.analysis?.requests[0]?.specifier).toBe("./a.cjs");
    expect(index && new TextDecoder().decode(artifact.bytes(index))).toBe(INDEX);
    expect(artifact.manifests[""]).toEqual({ name: "p", version: "1.0.0", type: "module" });
    expect(artifact.header).toEqual(header);
  });

  it("R4: the same archive gives the same bytes, in every runtime", async ({ expect }) => {
    // The digest is the same in Node, workerd and Chromium, which run this file; it changes only with COMPILER_ID.
    expect(await sha256Hex(write())).toMatchInlineSnapshot(
      `"d3f7a170fdd74524698e7ef80a9973fde48a12472013ccb182478a2b82135c4a"`,
    );
    const shuffled = new Map([...files].toReversed());
    expect(writeArtifact(header, compilePackage(shuffled, "p@1.0.0", createLimits()))).toEqual(write());
  });

  it.for([
    ["empty", () => new Uint8Array(0)],
    ["something else", () => new Uint8Array(64).fill(7)],
    ["of another layout", () => patched(4, 9)],
    ["cut off inside the index", () => write().slice(0, 40)],
    ["cut off inside the files", () => write().slice(0, -3)],
    ["with an index length beyond its end", () => patched(10, 255)],
    ["with a damaged index", () => patched(13, 255)],
  ] as const)("an artifact that is %s is refused with a code", ([, make], { expect }) => {
    expect(() => readArtifact(make(), "p@1.0.0")).toThrow(expect.objectContaining({ code: "ERR_ARTIFACT_INVALID" }));
  });

  it("leaves what only a development build asks for unanalysed", ({ expect }) => {
    const guarded = new Map([
      ["package.json", encode('{"name":"p","version":"1.0.0"}')],
      [
        "index.js",
        encode("module.exports = process.env.NODE_ENV === 'production' ? require('./p.js') : require('./d.js');"),
      ],
      ["p.js", encode("exports.a = 1;")],
      ["d.js", encode("exports.a = 2;")],
    ]);
    const { files: compiled } = compilePackage(guarded, "p@1.0.0", createLimits());
    expect(Object.fromEntries(compiled.map(({ path, state }) => [path, state]))).toMatchObject({
      "index.js": "module",
      "p.js": "module",
      "d.js": "deferred",
    });
  });

  it("a package without package.json is refused", ({ expect }) => {
    expect(() => compilePackage(new Map(), "p@1.0.0", createLimits())).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_PACKAGE_CONFIG" }),
    );
  });
});

function patched(offset: number, byte: number): Uint8Array<ArrayBuffer> {
  const bytes = write();
  bytes[offset] = byte;
  return bytes;
}

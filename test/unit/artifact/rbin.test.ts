import { describe, it } from "vitest";
import { emptyRecord } from "../../../src/artifact/module-record.ts";
import { Rbin, RbinIndex, rbinIndexLength } from "../../../src/artifact/read-rbin.ts";
import { rbinDigest, verifyFile } from "../../../src/artifact/verify-rbin.ts";
import { writeRbin } from "../../../src/artifact/write-rbin.ts";
import type { CompiledPackage } from "../../../src/compile/compiled-package.ts";
import { isLoaderError } from "../../../src/errors.ts";
import { assertSound } from "./assert-sound.ts";
import { createRandom, enlarged, type Random, randomPackage } from "./random-package.ts";

const KEY = "p@1.0.0";
const header = {
  package: KEY,
  compiler: "test",
  integrity: "sha512-x",
  archiveSha256: "0".repeat(64),
  archiveSize: 10,
};

const write = (compiled: CompiledPackage): Uint8Array<ArrayBuffer> => writeRbin(header, compiled);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What was written, made of what is read. */
function readAll(rbin: Rbin): CompiledPackage {
  const files = [...rbin.index.files.values()].map((file): CompiledPackage["files"][number] => {
    const { path, state } = file;
    const bytes = rbin.bytes(file).slice();
    if (state === "failed") return { path, state, bytes, error: rbin.index.error(file) };
    if (state !== "module") return { path, state, bytes };
    const record = rbin.record(file);
    return record.format === "wasm" ? { path, state, record, bytes } : { path, state, record };
  });
  return { manifests: rbin.index.manifests, files };
}

describe("an .rbin", () => {
  it("R40: gives back every record as it was written", ({ expect }) => {
    for (let seed = 1; seed <= 200; seed++) {
      const small = randomPackage(createRandom(seed));
      const compiled = seed % 4 === 0 ? enlarged(small) : small;
      const rbin = new Rbin(write(compiled), KEY);
      expect(readAll(rbin), `seed ${seed}`).toStrictEqual(compiled);
      expect(rbin.index.header).toEqual(header);
    }
  });

  it("tells what a module asks for without its code", ({ expect }) => {
    const compiled = randomPackage(createRandom(7));
    const index = new RbinIndex(write(compiled), KEY);
    for (const file of compiled.files) {
      if (file.state !== "module") continue;
      const { path, format, flags, requests } = file.record;
      const found = index.files.get(path);
      expect(found && index.graph(found)).toEqual({ path, format, flags, requests });
    }
  });

  it("R4: the same package gives the same bytes, in every runtime", ({ expect }) => {
    // The digest is the same in Node, workerd and Chromium, which run this file.
    const bytes = write(randomPackage(createRandom(11)));
    expect(rbinDigest(bytes)).toMatchInlineSnapshot(
      `"e85fb672ba9541ea2e5aa2c23f3b8f21e473ade878ffb432e627dfd6ee116dee"`,
    );
  });

  it("keeps a string that UTF-8 cannot hold from damaging its neighbours", ({ expect }) => {
    const record = { ...emptyRecord("a.js", "commonjs"), names: ["\ud83d", "\ude00", "plain"] };
    const bytes = write({ manifests: { "": {} }, files: [{ path: "a.js", state: "module", record }] });
    const rbin = new Rbin(bytes, KEY);
    const file = rbin.index.files.get("a.js");
    expect(file && rbin.record(file).names).toEqual(["\ufffd", "\ufffd", "plain"]);
  });
});

describe("a part of an .rbin", () => {
  const bytes = write(enlarged(randomPackage(createRandom(5))));
  const length = rbinIndexLength(bytes.subarray(0, 28), KEY);
  const index = new RbinIndex(bytes.subarray(0, length), KEY);
  const files = [...index.files.values()];

  it("every file can be fetched alone and proven with the package's one digest", ({ expect }) => {
    expect(index.totalLength).toBe(bytes.length);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) verifyFile(index, file, bytes.slice(file.offset, file.offset + file.length));
  });

  it("other bytes are refused, with both digests", ({ expect }) => {
    const file = files.find((candidate) => candidate.length > 0);
    if (file === undefined) throw new Error("no file with bytes");
    const wrong = bytes.slice(file.offset, file.offset + file.length);
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    const error = { code: "ERR_INTEGRITY_MISMATCH", details: { package: KEY, file: file.path, size: file.length } };
    expect(() => verifyFile(index, file, wrong)).toThrow(expect.objectContaining({ code: error.code }));
    expect(() => verifyFile(index, file, wrong)).toThrow(
      expect.objectContaining({ details: expect.objectContaining(error.details) }),
    );
    expect(() => verifyFile(index, file, wrong.subarray(1))).toThrow(expect.objectContaining({ code: error.code }));
  });

  it("any change of the index changes the package's digest", ({ expect }) => {
    const digest = rbinDigest(bytes, length);
    expect(rbinDigest(bytes.subarray(0, length))).toBe(digest);
    for (let at = 0; at < length; at += 7) {
      const changed = bytes.slice(0, length);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(rbinDigest(changed)).not.toBe(digest);
    }
  });
});

describe("a small .rbin", () => {
  const bytes = write(randomPackage(createRandom(5)));
  const index = new RbinIndex(bytes, KEY);

  it("is its index: the package's digest is that of all its bytes", ({ expect }) => {
    expect(index.length).toBe(bytes.length);
    for (const file of index.files.values()) {
      const found = bytes.slice(file.offset, file.offset + file.length);
      expect(index.bytes(file)).toEqual(found);
      verifyFile(index, file, found);
      expect(() => verifyFile(index, file, new Uint8Array([...found, 0]))).toThrow("Integrity check failed");
    }
  });

  it("is refused when it says that its files are elsewhere", ({ expect }) => {
    const elsewhere = bytes.slice();
    elsewhere.fill(0, 24, 28);
    expect(() => new Rbin(elsewhere, KEY)).toThrow(expect.objectContaining({ code: "ERR_ARTIFACT_INVALID" }));
  });
});

describe("a damaged .rbin", () => {
  it("is refused with a code, or holds nothing that leads outside of it", { timeout: 20_000 }, ({ expect }) => {
    let refused = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const random = createRandom(seed);
      const small = randomPackage(random);
      const damaged = damage(random, write(seed % 3 === 0 ? enlarged(small) : small));
      try {
        const { files } = readAll(new Rbin(damaged, KEY));
        for (const file of files) if (file.state === "module") assertSound(file.record);
      } catch (error) {
        refused++;
        const isCoded = isLoaderError(error) && error.code === "ERR_ARTIFACT_INVALID" && error.details.package === KEY;
        if (!isCoded) throw new Error(`seed ${seed}`, { cause: error });
      }
    }
    expect(refused).toBeGreaterThan(200);
  });

  const bytes = write(randomPackage(createRandom(3)));
  it.for([
    ["empty", new Uint8Array(0)],
    ["something else", new Uint8Array(64).fill(7)],
    ["of another version", patched(bytes, 4, 9)],
    ["cut off inside of its prefix", bytes.slice(0, 20)],
    ["cut off inside of its index", bytes.slice(0, 60)],
    ["cut off inside of its files", bytes.slice(0, -1)],
    ["longer than it says", new Uint8Array([...bytes, 0])],
    ["with a section beyond its end", patched(bytes, 11, 255)],
  ] as const)("is refused when it is %s", ([, damaged], { expect }) => {
    expect(() => new Rbin(damaged, KEY)).toThrow(
      expect.objectContaining({ code: "ERR_ARTIFACT_INVALID", details: expect.objectContaining({ package: KEY }) }),
    );
  });

  it.for([
    ["one path twice", "aa"],
    ["paths out of order", "ba"],
    ["a path that leaves the package", "../a"],
    ["an absolute path", "/a"],
    ["a path with an empty component", "a//b"],
    ["a path of a dot", "a/./b"],
    ["a path of a backslash", "\\"],
    ["a path without a name", ""],
  ] as const)("is refused when it has %s", ([, text], { expect }) => {
    // As many files with names of one letter as there are, or one file: its paths are the end of the index.
    const paths = /^[a-z]+$/.test(text) ? ["x", "y"] : ["x".repeat(text.length)];
    const files = paths.map((path) => ({ path, state: "asset", bytes: new Uint8Array() }) as const);
    const bad = write({ manifests: { "": {} }, files });
    bad.set(encode(text), rbinIndexLength(bad, KEY) - text.length);
    expect(() => new Rbin(bad, KEY)).toThrow(expect.objectContaining({ code: "ERR_ARTIFACT_INVALID" }));
  });
});

function patched(bytes: Uint8Array, offset: number, byte: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  copy[offset] = byte;
  return copy;
}

/** Changes a few bytes, cuts, or repeats; more often in the index than in the files. */
function damage(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { length } = new RbinIndex(bytes, KEY);
  const place = (): number => random(random(4) === 0 ? bytes.length : length);
  const from = place();
  switch (random(8)) {
    case 0:
      return bytes.slice(0, from);
    case 1:
      return new Uint8Array([...bytes.subarray(0, from), ...bytes.subarray(from + 1 + random(8))]);
    case 2:
      return new Uint8Array([...bytes.subarray(0, from), ...bytes.subarray(place(), place()), ...bytes.subarray(from)]);
    default: {
      const copy = bytes.slice();
      for (let left = 1 + random(4); left > 0; left--)
        copy[place()] = [0, 1, 127, 128, 255, random(256)][random(6)] ?? 0;
      return copy;
    }
  }
}

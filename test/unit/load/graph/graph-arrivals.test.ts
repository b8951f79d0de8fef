import { describe, it } from "vitest";
import { compileArchive } from "../../../../src/artifact/compile-archive.ts";
import { fileDigest } from "../../../../src/artifact/file-digest.ts";
import { Rbin, RbinIndex } from "../../../../src/artifact/read-rbin.ts";
import { LoaderError } from "../../../../src/errors.ts";
import type { GraphFrame } from "../../../../src/fetch/graph/graph-format.ts";
import { createLimits } from "../../../../src/limits.ts";
import {
  GraphArrivals,
  heldDigest,
  joinFiles,
  joinWhole,
  readGraphEnd,
  readGraphLock,
} from "../../../../src/load/graph/graph-arrivals.ts";
import { toHex } from "../../../../src/verify/digest.ts";
import { packArchive } from "../../../fixtures/fake-registry.ts";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

/** The frames of one package. */
async function createFrames() {
  // Of a package of that size the index has no contents, but their digests.
  const files = { "index.js": `export const a = 1;`, "b.js": `export const b = 2;`, "big.txt": "x".repeat(100_000) };
  const archive = await packArchive({ manifest: { name: "p", version: "1.0.0", type: "module" }, files });
  const bytes = await compileArchive(archive, "p@1.0.0", createLimits());
  const { index } = new Rbin(bytes, "p@1.0.0");
  const digest = fileDigest(bytes.subarray(0, index.length));
  const found = [...index.files.values()]
    .filter(({ path }) => path.endsWith(".js"))
    .map((file) => ({ file, bytes: bytes.slice(file.offset, file.offset + file.length) }));
  return { index: frame("index", joinWhole(bytes.slice(0, index.length))), digest, files: found };
}

function frame(kind: GraphFrame["kind"], bytes: Uint8Array<ArrayBuffer>): GraphFrame {
  return { kind, bytes };
}

const codeOf = (arrivals: GraphArrivals, taken: GraphFrame): string => refusal(() => arrivals.take(taken));

/** What has come of the package. */
function filesOf(arrivals: GraphArrivals): ReadonlyMap<number, Uint8Array> {
  const { digest = "", index } = arrivals.find("p@1.0.0") ?? {};
  return index === undefined ? new Map<number, Uint8Array>() : arrivals.know(digest, index);
}

/** The code of the error that something is refused with. */
function refusal(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    if (error instanceof LoaderError) return error.code;
    throw error;
  }
}

describe("what arrives of a graph", () => {
  it("R105: is what its digest says, and is named as held from then on", async ({ expect }) => {
    const { index, digest, files } = await createFrames();
    const arrivals = new GraphArrivals();
    arrivals.take(index);
    expect(arrivals.held()).toEqual([heldDigest(toHex(digest))]);
    arrivals.take(frame("files", joinFiles(digest, files)));
    expect(filesOf(arrivals).size).toBe(files.length);
    expect(arrivals.held()).toHaveLength(files.length + 1);
  });

  it("R105: is refused when a bit is wrong, wherever it is, and nothing of it is kept", async ({ expect }) => {
    const { index, digest, files } = await createFrames();
    const good = joinFiles(digest, files);
    for (let at = 0; at < good.length; at++) {
      const changed = good.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const arrivals = new GraphArrivals();
      arrivals.take(index);
      expect(codeOf(arrivals, frame("files", changed))).toMatch(/^ERR_(?:GRAPH_INVALID|INTEGRITY_MISMATCH)$/);
      for (const [place, bytes] of filesOf(arrivals)) {
        const file = files.find((one) => one.file.index === place);
        expect(bytes).toEqual(file?.bytes);
      }
    }
    for (let length = 0; length < good.length; length++) {
      const arrivals = new GraphArrivals();
      arrivals.take(index);
      expect(codeOf(arrivals, frame("files", good.slice(0, length)))).toBe("ERR_GRAPH_INVALID");
    }
  });

  it("R105: is refused with a bit wrong in what says what the rest must be", async ({ expect }) => {
    const { index } = await createFrames();
    for (let at = 0; at < index.bytes.length; at++) {
      const changed = index.bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 32;
      const arrivals = new GraphArrivals();
      expect(codeOf(arrivals, frame("index", changed))).toBe("ERR_INTEGRITY_MISMATCH");
      expect(arrivals.held()).toEqual([]);
    }
  });

  it("is refused as a whole that it is not", async ({ expect }) => {
    const { index, digest, files } = await createFrames();
    const arrivals = new GraphArrivals();
    const own = index.bytes.slice(32);
    expect(codeOf(arrivals, frame("files", joinFiles(digest, files)))).toBe("ERR_GRAPH_INVALID");
    expect(codeOf(arrivals, frame("index", joinWhole(own.slice(0, -1))))).toBe("ERR_ARTIFACT_INVALID");
    expect(codeOf(arrivals, frame("index", joinWhole(new Uint8Array([...own, 0]))))).toBe("ERR_GRAPH_INVALID");
    expect(refusal(() => readGraphLock(joinWhole(bytesOf("version = "))))).toBe("ERR_LOCKFILE_INVALID");
    expect(refusal(() => readGraphLock(joinWhole(bytesOf("{}")).fill(0, 0, 1)))).toBe("ERR_INTEGRITY_MISMATCH");
    expect(refusal(() => readGraphLock(bytesOf("{}")))).toBe("ERR_GRAPH_INVALID");
    for (const end of ["{", "{}", `{"code":"NO","message":"","details":{}}`])
      expect(refusal(() => readGraphEnd(bytesOf(end)))).toBe("ERR_GRAPH_INVALID");
  });

  it("of a package whose index is stored waits for that, and is checked then", async ({ expect }) => {
    const { index, digest, files } = await createFrames();
    const arrivals = new GraphArrivals();
    const own = new RbinIndex(index.bytes.slice(32), "p@1.0.0");
    arrivals.expect([toHex(digest)]);
    arrivals.take(frame("files", joinFiles(digest, files)));
    expect(arrivals.know(toHex(digest), own).size).toBe(files.length);
    const wrong = joinFiles(digest, files);
    wrong[wrong.length - 1] = 0;
    const others = new GraphArrivals();
    others.expect([toHex(digest)]);
    others.take(frame("files", wrong));
    expect(refusal(() => others.know(toHex(digest), own))).toBe("ERR_INTEGRITY_MISMATCH");
  });

  it("ends with the reason why there is no more", ({ expect }) => {
    const error = new LoaderError("ERR_PACKAGE_NOT_FOUND", "none", { package: "p" });
    const end = readGraphEnd(bytesOf(JSON.stringify(error.toJSON())));
    expect(end).toMatchObject({ code: "ERR_PACKAGE_NOT_FOUND", details: { package: "p" } });
    expect(readGraphEnd(new Uint8Array())).toBeUndefined();
  });
});

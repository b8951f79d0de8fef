import { deflateSync } from "fflate";
import { describe, it } from "vitest";
import { LoaderError } from "../../../../src/errors.ts";
import { encodeFramePrefix, encodeGraphPrefix, type FrameKind } from "../../../../src/fetch/graph/graph-format.ts";
import { FrameReader } from "../../../../src/fetch/graph/read-frames.ts";
import { concatenate } from "../../../../src/fetch/read-body.ts";

const LIMIT = 1_000_000;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

const prefix = (kind: FrameKind, isDeflated: boolean, sent: number, length: number): Uint8Array =>
  encodeFramePrefix({ kind, isDeflated, fromUpstream: false, sent, length });

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatenate(
    parts,
    parts.reduce((size, { length }) => size + length, 0),
  );
}

function deflated(kind: FrameKind, text: string, length = bytesOf(text).length): Uint8Array<ArrayBuffer> {
  const sent = deflateSync(bytesOf(text));
  return join(prefix(kind, true, sent.length, length), sent);
}

const plain = (kind: FrameKind, text: string): Uint8Array<ArrayBuffer> =>
  join(prefix(kind, false, bytesOf(text).length, bytesOf(text).length), bytesOf(text));

const LONG = "a module, and another. ".repeat(500);
const ANSWER = join(encodeGraphPrefix(), plain("lock", "{}"), deflated("files", LONG), plain("end", ""));

/** What a reader makes of an answer that comes in pieces of that size. */
function read(bytes: Uint8Array, size = bytes.length || 1, limit = LIMIT) {
  const reader = new FrameReader(limit);
  const frames: [kind: string, text: string][] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const frame of reader.push(bytes.subarray(at, at + size)))
      frames.push([frame.kind, new TextDecoder().decode(frame.bytes)]);
  return { frames, hasEnded: reader.hasEnded };
}

function codeOf(bytes: Uint8Array, limit = LIMIT): string {
  try {
    read(bytes, undefined, limit);
    return "";
  } catch (error) {
    if (error instanceof LoaderError) return error.code;
    throw error;
  }
}

describe("frames of a graph", () => {
  it.each([1, 7, 8, 9, 64, 4096, 100_000])("come as soon as they are whole, in pieces of %i bytes", (size) => {
    const expected = [
      ["lock", "{}"],
      ["files", LONG],
      ["end", ""],
    ];
    const { frames, hasEnded } = read(ANSWER, size);
    if (JSON.stringify(frames) !== JSON.stringify(expected) || !hasEnded) throw new Error(JSON.stringify(frames));
  });

  it("are there before the next has begun", ({ expect }) => {
    const first = join(encodeGraphPrefix(), plain("lock", "{}"));
    expect(read(join(first, deflated("files", LONG).subarray(0, 20)))).toEqual({
      frames: [["lock", "{}"]],
      hasEnded: false,
    });
  });

  it.each<[string, Uint8Array]>([
    ["another magic", join(bytesOf("RBIN"), ANSWER.subarray(4))],
    ["another version", join(ANSWER.subarray(0, 4), new Uint8Array([2, 0, 0, 0]), ANSWER.subarray(8))],
    ["a kind that there is not", join(encodeGraphPrefix(), new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0, 0]))],
    ["an encoding that there is not", join(encodeGraphPrefix(), new Uint8Array([64, 0, 0, 0, 0, 0, 0, 0, 0]))],
    ["a frame that is longer than it says", join(encodeGraphPrefix(), deflated("lock", LONG, 100))],
    ["a frame that is shorter than it says", join(encodeGraphPrefix(), deflated("lock", "{}", 100))],
    ["a plain frame of another length", join(encodeGraphPrefix(), prefix("lock", false, 1, 2), bytesOf("a"))],
    ["nothing that stands for something", join(encodeGraphPrefix(), prefix("lock", true, 0, 5))],
    ["what is not deflated", join(encodeGraphPrefix(), prefix("lock", true, 4, 4), bytesOf("{}{}"))],
    ["something after the end", join(ANSWER, bytesOf("a"))],
  ])("are refused with %s", (_name, bytes) => {
    if (codeOf(bytes) !== "ERR_GRAPH_INVALID") throw new Error(codeOf(bytes));
  });

  it("are refused before there is room for them: more than the limit, more than deflate can make", ({ expect }) => {
    const huge = 0xff_ff_ff_ff;
    expect(codeOf(join(encodeGraphPrefix(), prefix("lock", true, 10, huge)))).toBe("ERR_SIZE_LIMIT");
    expect(codeOf(join(encodeGraphPrefix(), prefix("lock", false, huge, 1)))).toBe("ERR_SIZE_LIMIT");
    expect(codeOf(join(encodeGraphPrefix(), prefix("lock", true, 10, 500_000)))).toBe("ERR_GRAPH_INVALID");
    expect(codeOf(ANSWER, LONG.length)).toBe("ERR_SIZE_LIMIT");
    expect(codeOf(ANSWER, LONG.length + 2)).toBe("");
  });

  it("that were changed anywhere are an error with a code, or other frames, and never anything else", ({ expect }) => {
    let refused = 0;
    for (let at = 0; at < ANSWER.length; at++) {
      for (const bit of [1, 16, 128]) {
        const changed = ANSWER.slice();
        changed[at] = (changed[at] ?? 0) ^ bit;
        if (codeOf(changed) !== "") refused++;
      }
      expect(codeOf(ANSWER.subarray(0, at))).toBe("");
      expect(read(ANSWER.subarray(0, at)).hasEnded).toBe(false);
    }
    expect(refused).toBeGreaterThan(ANSWER.length);
  });
});

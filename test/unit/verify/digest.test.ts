import { afterEach, describe, it, vi } from "vitest";
import { createHasher, digestBytes, type HashAlgorithm, sha256Hex, toHex } from "../../../src/verify/digest.ts";
import nist from "../../fixtures/nist-sha.json" with { type: "json" };

const algorithms: readonly HashAlgorithm[] = ["sha1", "sha256", "sha384", "sha512"];

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe.each(algorithms)("%s", (algorithm) => {
  const vectors = nist.vectors[algorithm].map(({ msg, md }) => ({ message: fromHex(msg), md }));

  it("R120: digests whole buffers as NIST's vectors say", async ({ expect }) => {
    for (const { message, md } of vectors) expect(toHex(await digestBytes(algorithm, message))).toBe(md);
  });

  it("R93: digests a stream as NIST's vectors say, however it is cut", ({ expect }) => {
    for (const { message, md } of vectors) {
      for (const size of [1, 7, 64, 1000]) {
        const hasher = createHasher(algorithm);
        for (let start = 0; start < message.length; start += size) hasher.update(message.subarray(start, start + size));
        expect(toHex(hasher.digest())).toBe(md);
      }
    }
  });
});

describe("sha256Hex", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("M56: gives 64 lower-case hex digits", async ({ expect }) => {
    expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("gives the same where there is no crypto.subtle, as on a page on plain HTTP", async ({ expect }) => {
    vi.stubGlobal("crypto", {});
    expect(await sha256Hex(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("digests a view without the rest of its buffer", async ({ expect }) => {
    const whole = new TextEncoder().encode("xabcx");
    expect(await sha256Hex(whole.subarray(1, 4))).toBe(await sha256Hex(new TextEncoder().encode("abc")));
  });
});

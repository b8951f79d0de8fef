import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { createHasher, type HashAlgorithm } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { createStreamVerifier, verifyBytes } from "../../../src/verify/verify-bytes.ts";

const bytes = new TextEncoder().encode("console.log(1);\n");
const other = new TextEncoder().encode("console.log(2);\n");
const algorithms: readonly HashAlgorithm[] = ["sha1", "sha256", "sha384", "sha512"];

function integrityOf(algorithm: HashAlgorithm, content: Uint8Array): string {
  const hasher = createHasher(algorithm);
  hasher.update(content);
  return formatIntegrity(algorithm, hasher.digest());
}

async function caught(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(algorithms)("bytes under a %s integrity", (algorithm) => {
  it("M55: pass when they are the right ones", async ({ expect }) => {
    await expect(verifyBytes(bytes, integrityOf(algorithm, bytes), {})).resolves.toBeUndefined();
  });

  it("R105: fail with both digests and the size when they are not", async ({ expect }) => {
    const expected = integrityOf(algorithm, other);
    const details = { package: "react@19.3.1", referrer: "/main.tsx:1:8" };
    await expect(verifyBytes(bytes, expected, details)).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      message: 'Integrity check failed for "react@19.3.1"',
      details: { ...details, expected, actual: integrityOf(algorithm, bytes), size: bytes.length },
    });
  });

  it("R93: fail in the same way when they stream", async ({ expect }) => {
    const verifier = createStreamVerifier(integrityOf(algorithm, other), { package: "react@19.3.1" });
    for (const byte of bytes) verifier.update(Uint8Array.of(byte));
    const error = await caught(() => verifier.finish());
    const details = isLoaderError(error) ? error.details : {};
    expect(details).toMatchObject({
      expected: integrityOf(algorithm, other),
      actual: integrityOf(algorithm, bytes),
      size: bytes.length,
    });
  });

  it("are known by their SHA-512 once they have passed", ({ expect }) => {
    const verifier = createStreamVerifier(integrityOf(algorithm, bytes), {});
    verifier.update(bytes);
    expect(verifier.finish()).toBe(integrityOf("sha512", bytes));
  });
});

describe("verifyBytes", () => {
  it.for(Array.from({ length: 16 }, (_, index) => index))(
    "sees a flipped bit in byte %i",
    async (index, { expect }) => {
      const flipped = bytes.slice();
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      const checking = verifyBytes(flipped, integrityOf("sha256", bytes), {});
      await expect(checking).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
    },
  );

  it("fails on bytes that are cut short, or none", async ({ expect }) => {
    const integrity = integrityOf("sha512", bytes);
    for (const part of [bytes.slice(0, -1), new Uint8Array()]) {
      await expect(verifyBytes(part, integrity, {})).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
    }
  });

  it("never passes what it cannot check", async ({ expect }) => {
    await expect(verifyBytes(bytes, "", {})).rejects.toMatchObject({ code: "ERR_INTEGRITY_UNSUPPORTED" });
  });
});

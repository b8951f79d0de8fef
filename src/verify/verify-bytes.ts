import { type ErrorDetails, LoaderError } from "../errors.ts";
import { createHasher, digestBytes } from "./digest.ts";
import { formatIntegrity, parseIntegrity } from "./integrity.ts";

/**
 * Compares a whole buffer with an integrity.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH with `expected`, `actual` and `size` (bytes) added to `details`;
 * ERR_INTEGRITY_UNSUPPORTED when the integrity has no hash that can be checked.
 */
export async function verifyBytes(
  bytes: Uint8Array<ArrayBuffer>,
  integrity: string,
  details: ErrorDetails,
): Promise<void> {
  const { algorithm, digest } = parseIntegrity(integrity, details);
  const actual = formatIntegrity(algorithm, await digestBytes(algorithm, bytes));
  assertSame(`${algorithm}-${digest}`, actual, bytes.length, details);
}

/** Checks bytes that arrive in chunks. */
export interface StreamVerifier {
  update(chunk: Uint8Array): void;
  /**
   * To be called when all is there and before any of it is used. Gives the SHA-512 integrity of what came.
   * @throws LoaderError ERR_INTEGRITY_MISMATCH with `expected`, `actual` and `size`.
   */
  finish(): string;
}

/**
 * Starts checking a stream against an integrity.
 * @throws LoaderError ERR_INTEGRITY_UNSUPPORTED before the first chunk.
 */
export function createStreamVerifier(integrity: string, details: ErrorDetails): StreamVerifier {
  const { algorithm, digest } = parseIntegrity(integrity, details);
  const hasher = createHasher(algorithm);
  // Lockfiles pin SHA-512 even where the registry only knows something weaker.
  const strong = algorithm === "sha512" ? undefined : createHasher("sha512");
  let size = 0;
  return {
    update(chunk) {
      hasher.update(chunk);
      strong?.update(chunk);
      size += chunk.length;
    },
    finish() {
      const actual = formatIntegrity(algorithm, hasher.digest());
      assertSame(`${algorithm}-${digest}`, actual, size, details);
      return strong === undefined ? actual : formatIntegrity("sha512", strong.digest());
    },
  };
}

function assertSame(expected: string, actual: string, size: number, details: ErrorDetails): void {
  if (actual === expected) return;
  const subject = details.package ?? details.specifier ?? details.url ?? "the bytes";
  const message = `Integrity check failed for "${subject}"`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, { ...details, expected, actual, size });
}

import { LoaderError } from "../errors.ts";
import { toHex } from "../verify/digest.ts";
import { fileDigest } from "./file-digest.ts";
import type { RbinFile, RbinIndex } from "./read-rbin.ts";

/**
 * The checksum of a package, 64 hex digits: SHA-256 of the index, which holds the digests of all files. Who knows it can
 * check the index, and with the index any file alone.
 * @param index the index's bytes, or more
 */
export function rbinDigest(index: Uint8Array, length: number = index.length): string {
  return toHex(fileDigest(index.subarray(0, length)));
}

/**
 * Checks bytes that are said to be those of a file.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH
 */
export function verifyFile(index: RbinIndex, file: RbinFile, bytes: Uint8Array): void {
  const expected = toHex(index.digest(file));
  const actual = toHex(fileDigest(bytes));
  if (actual === expected) return;
  const subject = `${index.header.package}/${file.path}`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", `Integrity check failed for "${subject}"`, {
    package: index.header.package,
    file: file.path,
    expected: `sha256:${expected}`,
    actual: `sha256:${actual}`,
    size: bytes.length,
  });
}

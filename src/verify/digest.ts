import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import * as webcrypto from "@noble/hashes/webcrypto.js";

/** Hash functions that an integrity may name. SHA-1 only for packages that the registry knows by nothing better. */
export type HashAlgorithm = "sha1" | "sha256" | "sha384" | "sha512";

/** A digest in the making. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  /** The raw digest of everything so far; the hasher is spent afterwards. */
  digest(): Uint8Array;
}

const HASHES = { sha1, sha256, sha384, sha512 };

/** The same by WebCrypto; noble's front has no SHA-1. */
const WEB_HASHES = { sha1, sha256: webcrypto.sha256, sha384: webcrypto.sha384, sha512: webcrypto.sha512 };

/** Bytes in a digest of `algorithm`. */
export function digestLength(algorithm: HashAlgorithm): number {
  return HASHES[algorithm].outputLen;
}

/** Starts an incremental digest, for bytes that arrive in chunks. */
export function createHasher(algorithm: HashAlgorithm): Hasher {
  const hash = HASHES[algorithm].create();
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
}

/** The raw digest of a whole buffer: by WebCrypto (about ten times faster), in JavaScript where that is missing. */
export async function digestBytes(algorithm: HashAlgorithm, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // A page on plain HTTP has no `crypto.subtle`.
  const hasSubtle = typeof globalThis.crypto?.subtle === "object";
  return hasSubtle ? WEB_HASHES[algorithm](bytes) : HASHES[algorithm](bytes);
}

/** Gives the SHA-256 of a whole buffer, 64 hex digits. */
export type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => string | Promise<string>;

/** SHA-256 of a whole buffer, 64 hex digits. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(await digestBytes("sha256", bytes));
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

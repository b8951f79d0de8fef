import { createHasher } from "../verify/digest.ts";

/** SHA-256, raw. Not by WebCrypto: most files are small, and each call of it would cost more than the hash. */
export function fileDigest(bytes: Uint8Array): Uint8Array {
  const hasher = createHasher("sha256");
  hasher.update(bytes);
  return hasher.digest();
}

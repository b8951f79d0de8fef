import { digestBytes, toHex } from "../../src/verify/digest.ts";
import { encodeText } from "../encode-text.ts";

/** Bytes of a secret that nobody can guess. */
const SECRET_SIZE = 32;

/** A new secret: 43 characters of base64url. */
export function createSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_SIZE));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** A new name for something: 16 hex digits. It is not a secret. */
export function createId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(8)));
}

/** What is kept of a secret: SHA-256, hex. It has 256 bits of chance in it, so nothing slower is needed. */
export async function hashSecret(secret: string): Promise<string> {
  return toHex(await digestBytes("sha256", encodeText(secret)));
}

/** Whether a secret is the one with that hash. Takes the same time wherever they differ, and however long the secret is. */
export async function isSecret(secret: string, hash: string): Promise<boolean> {
  const actual = await hashSecret(secret);
  let difference = actual.length ^ hash.length;
  for (let index = 0; index < actual.length; index += 1)
    difference |= actual.charCodeAt(index) ^ hash.charCodeAt(index % Math.max(1, hash.length));
  return difference === 0;
}

import { type ErrorDetails, LoaderError } from "../errors.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { digestLength, type HashAlgorithm } from "./digest.ts";

/** One hash of a Subresource Integrity string. */
export interface Integrity {
  readonly algorithm: HashAlgorithm;
  /** Base64, padded. */
  readonly digest: string;
}

/** Strongest first. */
const ALGORITHMS: readonly HashAlgorithm[] = ["sha512", "sha384", "sha256", "sha1"];

/**
 * Reads an integrity (`sha512-…`, or several hashes separated by spaces) and gives the strongest hash in it, the first
 * of them if there are several. What is malformed or of an unknown algorithm is passed over, as browsers do; SHA-1 is
 * taken only when nothing stronger is there.
 * @throws LoaderError ERR_INTEGRITY_UNSUPPORTED when no hash is left; `details` go into it.
 */
export function parseIntegrity(text: string, details: ErrorDetails): Integrity {
  const hashes = text.split(/\s+/).flatMap((token) => parseHash(token) ?? []);
  for (const algorithm of ALGORITHMS) {
    const strongest = hashes.find((hash) => hash.algorithm === algorithm);
    if (strongest !== undefined) return strongest;
  }
  const subject = details.package ?? details.specifier ?? details.url;
  const owner = subject === undefined ? "" : ` of "${subject}"`;
  throw new LoaderError(
    "ERR_INTEGRITY_UNSUPPORTED",
    `The integrity "${text}"${owner} has no hash that can be checked (one of ${ALGORITHMS.join(", ")})`,
    { ...details, expected: text },
  );
}

function parseHash(token: string): Integrity | undefined {
  const match = /^(?<name>[a-z0-9]+)-(?<digest>[A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(token);
  const algorithm = ALGORITHMS.find((name) => name === match?.groups?.["name"]);
  if (algorithm === undefined) return undefined;
  const bytes = fromBase64(match?.groups?.["digest"] ?? "");
  if (bytes?.length !== digestLength(algorithm)) return undefined;
  // Written anew: base64 has several spellings of one digest, and digests are compared as text.
  return { algorithm, digest: toBase64(bytes) };
}

/** `sha512-…` from a raw digest. */
export function formatIntegrity(algorithm: HashAlgorithm, digest: Uint8Array): string {
  return `${algorithm}-${toBase64(digest)}`;
}

/**
 * An integrity from a digest in hex, as npm's `dist.shasum` has it.
 * @throws LoaderError ERR_INTEGRITY_UNSUPPORTED when `hex` is not a digest of `algorithm`.
 */
export function integrityFromHex(algorithm: HashAlgorithm, hex: string): string {
  if (hex.length !== digestLength(algorithm) * 2 || !/^[0-9a-f]*$/i.test(hex)) {
    throw new LoaderError("ERR_INTEGRITY_UNSUPPORTED", `"${hex}" is not a ${algorithm} digest in hex`, {
      expected: hex,
    });
  }
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return formatIntegrity(algorithm, bytes);
}

import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** What an author signs: that these bytes are this version. */
export interface SignedSubject {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the archive, SRI. */
  readonly integrity: string;
}

/** An author's signature of a version. */
export interface PackageSignature {
  /** `ed25519:<base64>`, 64 bytes. */
  readonly signature: string;
  /** `ed25519:<base64>`, 32 bytes. */
  readonly publicKey: string;
}

/** An author's own key. */
export interface SigningKey {
  /** `ed25519:<base64>` of the PKCS #8; to be kept secret. */
  readonly privateKey: string;
  /** `ed25519:<base64>`, 32 bytes. */
  readonly publicKey: string;
}

const ALGORITHM = "Ed25519";
const PREFIX = "ed25519:";
const KEY_LENGTH = 32;
const SIGNATURE_LENGTH = 64;

/** A new key. @throws LoaderError ERR_SIGNATURE_UNSUPPORTED */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await withKeys((subtle) => subtle.generateKey(ALGORITHM, true, ["sign", "verify"]));
  if (!("privateKey" in pair)) throw unsupported();
  const exported = new Uint8Array(await withKeys((subtle) => subtle.exportKey("pkcs8", pair.privateKey)));
  return { privateKey: PREFIX + toBase64(exported), publicKey: await publicKeyOf(pair.publicKey) };
}

/**
 * Signs a version.
 * @param key the author's, `SigningKey`
 * @throws LoaderError ERR_SIGNATURE_INVALID for a key that is none, ERR_SIGNATURE_UNSUPPORTED
 */
export async function signPackage(
  subject: SignedSubject,
  { privateKey, publicKey }: SigningKey,
): Promise<PackageSignature> {
  const details = { package: `${subject.name}@${subject.version}` };
  const bytes = readKeyText(privateKey) ?? new Uint8Array();
  const key = await withKeys((subtle) => subtle.importKey("pkcs8", bytes, ALGORITHM, false, ["sign"])).catch(
    (cause: unknown) => {
      if (isLoaderError(cause)) throw cause;
      throw invalid(`The key to sign "${details.package}" with is not one of Ed25519`, details, cause);
    },
  );
  const signature = new Uint8Array(await withKeys((subtle) => subtle.sign(ALGORITHM, key, messageOf(subject))));
  const signed = { signature: PREFIX + toBase64(signature), publicKey };
  await verifySignature(subject, signed);
  return signed;
}

/** @throws LoaderError ERR_SIGNATURE_INVALID, ERR_SIGNATURE_UNSUPPORTED */
export async function verifySignature(
  subject: SignedSubject,
  { signature, publicKey }: PackageSignature,
): Promise<void> {
  const details = { package: `${subject.name}@${subject.version}`, publicKey, actual: signature };
  const [keyBytes, signed] = [readKeyText(publicKey), readKeyText(signature)];
  if (keyBytes?.length !== KEY_LENGTH || signed?.length !== SIGNATURE_LENGTH)
    throw invalid(`The signature of "${details.package}" is not one of Ed25519`, details);
  const verify = withKeys(async (subtle) => {
    const key = await subtle.importKey("raw", keyBytes, ALGORITHM, false, ["verify"]);
    return subtle.verify(ALGORITHM, key, signed, messageOf(subject));
  });
  const isValid = await verify.catch((cause: unknown) => {
    if (isLoaderError(cause)) throw cause;
    // Some runtimes refuse keys that are no point of the curve.
    throw invalid(`The signature of "${details.package}" cannot be checked with its key`, details, cause);
  });
  if (!isValid) throw invalid(`The signature of "${details.package}" is not one of its archive by its key`, details);
}

/** What is signed; a line each, none of which can have a line break in it. */
function messageOf({ name, version, integrity }: SignedSubject): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(`raya package signature 1\n${name}@${version}\n${integrity}\n`));
}

function readKeyText(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.startsWith(PREFIX) ? fromBase64(text.slice(PREFIX.length)) : undefined;
}

async function publicKeyOf(key: CryptoKey): Promise<string> {
  const raw = await withKeys((subtle) => subtle.exportKey("raw", key));
  return PREFIX + toBase64(new Uint8Array(raw));
}

/** A page on plain HTTP has no `crypto.subtle`, and older engines no Ed25519. */
async function withKeys<Result>(use: (subtle: SubtleCrypto) => Promise<Result>): Promise<Result> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) throw unsupported();
  try {
    return await use(subtle);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotSupportedError") throw unsupported(cause);
    throw cause;
  }
}

function unsupported(cause?: unknown): LoaderError {
  return new LoaderError(
    "ERR_SIGNATURE_UNSUPPORTED",
    "This runtime has no Ed25519, so signatures cannot be checked",
    {},
    cause,
  );
}

function invalid(message: string, details: ErrorDetails, cause?: unknown): LoaderError {
  return new LoaderError("ERR_SIGNATURE_INVALID", message, details, cause);
}

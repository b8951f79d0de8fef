import type { RbinHeader } from "../artifact/rbin-format.ts";
import type { RbinIndex } from "../artifact/read-rbin.ts";
import { COMPILER_ID } from "../compile/compile-objects.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { type LockedPackage, lookup, packageId } from "../lock/lock.ts";
import { parseIntegrity } from "../verify/integrity.ts";

/** `name@version`: instances that differ in their peers are made of one archive. */
export function archiveKey({ name, version }: LockedPackage): string {
  return packageId({ name, version });
}

/**
 * What a key leads to must have been made of what the key says, whatever the index claims.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function assertOrigin({ header }: RbinIndex, locked: LockedPackage, key: string): void {
  if (isLockedArchive(header, locked) && header.package === key && header.compiler === COMPILER_ID) return;
  const expected = `${key} ${locked.integrity} ${COMPILER_ID}`;
  const actual = `${header.package} ${header.integrity} ${header.compiler}`;
  const message = `it is the artifact of "${header.package}"`;
  throw new LoaderError("ERR_ARTIFACT_INVALID", message, { package: key, expected, actual });
}

/** Of an algorithm that is not in the header, only who has the archive can tell; then its SHA-256 counts. */
function isLockedArchive(
  { integrity, archiveSha256 }: RbinHeader,
  { checksum, integrity: locked = "" }: LockedPackage,
) {
  const { algorithm, digest } = parseIntegrity(locked, {});
  const known = integrity.split(" ").find((hash) => hash.startsWith(`${algorithm}-`));
  return known === undefined ? checksum === `sha256:${archiveSha256}` : known === `${algorithm}-${digest}`;
}

/**
 * Where the lockfile says what this compiler makes of the archive, nothing else counts.
 * @param digest of the index, 64 hex digits
 * @throws LoaderError ERR_INTEGRITY_MISMATCH
 */
export function assertArtifact(digest: string, { artifacts }: LockedPackage, key: string): void {
  const expected = artifacts && lookup(artifacts, COMPILER_ID);
  const actual = `sha256:${digest}`;
  if (expected === undefined || expected === actual) return;
  const message = `The artifact of "${key}" is not the one that the lockfile pins`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, { package: key, expected, actual });
}

/**
 * The lockfile's checksum is the stronger of the two where the registry knows an archive by its SHA-1 only.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH
 */
export function assertChecksum(
  { archiveSha256, archiveSize }: Pick<RbinHeader, "archiveSha256" | "archiveSize">,
  locked: LockedPackage,
  details: ErrorDetails,
): void {
  const { checksum } = locked;
  if (checksum === undefined || checksum === `sha256:${archiveSha256}`) return;
  const message = `"${archiveKey(locked)}" is not the archive that the lockfile pins`;
  throw new LoaderError("ERR_INTEGRITY_MISMATCH", message, {
    ...details,
    expected: checksum,
    actual: `sha256:${archiveSha256}`,
    size: archiveSize,
    hint: "if the lockfile is right, the registry or the store holds another archive; if the registry is right, clear the lockfile",
  });
}

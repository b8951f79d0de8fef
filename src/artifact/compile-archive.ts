import { COMPILER_ID, compilePackage } from "../compile/compile-objects.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Limits } from "../limits.ts";
import { sha256Hex } from "../verify/digest.ts";
import { writeRbin } from "./write-rbin.ts";

/** Which package version an archive is said to be. */
export interface ArchiveOrigin {
  /** `name@version`. */
  readonly key: string;
  /** SRI that the archive has been checked against. */
  readonly integrity: string;
}

/**
 * The `.rbin` of an archive that has been verified; the same archive gives the same bytes on every platform.
 * @throws LoaderError ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT, ERR_INVALID_PACKAGE_CONFIG
 */
export async function compileArchive(
  archive: Uint8Array<ArrayBuffer>,
  { key, integrity }: ArchiveOrigin,
  limits: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = await unpackArchive(archive, { package: key }, limits);
  const archiveSha256 = await sha256Hex(archive);
  const header = { package: key, compiler: COMPILER_ID, integrity, archiveSha256, archiveSize: archive.length };
  return writeRbin(header, compilePackage(files, key));
}

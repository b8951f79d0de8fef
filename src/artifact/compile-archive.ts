import { COMPILER_ID, compilePackage, isKept } from "../compile/compile-objects.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Limits } from "../limits.ts";
import { digestBytes, sha256Hex } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";
import type { RbinHeader } from "./rbin-format.ts";
import { join, rbinChunks } from "./write-rbin.ts";

/**
 * The `.rbin` of an archive that has been verified. The same archive gives the same bytes, whoever compiles it and whatever
 * their registry says of it.
 * @param key `name@version`
 * @throws LoaderError ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT, ERR_INVALID_PACKAGE_CONFIG
 */
export async function compileArchive(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  limits: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  return join(await compileArchiveToChunks(archive, key, limits));
}

/** The same piece by piece, for where there is no room for the files and a copy of them. */
export async function compileArchiveToChunks(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  limits: Limits,
): Promise<readonly Uint8Array[]> {
  const header = await describeArchive(archive, key);
  const files = await unpackArchive(archive, { package: key }, limits, isKept);
  return rbinChunks(header, compilePackage(files, key));
}

/** All that an archive may be known by: very old versions have nothing but their SHA-1. */
async function describeArchive(archive: Uint8Array<ArrayBuffer>, key: string): Promise<RbinHeader> {
  const sha1 = formatIntegrity("sha1", await digestBytes("sha1", archive));
  const sha512 = formatIntegrity("sha512", await digestBytes("sha512", archive));
  return {
    package: key,
    compiler: COMPILER_ID,
    integrity: `${sha512} ${sha1}`,
    archiveSha256: await sha256Hex(archive),
    archiveSize: archive.length,
  };
}

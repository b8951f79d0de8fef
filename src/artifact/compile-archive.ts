import { encodeSteps, type ModuleMap } from "../compile/code-map.ts";
import { COMPILER_ID, compilePackage, isKept } from "../compile/compile-objects.ts";
import { readOwnMap } from "../compile/own-map.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Limits } from "../limits.ts";
import { digestBytes, sha256Hex } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";
import { writePackageMaps } from "./package-maps.ts";
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

/** An artifact, and what its package's own source maps say of it. */
export interface MappedArtifact {
  readonly artifact: Uint8Array<ArrayBuffer>;
  /** A `PackageMaps`. */
  readonly maps: Uint8Array<ArrayBuffer>;
}

/** The same with the package's source maps of its modules. */
export async function compileArchiveWithMaps(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  limits: Limits,
): Promise<MappedArtifact> {
  const header = await describeArchive(archive, key);
  const files = await unpackArchive(archive, { package: key }, limits, isKeptOrMap);
  const { compiled, maps } = compileWithMaps(files, key);
  return { artifact: join(rbinChunks(header, compiled)), maps };
}

/** The source maps alone: a `PackageMaps`. Of most packages, which have none, nothing is compiled for them. */
export async function compileArchiveMaps(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  limits: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = await unpackArchive(archive, { package: key }, limits, isKeptOrMap);
  return [...files].some(mayHaveMap) ? compileWithMaps(files, key).maps : writePackageMaps(key, new Map());
}

function isKeptOrMap(path: string): boolean {
  return isKept(path) || path.endsWith(".map");
}

function mayHaveMap([path, bytes]: readonly [path: string, bytes: Uint8Array]): boolean {
  return path.endsWith(".map") || new TextDecoder().decode(bytes).includes("sourceMappingURL=data:");
}

function compileWithMaps(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, key: string) {
  const maps = new Map<string, ModuleMap>();
  const compiled = compilePackage(files, key, (written) => {
    const own = readOwnMap(written.path, written.text, files);
    if (own !== undefined) maps.set(written.path, { ...own, steps: encodeSteps(written) });
  });
  return { compiled, maps: writePackageMaps(key, maps) };
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

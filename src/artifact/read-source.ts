import { findSource } from "../compile/own-map.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Limits } from "../limits.ts";

/**
 * The text of a source that maps of a package name: a file of its archive, or what one of the source maps in there says
 * that it was; undefined where there is neither.
 * @param key `name@version`
 * @param path in the package
 * @throws LoaderError ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
 */
export async function readSource(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  path: string,
  limits: Limits,
): Promise<string | undefined> {
  const isWanted = (file: string): boolean => file === path || file.endsWith(".map");
  return findSource(path, await unpackArchive(archive, { package: key }, limits, isWanted));
}

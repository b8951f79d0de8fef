import { Gunzip } from "fflate";
import { unpackTar } from "modern-tar";
import { isLoaderError, LoaderError } from "../errors.ts";
import type { Limits } from "../limits.ts";

/** Compressed bytes given to the decompressor at a time: how far a bomb can get past the limit is a multiple of this. */
const PUSH_SIZE = 64 * 1024;
/** Deflate cannot make more bytes than this of one. */
const DEFLATE_RATIO = 1032;

type ArchiveDetails = { package: string };

/**
 * Unpacks an npm archive (a gzipped tar): its regular files by path inside the package, `dist/index.js`. As npm does, drops the
 * first component of every path, passes over links and devices, and lets the last of several files of one path win.
 * @param isWanted whether to keep the file of that path
 * @throws LoaderError ERR_ARCHIVE_INVALID when it is truncated, corrupt, or names a path outside the package;
 * ERR_SIZE_LIMIT when it has more than `limits.unpackedBytes` or `limits.archiveEntries`.
 */
export async function unpackArchive(
  archive: Uint8Array<ArrayBuffer>,
  details: ArchiveDetails,
  limits: Limits,
  isWanted: (path: string) => boolean = () => true,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const tar = gunzip(archive, details, limits.unpackedBytes);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { header, data } of await readTar(tar, details, limits.archiveEntries, isWanted)) {
    const path = pathInPackage(header.name, details);
    if (data !== undefined && path !== "") files.set(path, data);
  }
  return files;
}

function gunzip(archive: Uint8Array<ArrayBuffer>, details: ArchiveDetails, limit: number): Uint8Array<ArrayBuffer> {
  // One buffer from the start: chunks that are joined in the end take the memory twice.
  let output = new Uint8Array(promisedSize(archive, limit));
  let size = 0;
  const stream = new Gunzip((chunk) => {
    const end = size + chunk.length;
    if (end > limit) throw tooLarge(details, limit, `is larger than ${limit} bytes once unpacked`);
    if (end > output.length) output = enlarged(output, end);
    output.set(chunk, size);
    size = end;
  });
  try {
    for (let start = 0; start < archive.length; start += PUSH_SIZE) {
      const end = start + PUSH_SIZE;
      stream.push(archive.subarray(start, end), end >= archive.length);
    }
  } catch (cause) {
    throw isLoaderError(cause) ? cause : invalid(details, reasonOf(cause), cause);
  }
  return output.subarray(0, size);
}

/** What gzip's last four bytes say; anything may stand there. */
function promisedSize(archive: Uint8Array<ArrayBuffer>, limit: number): number {
  if (archive.length < 4) return 0;
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  return Math.min(view.getUint32(archive.length - 4, true), archive.length * DEFLATE_RATIO, limit);
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.max(size, bytes.length * 2));
  copy.set(bytes);
  return copy;
}

async function readTar(
  tar: Uint8Array<ArrayBuffer>,
  details: ArchiveDetails,
  limit: number,
  isWanted: (path: string) => boolean,
) {
  let entries = 0;
  try {
    return await unpackTar(tar, {
      strict: true,
      filter(header) {
        entries += 1;
        if (entries > limit) throw tooLarge(details, limit, `has more than ${limit} entries`);
        const path = pathInPackage(header.name, details);
        return header.type === "file" && isWanted(path);
      },
    });
  } catch (cause) {
    throw isLoaderError(cause) ? cause : invalid(details, reasonOf(cause), cause);
  }
}

/** Without the first component; empty when nothing is left. */
function pathInPackage(name: string, details: ArchiveDetails): string {
  const components = name.split("/");
  const leaves = components.includes("..") || name.startsWith("/") || components.some((part) => /^[a-z]:/i.test(part));
  if (leaves || /[\\\0]/.test(name)) {
    throw invalid(details, `its entry ${JSON.stringify(name)} is not a path inside the package`);
  }
  return components
    .slice(1)
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function invalid(details: ArchiveDetails, reason: string, cause?: unknown): LoaderError {
  const message = `The archive of "${details.package}" is not valid: ${reason}`;
  return new LoaderError("ERR_ARCHIVE_INVALID", message, { ...details }, cause);
}

function tooLarge(details: ArchiveDetails, limit: number, what: string): LoaderError {
  return new LoaderError("ERR_SIZE_LIMIT", `The archive of "${details.package}" ${what}`, { ...details, limit });
}

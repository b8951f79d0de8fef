import { compileArchive, compileArchiveWithMaps } from "../artifact/compile-archive.ts";
import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Emit, Source } from "../events.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import type { Registry } from "../fetch/registry.ts";
import type { Host } from "../host.ts";
import type { Limits } from "../limits.ts";
import type { LockedPackage } from "../lock/lock.ts";
import type { ContentStore } from "../store/content-store.ts";
import { sha256Hex } from "../verify/digest.ts";
import { archiveKey, assertChecksum } from "./artifact-origin.ts";
import { downloadArtifact } from "./download-artifact.ts";
import { OFFLINE_HINT } from "./offline-errors.ts";
import type { RemoteArchives } from "./remote-archives.ts";

/** What loading packages needs. */
export interface PackageSourceContext {
  readonly host: Pick<Host, "compile">;
  readonly registry: Registry;
  readonly remoteArchives: RemoteArchives;
  readonly store: ContentStore;
  readonly limits: Limits;
  readonly parallel: ParallelLimit;
  readonly emit: Emit;
  now(): number;
}

/** A locked package as it is asked for. */
export type LockedArchive = LockedPackage & { readonly integrity: string };

/** How an artifact is made; the signal is that of all who wait for it. */
interface MakeOptions extends FetchOptions {
  readonly withMaps: boolean;
}

interface FetchOptions {
  readonly referrer: string;
  readonly signal: AbortSignal;
  readonly details: ErrorDetails;
}

export interface MadeArtifact {
  readonly artifact: Uint8Array<ArrayBuffer>;
  /** A `PackageMaps`, where they were asked for. */
  readonly maps: Uint8Array<ArrayBuffer> | undefined;
  readonly source: Source;
}

/**
 * Compiles the archive of a locked package, or has what its registry has compiled.
 * @throws LoaderError of the stages fetch, verify and compile
 */
export async function makeArtifact(
  locked: LockedArchive,
  key: string,
  context: PackageSourceContext,
  options: MakeOptions,
): Promise<MadeArtifact> {
  const { emit, limits } = context;
  // Source maps are made with the compiler.
  const downloaded = options.withMaps ? undefined : await downloadArtifact(locked, key, context, options);
  if (downloaded !== undefined) return { ...downloaded, maps: undefined };
  const { bytes, source } = await fetchVerified(locked, key, context, options);
  const start = context.now();
  emit({ stage: "compile", kind: "start", subject: key });
  const { artifact, maps } = options.withMaps
    ? await compileArchiveWithMaps(bytes, key, limits)
    : { artifact: await (context.host.compile ?? compileArchive)(bytes, key, limits), maps: undefined };
  emit({ stage: "compile", kind: "done", subject: key, bytes: artifact.length, ms: context.now() - start });
  return { artifact, maps, source };
}

/**
 * The archive, which is that of the lockfile.
 * @throws LoaderError of the stages fetch and verify
 */
export async function fetchVerified(
  locked: LockedArchive,
  key: string,
  context: PackageSourceContext,
  options: FetchOptions,
) {
  const archive = await context.parallel(() => fetchArchive(locked, context, options));
  const archiveSha256 = await sha256Hex(archive.bytes);
  assertChecksum({ archiveSha256, archiveSize: archive.bytes.length }, locked, options.details);
  context.emit({ stage: "verify", kind: "done", subject: key, bytes: archive.bytes.length });
  return archive;
}

async function fetchArchive(
  locked: LockedArchive,
  { registry, remoteArchives }: PackageSourceContext,
  { referrer, signal, details }: FetchOptions,
) {
  const { name, version, source, integrity, resolved } = locked;
  if (source.kind === "url" || source.kind === "git") {
    const url = resolved ?? source.url;
    return remoteArchives.archive(url, integrity, { ...details, referrer }, signal);
  }
  // A path of the lockfile is one below the registry, wherever that is.
  const tarball = resolved?.replace(/^\//, "");
  try {
    return await registry.archive({ name, version, integrity, tarball, signal, referrer });
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_FETCH_FAILED") throw error;
    const message = `"${archiveKey(locked)}" is not stored here and the registry cannot be reached`;
    throw new LoaderError(error.code, message, { ...error.details, ...details, hint: OFFLINE_HINT }, error);
  }
}

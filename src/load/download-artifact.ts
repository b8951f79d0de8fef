import { Rbin } from "../artifact/read-rbin.ts";
import { rbinDigest, verifyFile } from "../artifact/verify-rbin.ts";
import { COMPILER_ID } from "../compile/compile-objects.ts";
import type { Emit, Source } from "../events.ts";
import { sourceOf } from "../fetch/fetch-bytes.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import type { Registry } from "../fetch/registry.ts";
import { type LockedPackage, lookup } from "../lock/lock.ts";
import { assertArtifact, assertOrigin } from "./artifact-origin.ts";

/** What downloading an artifact needs. */
interface DownloadContext {
  readonly registry: Registry;
  readonly parallel: ParallelLimit;
  readonly emit: Emit;
}

/** An `.rbin` that somebody else compiled, and that the lock pins. */
export interface DownloadedArtifact {
  readonly artifact: Uint8Array<ArrayBuffer>;
  readonly source: Source;
}

/**
 * The artifact of a package where the lock pins what this compiler makes of it and the registry has that (R93); undefined where it has
 * to be made of the archive.
 * @param key `name@version`
 * @throws LoaderError ERR_INTEGRITY_MISMATCH, ERR_ARTIFACT_INVALID, and what `fetchBytes` throws
 */
export async function downloadArtifact(
  locked: LockedPackage,
  key: string,
  { registry, parallel, emit }: DownloadContext,
  { referrer, signal }: { readonly referrer: string; readonly signal: AbortSignal },
): Promise<DownloadedArtifact | undefined> {
  const { name, version, artifacts = {}, source } = locked;
  if (lookup(artifacts, COMPILER_ID) === undefined || source.kind !== "registry") return undefined;
  const fetched = await parallel(() => registry.artifact({ name, version, compiler: COMPILER_ID, referrer, signal }));
  if (fetched === undefined) return undefined;
  const { bytes, headers } = fetched;
  const { index } = new Rbin(bytes, key);
  assertOrigin(index, locked, key);
  assertArtifact(rbinDigest(bytes, index.length), locked, key);
  for (const file of index.files.values())
    verifyFile(index, file, bytes.subarray(file.offset, file.offset + file.length));
  emit({ stage: "verify", kind: "done", subject: key, bytes: bytes.length });
  return { artifact: bytes, source: sourceOf(headers) };
}

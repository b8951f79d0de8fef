import { type ErrorDetails, isLoaderError } from "../src/errors.ts";
import type { Source } from "../src/events.ts";
import type { StoreRecord } from "../src/store/byte-store.ts";
import { isStoreError, type ObjectCheck } from "../src/store/content-store.ts";
import { sha256Hex } from "../src/verify/digest.ts";
import type { Edge } from "./edge.ts";

/** For so long a copy is served without asking whether it changed, milliseconds. */
export const FRESH_FOR = 60_000;
/** For so long after that it is served while the upstream is asked, where the runtime lets work go on after an answer. */
const SERVED_FOR = 600_000;

/** What is remembered of a copy, beside its bytes. */
export interface CopyMetadata {
  /** When the upstream last said that this is what it has; clock of the edge, milliseconds. */
  readonly fetchedAt: number;
  /** The upstream's own ETag, where it gives one. */
  readonly etag?: string;
  /** Where the bytes were in the end, after redirects. */
  readonly url?: string;
  readonly contentType?: string;
  /** Digest of the bytes before these, which somebody may still be sent to by a record that is a little older. */
  readonly previous?: string;
}

/** A copy of something that may change upstream. */
export interface Copy {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes, 64 hex digits. */
  readonly digest: string;
  readonly metadata: CopyMetadata;
  readonly source: Source;
  /** True when the upstream could not be asked and this is what it had before. */
  readonly stale: boolean;
}

/** A copy as the upstream gives it. */
export interface FetchedCopy {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly metadata: Omit<CopyMetadata, "fetchedAt">;
  readonly source: Source;
}

/** A copy that is in the store. */
export interface StoredCopy {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly record: StoreRecord;
  readonly metadata: CopyMetadata;
}

export interface CopyRequest {
  readonly key: string;
  /** Names the thing in events: a package's name, or a URL. */
  readonly subject: string;
  readonly details: ErrorDetails;
  /** Whether what is stored is what the key means, where that can be told. */
  readonly check?: ObjectCheck;
  /** Gets it from the upstream; undefined when the upstream says that `stored` is still what it has. */
  fetch(stored: StoredCopy | undefined): Promise<FetchedCopy | undefined>;
  /** Whether the bytes belong to this key alone, so that they can be deleted when newer ones replace them. */
  readonly ownBytes: boolean;
}

/**
 * Gives the stored copy while it is fresh, and for a while after that, when the upstream is asked in the background; else
 * asks the upstream first. When the upstream is out of reach, the stored copy is better than nothing, and marked as stale.
 * @throws LoaderError whatever `request.fetch` throws when there is no copy, or when the failure will not pass
 */
export async function loadCopy(edge: Edge, request: CopyRequest): Promise<Copy> {
  const remembered = freshCopy(edge, request.key);
  if (remembered !== undefined) return remembered;
  const { stored, damaged } = await readCopy(edge, request);
  edge.fetching.emit({ stage: "store", kind: stored === undefined ? "miss" : "hit", subject: request.subject });
  if (stored === undefined || ageOf(edge, stored) >= FRESH_FOR + SERVED_FOR)
    return refresh(edge, request, stored, damaged);
  if (ageOf(edge, stored) < FRESH_FOR) return remember(edge, request, ofStored(edge, stored, false));
  if (edge.ports.waitUntil === undefined) return refresh(edge, request, stored, damaged);
  refreshInBackground(edge, request, stored);
  return ofStored(edge, stored, false);
}

/** The copy in memory, if it is fresh. */
export function freshCopy(edge: Edge, key: string): Copy | undefined {
  const remembered = edge.memory.get(key) as Copy | undefined;
  return remembered !== undefined && ageOf(edge, remembered) < FRESH_FOR ? remembered : undefined;
}

function ageOf(edge: Edge, { metadata }: { readonly metadata: CopyMetadata }): number {
  return edge.ports.now() - metadata.fetchedAt;
}

function remember(edge: Edge, { key }: CopyRequest, copy: Copy): Copy {
  edge.memory.set(key, { ...copy, source: edge.ports.source }, copy.bytes.length);
  return copy;
}

function refreshInBackground(edge: Edge, request: CopyRequest, stored: StoredCopy): void {
  const { key, subject } = request;
  // A runtime that ends work before it is done does not say so.
  if (edge.ports.now() - (edge.refreshing.get(key) ?? Number.NEGATIVE_INFINITY) < FRESH_FOR) return;
  edge.refreshing.set(key, edge.ports.now());
  const work = refresh(edge, request, stored, false)
    .catch((error: unknown) => {
      const message = `could not be asked for again: ${error instanceof Error ? error.message : String(error)}`;
      edge.fetching.emit({ stage: "fetch", kind: "warning", subject, message });
    })
    .finally(() => edge.refreshing.delete(key));
  edge.ports.waitUntil?.(work);
}

/** Asks the upstream. */
async function refresh(
  edge: Edge,
  request: CopyRequest,
  stored: StoredCopy | undefined,
  damaged: boolean,
): Promise<Copy> {
  try {
    const fetched = await request.fetch(stored);
    if (fetched !== undefined) return remember(edge, request, await keep(edge, request, fetched, stored, damaged));
  } catch (error) {
    if (stored === undefined || !isLoaderError(error) || !error.retryable) throw error;
    return ofStored(edge, stored, true);
  }
  if (stored === undefined) throw new TypeError(`"${request.subject}" is not stored, and yet not modified`);
  return remember(edge, request, await confirm(edge, request, stored));
}

/** The stored copy, fresh or not. A damaged one is dropped and counts as missing. */
export async function readCopy(
  edge: Edge,
  { key, details, check }: Pick<CopyRequest, "key" | "details" | "check">,
): Promise<{ stored: StoredCopy | undefined; damaged: boolean }> {
  try {
    const object = await edge.store.read(key, details, check);
    if (object === undefined || !isCopyMetadata(object.record.metadata)) return { stored: undefined, damaged: false };
    return { stored: { ...object, metadata: object.record.metadata }, damaged: false };
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    return { stored: undefined, damaged: true };
  }
}

async function keep(
  edge: Edge,
  request: CopyRequest,
  fetched: FetchedCopy,
  replaced: StoredCopy | undefined,
  damaged: boolean,
): Promise<Copy> {
  const { bytes, source } = fetched;
  const { key, subject, ownBytes } = request;
  const digest = await sha256Hex(bytes);
  const isNew = replaced?.record.digest !== digest;
  const previous = isNew ? replaced?.record.digest : replaced?.metadata.previous;
  const metadata = {
    ...fetched.metadata,
    fetchedAt: edge.ports.now(),
    ...(previous === undefined ? {} : { previous }),
  };
  await storeOrWarn(edge, subject, async () => {
    await edge.store.write(key, bytes, metadata);
    if (damaged) edge.fetching.emit({ stage: "store", kind: "heal", subject });
    const dropped = replaced?.metadata.previous;
    if (ownBytes && isNew && dropped !== undefined && dropped !== digest) await edge.ports.bytes.delete(dropped);
  });
  return { bytes, digest, metadata, source, stale: false };
}

/** The upstream has nothing newer: only the record changes. */
async function confirm(edge: Edge, { key, subject }: CopyRequest, stored: StoredCopy): Promise<Copy> {
  const metadata = { ...stored.metadata, fetchedAt: edge.ports.now() };
  await storeOrWarn(edge, subject, () => edge.ports.records.write(key, { ...stored.record, metadata }));
  return ofStored(edge, { ...stored, metadata }, false);
}

/** A stored copy as an answer. */
export function ofStored(edge: Edge, { bytes, record, metadata }: StoredCopy, stale: boolean): Copy {
  return { bytes, digest: record.digest, metadata, source: edge.ports.source, stale };
}

/**
 * Stores what is at hand already: where the store is full, busy, or too small for it, the answer is no worse for it, and
 * the next request fetches again.
 */
async function storeOrWarn(edge: Edge, subject: string, store: () => Promise<unknown>): Promise<void> {
  try {
    await store();
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const message = `used without being stored: ${error.message}`;
    edge.fetching.emit({ stage: "store", kind: "warning", subject, message });
  }
}

function isCopyMetadata(value: unknown): value is CopyMetadata {
  return typeof value === "object" && value !== null && "fetchedAt" in value && typeof value.fetchedAt === "number";
}

import type { ErrorDetails } from "../errors.ts";
import type { Host } from "../host.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { fetchUrlModule, type UrlModule } from "../fetch/fetch-url.ts";
import { validatorsOf } from "../fetch/file-version.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import type { UrlSource } from "../link/link-context.ts";
import type { LockedUrl } from "../lock/lock.ts";
import type { ContentStore, NewObject, StoredObject } from "../store/content-store.ts";
import { verifyBytes } from "../verify/verify-bytes.ts";
import { orHeal } from "./kept-list.ts";
import { notCachedError } from "./offline-errors.ts";
import { urlKey } from "./store-keys.ts";

/** What loading modules by URL needs. */
export interface UrlSourceContext {
  readonly host: Pick<Host, "fetch" | "keepsAnswers">;
  readonly fetchContext: FetchContext;
  readonly store: ContentStore;
  readonly parallel: ParallelLimit;
  /** Prefix for other origins' URLs. */
  readonly proxy?: string | undefined;
  /** The origin that is fetched directly. */
  readonly ownOrigin: string;
}

/** One load's settings. */
export interface UrlLoadOptions {
  readonly referrer: string;
  /** What the lockfile has for it. */
  readonly locked: LockedUrl | undefined;
  /** Whether the lockfile has it under another name than its URL: then it is stored by where it was found. Default false. */
  readonly isNamed?: boolean;
  /** Whether it is not kept: nobody will ask for what it is now. Default false. */
  readonly isLive?: boolean;
  /** What its importer says it is, SRI; the caller checks what comes by the lockfile. */
  readonly integrity?: string | undefined;
  readonly storedOnly: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What was there the last time: its server may say that it still is. */
  readonly copy?: UrlCopy | undefined;
}

/** A module by URL as it is stored. */
export interface UrlCopy {
  readonly lock: LockedUrl;
  readonly object: StoredObject;
}

/** A module by URL, and what the lockfile is to say of it. */
export interface LoadedUrl {
  readonly source: UrlSource;
  readonly lock: LockedUrl;
}

/**
 * Gives a module imported by URL (R14 to R17): what is locked comes from the store or is checked against the lock; what
 * is not locked is fetched anew and trusted this once.
 * @throws LoaderError of the stages fetch, verify and store; ERR_NOT_CACHED
 */
export async function loadUrl(url: string, context: UrlSourceContext, options: UrlLoadOptions): Promise<LoadedUrl> {
  const { locked, storedOnly } = options;
  const details: ErrorDetails = { specifier: url, ...(options.referrer === "" ? {} : { referrer: options.referrer }) };
  if (locked === undefined && storedOnly) throw notCachedError(url, details);
  if (locked === undefined) {
    const fetched = await fetchModule(url, options.integrity, context, options);
    if (fetched.isUnchanged && options.copy !== undefined) return ofCopy(options.copy);
    const { bytes, integrity } = fetched;
    const found = options.isNamed === true ? fetched.url : url;
    if (options.isLive !== true)
      await context.store.keep(urlKey(found, integrity), details, { bytes, metadata: metadataOf(fetched) });
    return { source: fetched, lock: { resolved: fetched.url, integrity: fetched.integrity } };
  }
  const produce = async (signal: AbortSignal): Promise<NewObject> => {
    if (storedOnly) throw notCachedError(url, details);
    const fetched = await fetchModule(url, locked.integrity, context, { ...options, signal });
    return { bytes: fetched.bytes, metadata: metadataOf(fetched) };
  };
  const stored = await context.store.load(urlKey(url, locked.integrity), details, produce, {
    check: ({ bytes }) => verifyBytes(bytes, locked.integrity, details),
    signal: options.signal,
    alone: storedOnly,
  });
  return ofCopy({ lock: locked, object: stored });
}

function ofCopy({ lock, object: { bytes, record } }: UrlCopy): LoadedUrl {
  return { source: { url: lock.resolved, bytes, contentType: contentTypeOf(record.metadata) }, lock };
}

/**
 * What is stored of a locked module by URL; undefined where nothing is, or it is not what is locked.
 * @throws LoaderError ERR_STORE_UNAVAILABLE
 */
export async function readUrlCopy(
  url: string,
  lock: LockedUrl,
  { store, fetchContext }: UrlSourceContext,
): Promise<UrlCopy | undefined> {
  const details: ErrorDetails = { specifier: url };
  const check = ({ bytes }: StoredObject): Promise<void> => verifyBytes(bytes, lock.integrity, details);
  const object = await orHeal(store.read(urlKey(url, lock.integrity), details, check), fetchContext.emit);
  return object && { lock, object };
}

function fetchModule(url: string, integrity: string | undefined, context: UrlSourceContext, options: UrlLoadOptions) {
  const proxy = new URL(url).origin === context.ownOrigin ? undefined : context.proxy;
  const { referrer, signal, copy } = options;
  const validators = copy && validatorsOf(fieldsOf(copy.object.record.metadata));
  return context.parallel(() =>
    fetchUrlModule(context.fetchContext, { url, proxy, integrity, referrer, signal, validators }),
  );
}

/**
 * The text at a URL that is no module of a program.
 * @throws LoaderError what `fetchUrlModule` throws
 */
export async function fetchUrlText(url: string, context: UrlSourceContext, signal?: AbortSignal): Promise<string> {
  const options = { referrer: "", locked: undefined, storedOnly: false, signal };
  return new TextDecoder().decode((await fetchModule(url, undefined, context, options)).bytes);
}

/** Reads a `data:` URL; nothing to verify, its text is its bytes. */
export async function readDataUrl(url: string, host: Pick<Host, "fetch">): Promise<UrlSource> {
  const response = await host.fetch(url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { url, bytes, contentType: response.headers.get("content-type") ?? "" };
}

function metadataOf({ contentType, version }: UrlModule): object {
  return { contentType, ...version };
}

function contentTypeOf(metadata: unknown): string {
  const { contentType } = fieldsOf(metadata);
  return contentType ?? "";
}

/** Storage is not ours alone: what is no text is not there. */
function fieldsOf(metadata: unknown): Partial<Record<"contentType" | "etag" | "lastModified", string>> {
  if (typeof metadata !== "object" || metadata === null) return {};
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => typeof value === "string"));
}

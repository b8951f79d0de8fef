import { isLoaderError } from "../errors.ts";
import type { LockedUrl } from "../lock/lock.ts";
import {
  type LoadedUrl,
  loadUrl,
  readUrlCopy,
  type UrlCopy,
  type UrlLoadOptions,
  type UrlSourceContext,
} from "./load-url.ts";

/**
 * Gives a module by URL that is fetched again when its time is over; the lockfile says when it was fetched. Its server is told what is
 * stored of it, by `etag` or `last-modified`, and need not send it again (M16). While it cannot be
 * fetched, what was there the last time is used, with a `warning`.
 * @throws LoaderError as `loadUrl`
 */
export async function loadCachedUrl(
  url: string,
  context: UrlSourceContext,
  options: UrlLoadOptions & { readonly maxAge: number },
): Promise<LoadedUrl> {
  const { locked, maxAge } = options;
  if (locked !== undefined && isFresh(locked, maxAge)) {
    const found = await loadUrl(url, context, options).catch(unlessChanged);
    if (found !== undefined) return found;
  }
  const copy = locked && (await readAskedCopy(url, locked, context, options));
  try {
    const { source, lock } = await loadUrl(url, context, { ...options, locked: undefined, copy });
    return { source, lock: { ...lock, fetchedAt: new Date().toISOString() } };
  } catch (error) {
    if (locked === undefined || !isLoaderError(error) || !error.retryable) throw error;
    const message = `what was there at ${locked.fetchedAt ?? "some time"} is used: ${error.message}`;
    context.fetchContext.emit({ stage: "fetch", kind: "warning", subject: url, message });
    return loadUrl(url, context, { ...options, storedOnly: true });
  }
}

/** A browser asks so itself, and a header of ours would make it ask first whether it may. What has to have a digest needs its bytes. */
async function readAskedCopy(
  url: string,
  locked: LockedUrl,
  context: UrlSourceContext,
  { integrity }: UrlLoadOptions,
): Promise<UrlCopy | undefined> {
  if (context.host.keepsAnswers === true || integrity !== undefined) return undefined;
  return readUrlCopy(url, locked, context);
}

/** A clock that was set back makes nothing fresh. */
function isFresh({ fetchedAt = "" }: LockedUrl, maxAge: number): boolean {
  const age = Date.now() - Date.parse(fetchedAt);
  return age >= 0 && age < maxAge;
}

/** What is no longer stored may have changed at its place. */
function unlessChanged(error: unknown): undefined {
  if (isLoaderError(error) && error.code === "ERR_INTEGRITY_MISMATCH") return;
  throw error;
}

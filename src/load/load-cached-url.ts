import { isLoaderError } from "../errors.ts";
import type { LockedUrl } from "../lock/lock.ts";
import { type LoadedUrl, loadUrl, type UrlLoadOptions, type UrlSourceContext } from "./load-url.ts";

/**
 * Gives a module by URL that is fetched again when its time is over; the lockfile says when it was fetched. While it cannot be
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
  try {
    const { source, lock } = await loadUrl(url, context, { ...options, locked: undefined });
    return { source, lock: { ...lock, fetchedAt: new Date().toISOString() } };
  } catch (error) {
    if (locked === undefined || !isLoaderError(error) || !error.retryable) throw error;
    const message = `what was there at ${locked.fetchedAt ?? "some time"} is used: ${error.message}`;
    context.fetchContext.emit({ stage: "fetch", kind: "warning", subject: url, message });
    return loadUrl(url, context, { ...options, storedOnly: true });
  }
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

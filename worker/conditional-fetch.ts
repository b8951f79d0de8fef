import type { FetchContext } from "../src/fetch/fetch-bytes.ts";
import type { StoredCopy } from "./load-copy.ts";

/** A context whose fetches ask for what is newer than a stored copy. */
export interface ConditionalContext {
  readonly context: FetchContext;
  /** Whether the last answer was that there is nothing newer. */
  notModified(): boolean;
}

/**
 * Sends the stored copy's ETag along, and answers a 304 with the copy's bytes, as an HTTP cache does: whoever fetches
 * through it never sees one. With a copy in hand there is one attempt only, for it can be served instead.
 */
export function createConditionalFetch(context: FetchContext, stored: StoredCopy | undefined): ConditionalContext {
  if (stored === undefined) return { context, notModified: () => false };
  let notModified = false;
  const { etag } = stored.metadata;
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers);
    if (etag !== undefined) headers.set("if-none-match", etag);
    const response = await context.host.fetch(url, { ...init, headers });
    notModified = etag !== undefined && response.status === 304;
    return notModified ? answerWith(stored, response) : response;
  };
  const once = { ...context, host: { ...context.host, fetch }, limits: { ...context.limits, attempts: 1 } };
  return { context: once, notModified: () => notModified };
}

/** A 304's own length and type, where it has any, say nothing about the copy. */
function answerWith(stored: StoredCopy, notModified: Response): Response {
  const headers = new Headers({ "content-type": stored.metadata.contentType ?? "application/json" });
  const source = notModified.headers.get("raya-source");
  if (source !== null) headers.set("raya-source", source);
  return new Response(stored.bytes, { headers });
}

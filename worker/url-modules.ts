import type { Source } from "../src/events.ts";
import { fetchBytes, type FetchContext, sourceOf } from "../src/fetch/fetch-bytes.ts";
import { sha256Hex } from "../src/verify/digest.ts";
import { createConditionalFetch } from "./conditional-fetch.ts";
import type { Edge } from "./edge.ts";
import { encodeText } from "./encode-text.ts";
import { assertAllowed, followRedirects, parseModuleUrl } from "./follow-redirects.ts";
import { type Copy, type FetchedCopy, loadCopy, type StoredCopy } from "./load-copy.ts";
import { moduleMediaType } from "./module-media-type.ts";
import { createShare } from "./share.ts";

/** URL imports, from the store or from where they are. */
export interface UrlModules {
  /**
   * @throws LoaderError ERR_ORIGIN_NOT_ALLOWED, ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_INVALID_MODULE_SPECIFIER,
   * ERR_UNEXPECTED_TYPE, ERR_TOO_MANY_REDIRECTS, ERR_SIZE_LIMIT, ERR_FETCH_*
   */
  load(href: string): Promise<Copy>;
}

export function createUrlModules(edge: Edge): UrlModules {
  const share = createShare<Copy>(edge.ports);
  return {
    load(href) {
      const url = edge.ports.urlProxy === undefined ? assertAllowed(edge, href) : parseModuleUrl(href);
      return share(url.href, () => loadUrl(edge, url.href));
    },
  };
}

async function loadUrl(edge: Edge, href: string): Promise<Copy> {
  // URLs can be longer than a key may be.
  const key = `url:${await sha256Hex(encodeText(href))}`;
  const { urlProxy } = edge.ports;
  return loadCopy(edge, {
    key,
    subject: href,
    details: { specifier: href, url: href },
    // Two URLs may well have the same bytes: a CDN's stubs for `x` and `x@1`.
    ownBytes: false,
    fetch: (stored) =>
      urlProxy === undefined ? fetchAllowed(edge, href, stored) : fetchThrough(edge, urlProxy, href, stored),
  });
}

/** Fetches from an origin of the allow-list. */
async function fetchAllowed(
  edge: Edge,
  href: string,
  stored: StoredCopy | undefined,
): Promise<FetchedCopy | undefined> {
  let finalUrl = href;
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    const { url: last, response } = await followRedirects(edge, url, init);
    finalUrl = last;
    return response;
  };
  const context = { ...edge.fetching, host: { ...edge.fetching.host, fetch } };
  return fetchModule(context, { href, url: href, stored, finalUrl: () => finalUrl, source: () => "upstream" });
}

/** Fetches through the edge that this app stands before. */
function fetchThrough(
  edge: Edge,
  proxy: string,
  href: string,
  stored: StoredCopy | undefined,
): Promise<FetchedCopy | undefined> {
  const url = proxy + encodeURIComponent(href);
  const finalUrl = (headers: Headers): string => headers.get("raya-resolved") ?? href;
  return fetchModule(edge.fetching, { href, url, stored, finalUrl, source: sourceOf });
}

interface ModuleRequest {
  readonly href: string;
  /** Where to ask for it. */
  readonly url: string;
  readonly stored: StoredCopy | undefined;
  finalUrl(headers: Headers): string;
  source(headers: Headers): Source;
}

async function fetchModule(fetching: FetchContext, request: ModuleRequest): Promise<FetchedCopy | undefined> {
  const conditional = createConditionalFetch(fetching, request.stored);
  const typeOf = (headers: Headers): string => moduleMediaType(request.finalUrl(headers), headers.get("content-type"));
  const { bytes, headers } = await fetchBytes(conditional.context, {
    url: request.url,
    subject: request.href,
    limit: fetching.limits.urlModuleBytes,
    accept: (response) => void typeOf(response.headers),
  });
  if (conditional.notModified()) return undefined;
  const etag = headers.get("etag");
  const metadata = { url: request.finalUrl(headers), contentType: typeOf(headers), ...(etag === null ? {} : { etag }) };
  return { bytes, metadata, source: request.source(headers) };
}

import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import { digestBytes } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";
import { assertMediaType } from "./assert-media-type.ts";
import { type FileVersion, versionOf } from "./file-version.ts";
import { type FetchBytesRequest, type FetchContext, fetchBytes, sourceOf } from "./fetch-bytes.ts";

export interface UrlModuleRequest {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Prefix that the encoded URL is appended to; without it the URL is fetched directly. */
  readonly proxy?: string | undefined;
  /** What the module has to match, SRI; without it the first use is trusted. */
  readonly integrity?: string | undefined;
  readonly referrer?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Headers that ask whether a copy is still what is there (`if-none-match`). */
  readonly validators?: Readonly<Record<string, string>> | undefined;
}

/** A file fetched from a URL. */
export interface UrlModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** After redirects: the module's identity. */
  readonly url: string;
  /** As the server gave it; empty if it gave none. */
  readonly contentType: string;
  /** SHA-256 of the bytes, SRI. */
  readonly integrity: string;
  readonly source: Source;
  readonly version: FileVersion;
  /** Whether the copy that `validators` are of is what is there: then there are no bytes. */
  readonly isUnchanged: boolean;
}

/**
 * Fetches a URL import.
 * @throws LoaderError ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_UNEXPECTED_TYPE for a web page, ERR_FETCH_STATUS (404 included), and
 * what else `fetchBytes` throws.
 */
export async function fetchUrlModule(context: FetchContext, request: UrlModuleRequest): Promise<UrlModule> {
  const { url, proxy, integrity, referrer, signal, validators } = request;
  assertHttp(url, referrer);
  const fetchRequest: FetchBytesRequest = {
    url: proxy === undefined ? url : proxy + encodeURIComponent(url),
    subject: url,
    limit: context.limits.urlModuleBytes,
    accept: (response) => assertMediaType(response, detailsOf(url, referrer)),
    headers: validators,
    conditional: validators !== undefined,
    integrity,
    referrer,
    signal,
  };
  const fetched = await fetchBytes(context, fetchRequest);
  return {
    bytes: fetched.bytes,
    url: proxy === undefined ? fetched.url : (fetched.headers.get("raya-resolved") ?? url),
    contentType: fetched.headers.get("content-type") ?? "",
    integrity: formatIntegrity("sha256", await digestBytes("sha256", fetched.bytes)),
    source: sourceOf(fetched.headers),
    version: versionOf(fetched.headers),
    isUnchanged: fetched.status === 304,
  };
}

function assertHttp(url: string, referrer: string | undefined): void {
  const scheme = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (scheme === "https:" || scheme === "http:") return;
  const message = `"${url}" cannot be imported: only https: and http: URLs can`;
  throw new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, detailsOf(url, referrer));
}

function detailsOf(url: string, referrer: string | undefined): ErrorDetails & { specifier: string } {
  return referrer === undefined ? { specifier: url } : { specifier: url, referrer };
}

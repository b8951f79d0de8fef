import { LoaderError } from "../src/errors.ts";
import type { Edge } from "./edge.ts";
import { isPrivateHost } from "./private-host.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The APIs of forges answer nobody who does not say what they are. */
const USER_AGENT = "raya";

/**
 * Fetches `url` and follows redirects by hand, so that no address is asked before its origin has been checked.
 * Nothing of the visitor's request goes along.
 * @throws LoaderError ERR_ORIGIN_NOT_ALLOWED, ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_INVALID_MODULE_SPECIFIER,
 * ERR_TOO_MANY_REDIRECTS
 */
export async function followRedirects(
  edge: Edge,
  start: string,
  init?: RequestInit,
): Promise<{ url: string; response: Response }> {
  const { redirects } = edge.fetching.limits;
  let url = assertAllowed(edge, start);
  for (let hops = 0; hops <= redirects; hops += 1) {
    const headers = new Headers(init?.headers);
    headers.set("user-agent", USER_AGENT);
    const response = await edge.ports.fetch(url.href, { ...init, headers, redirect: "manual" });
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return { url: url.href, response };
    await response.body?.cancel();
    url = assertAllowed(edge, location, url);
  }
  const message = `"${start}" was redirected more than ${redirects} times`;
  throw new LoaderError("ERR_TOO_MANY_REDIRECTS", message, { specifier: start, url: url.href, limit: redirects });
}

/**
 * Parses a URL that may be fetched: http or https, without a user name, of an origin that the allow-list names. Its
 * fragment is dropped. An operator may list an origin of the own network; nobody on the internet may redirect there.
 */
export function assertAllowed(edge: Edge, text: string, base?: URL): URL {
  const url = parseModuleUrl(text, base);
  const leadsInside = base !== undefined && isPrivateHost(url.hostname) && !isPrivateHost(base.hostname);
  if (edge.ports.allowedOrigins.includes(url.origin) && !leadsInside) return url;
  const from = base === undefined ? "" : `, to which "${base.href}" redirects,`;
  throw new LoaderError(
    "ERR_ORIGIN_NOT_ALLOWED",
    `"${url.href}"${from} is not of an origin that this edge fetches from`,
    {
      specifier: base?.href ?? url.href,
      url: url.href,
      actual: url.origin,
      expected: edge.ports.allowedOrigins.join(" "),
      hint: "add the origin to ALLOWED_ORIGINS, or import the package by its npm name",
    },
  );
}

/** @throws LoaderError ERR_INVALID_MODULE_SPECIFIER, ERR_UNSUPPORTED_ESM_URL_SCHEME */
export function parseModuleUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base);
  if (url === null)
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${text}" is not a URL`, { specifier: text });
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    const message = `"${text}" has a scheme that cannot be fetched`;
    throw new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, { specifier: text, actual: url.protocol });
  }
  if (url.username !== "" || url.password !== "") {
    const message = `A URL import of "${url.host}" carries a user name or password`;
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", message, { specifier: url.host });
  }
  url.hash = "";
  return url;
}

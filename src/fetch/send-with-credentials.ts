import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { Credentials } from "./registries/credentials.ts";
import type { FetchContext } from "./retry.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request that carries credentials. Redirects are followed by hand: every address on the way gets what is meant for
 * its own origin and path, which mostly is nothing.
 * @throws LoaderError ERR_TOO_MANY_REDIRECTS; ERR_UNSUPPORTED_ESM_URL_SCHEME; ERR_REDIRECT_HIDDEN where the platform does not show where a redirect leads,
 * as browsers do not: to let it follow would be to trust it with the token
 */
export async function sendWithCredentials(
  { host, limits }: Pick<FetchContext, "host" | "limits">,
  start: string,
  init: RequestInit,
  credentials: Credentials,
  details: ErrorDetails,
): Promise<Response> {
  let url = start;
  const { method: _method, body: _body, ...got } = init;
  let sent: RequestInit = init;
  for (let hops = 0; hops <= limits.redirects; hops += 1) {
    const headers = new Headers(sent.headers);
    const authorization = credentials.authorize(url);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const response = await host.fetch(url, { ...sent, headers, redirect: "manual" });
    if (response.type === "opaqueredirect") {
      const message = `"${start}" redirects to an address that is not shown`;
      const hint = "load it where redirects can be seen, as in Node or workerd";
      throw new LoaderError("ERR_REDIRECT_HIDDEN", message, { ...details, hint });
    }
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    if (isAnswered(response.status, init.method)) sent = got;
    url = httpUrl(location, url, details);
  }
  const message = `"${start}" was redirected more than ${limits.redirects} times`;
  throw new LoaderError("ERR_TOO_MANY_REDIRECTS", message, { ...details, limit: limits.redirects });
}

/** Whether a redirect leads to the answer, which is got; else the same request is sent there. */
function isAnswered(status: number, method = "GET"): boolean {
  return status === 303 || (method === "POST" && status < 303);
}

/** Where a redirect leads; a platform's own fetch would follow it to these schemes only, too. */
function httpUrl(location: string, from: string, details: ErrorDetails): string {
  const url = new URL(location, from);
  if (url.protocol === "https:" || url.protocol === "http:") return url.href;
  const message = `"${from}" redirects to an address that starts with ${url.protocol}`;
  throw new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, details);
}

import type { Hono } from "hono";
import { NPM_PREFIX } from "./npm.ts";
import { PACKAGES_PREFIX } from "./raya/raya-path.ts";
import { RBIN_PREFIX } from "./rbin.ts";
import { SOURCE_PREFIX } from "./source.ts";

/** What every page may read: public packages, which are the same for everybody. */
const PUBLIC = [NPM_PREFIX, PACKAGES_PREFIX, RBIN_PREFIX, SOURCE_PREFIX];
const SERVICES = `${NPM_PREFIX}-/`;

/** Headers of an answer that pages may read. */
const EXPOSED =
  "etag, content-range, raya-checksum, raya-error, raya-integrity, raya-request, raya-resolved, raya-source, raya-stale";
/** Headers that pages may send. `authorization` is none of them: tokens are for programs, not for other sites' pages. */
const ALLOWED = "if-none-match, range";
/** Seconds for which a browser remembers that it may. */
const PREFLIGHT_LIFE = "86400";

/**
 * Lets pages of other origins read public packages. Nothing else: not what a token gives, not logins or searches, not `/url`, which
 * would make of this edge a proxy for everybody's pages, and nothing that changes anything.
 */
export function mountCrossOrigin(app: Hono): void {
  app.use(async (c, next) => {
    const { pathname } = new URL(c.req.url);
    const isPublic = PUBLIC.some((prefix) => pathname.startsWith(prefix)) && !pathname.startsWith(SERVICES);
    const wanted = c.req.method === "OPTIONS" ? c.req.header("access-control-request-method") : c.req.method;
    if (!isPublic || (wanted !== "GET" && wanted !== "HEAD") || c.req.header("authorization") !== undefined)
      return next();
    if (c.req.method === "OPTIONS") {
      const preflight = { "access-control-allow-headers": ALLOWED, "access-control-allow-methods": "GET, HEAD" };
      return c.body(null, 204, { ...SHARED, ...preflight, "access-control-max-age": PREFLIGHT_LIFE });
    }
    await next();
    for (const [name, value] of Object.entries(SHARED)) c.res.headers.set(name, value);
    return undefined;
  });
}

const SHARED = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": EXPOSED,
  // For pages that are isolated (COEP), as those with SharedArrayBuffer are.
  "cross-origin-resource-policy": "cross-origin",
};

import type { Context, Handler } from "hono";
import { parsePackageRequest } from "../package-request.ts";
import type { Packages } from "../packages.ts";
import { copyHeaders } from "../copy-headers.ts";

export const NPM_PREFIX = "/npm/";

/** What is under an exact version never changes. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** `GET /npm/<name>`: the reduced packument. `GET /npm/<name>/-/<file>.tgz`: the verified archive. */
export function npmRoute(packages: Packages): Handler {
  return async (c) => {
    // Of the URL itself: the router's own idea of the path is decoded.
    const { name, version } = parsePackageRequest(new URL(c.req.url).pathname.slice(NPM_PREFIX.length));
    return version === undefined ? answerPackument(c, packages, name) : answerArchive(c, packages, name, version);
  };
}

async function answerPackument(c: Context, packages: Packages, name: string): Promise<Response> {
  const copy = await packages.packument(name);
  return c.body(copy.bytes, 200, { "content-type": "application/json", ...copyHeaders(copy) });
}

async function answerArchive(c: Context, packages: Packages, name: string, version: string): Promise<Response> {
  const { bytes, digest, integrity, source } = await packages.archive(name, version);
  return c.body(bytes, 200, {
    "content-type": "application/octet-stream",
    "cache-control": IMMUTABLE,
    etag: `"${digest}"`,
    "raya-integrity": integrity,
    "raya-source": source,
  });
}

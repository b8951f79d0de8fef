import type { Handler } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { decodePath } from "../../src/specifier/decode-path.ts";
import type { Edge } from "../edge.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { parseExactPackage } from "../package-request.ts";
import type { Packages } from "../packages.ts";

export const SOURCE_PREFIX = "/~/";

/** `name@version`, or `@scope/name@version`, and a path in it. */
const PATH = /^(?<key>(?:(?:@|%40)[^/]*?\/)?[^/]+)\/(?<path>.+)$/i;

/**
 * `GET /~/<name>@<version>/<path>`: the text of a file of a package, or of a source that its source maps name, for
 * debuggers: they ask the server for what is under a module's URL.
 */
export function sourceRoute({ fetching, ports }: Edge, packages: Packages): Handler {
  return async (c) => {
    // Of the URL itself: the router's own idea of the path is decoded.
    const wanted = new URL(c.req.url).pathname.slice(SOURCE_PREFIX.length);
    const { key = wanted, path: encoded = "" } = PATH.exec(wanted)?.groups ?? {};
    const { name, version } = parseExactPackage(key, "sources are at /~/<name>@<version>/<path>");
    const path = decodePath(encoded);
    const { bytes, source } = await packages.archive(name, version);
    const text = await ports.readSource?.(bytes, `${name}@${version}`, path, fetching.limits);
    if (text === undefined) {
      const message = `"${name}@${version}" has no file "${path}", nor a source map that names it`;
      throw new LoaderError("ERR_MODULE_NOT_FOUND", message, { package: `${name}@${version}` });
    }
    return c.body(text, 200, {
      // To be read, not run: a package's HTML must not become a page of this origin.
      "content-type": "text/plain; charset=utf-8",
      "content-security-policy": "sandbox",
      "cache-control": IMMUTABLE,
      "raya-source": source,
    });
  };
}

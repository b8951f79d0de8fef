import type { Handler } from "hono";
import { LoaderError } from "../../src/errors.ts";
import type { Artifacts } from "../artifacts.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { parseExactPackage } from "../package-request.ts";

export const RBIN_PREFIX = "/rbin/";

/** `GET /rbin/<compiler id>/<name>@<version>`: the package's artifact, gzipped. */
export function rbinRoute(artifacts: Artifacts): Handler {
  return async (c) => {
    // Of the URL itself: the router's own idea of the path is decoded.
    const path = new URL(c.req.url).pathname.slice(RBIN_PREFIX.length);
    const slash = path.indexOf("/");
    const compiler = path.slice(0, Math.max(0, slash));
    if (compiler !== artifacts.compiler) {
      throw new LoaderError("ERR_ROUTE_NOT_FOUND", `This edge has no artifacts of the compiler "${compiler}"`, {
        expected: artifacts.compiler,
        actual: compiler,
      });
    }
    const { name, version } = parseExactPackage(
      path.slice(slash + 1),
      "artifacts are at /rbin/<compiler id>/<name>@<version>",
    );
    const { bytes, digest, integrity, source } = await artifacts.artifact(name, version);
    return new Response(bytes, {
      headers: {
        "content-type": "application/gzip",
        "content-length": String(bytes.length),
        "cache-control": IMMUTABLE,
        etag: `"${digest}"`,
        "raya-integrity": integrity,
        "raya-source": source,
      },
    });
  };
}

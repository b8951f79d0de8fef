import type { Handler } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { copyHeaders } from "../copy-headers.ts";
import type { UrlModules } from "../url-modules.ts";

export const URL_PATH = "/url";

/** `GET /url?href=<encoded URL>`: a URL import of an origin that the allow-list names. */
export function urlRoute(modules: UrlModules): Handler {
  return async (c) => {
    const href = c.req.query("href");
    if (href === undefined) {
      throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${URL_PATH}" has no href`, {
        hint: `ask for ${URL_PATH}?href=<the encoded URL>`,
      });
    }
    const copy = await modules.load(href);
    return c.body(copy.bytes, 200, {
      "content-type": copy.metadata.contentType ?? "application/octet-stream",
      // Somebody else's bytes under our own origin: if one is ever opened as a page, it gets no rights.
      "content-security-policy": "sandbox",
      "raya-resolved": copy.metadata.url ?? href,
      ...copyHeaders(copy),
    });
  };
}

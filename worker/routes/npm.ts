import type { Context, Handler } from "hono";
import { answerEncoded } from "../answer-encoded.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { copyHeaders } from "../copy-headers.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { answerRange } from "../npm/byte-range.ts";
import { mediaTypeOf, selectVersion, wantedForm, withAddress } from "../npm/packument-form.ts";
import { parsePackageRequest } from "../package-request.ts";
import type { PackumentCopy, Packages } from "../packages.ts";

export const NPM_PREFIX = "/npm/";

/**
 * `GET /npm/<name>`: the packument, abbreviated or whole as `Accept` says. `GET /npm/<name>/<version or tag>`: a manifest.
 * `GET /npm/<name>/-/<file>.tgz`: the verified archive.
 */
export function npmRoute(edge: Edge, packages: Packages): Handler {
  return async (c) => {
    // Of the URL itself: the router's own idea of the path is decoded.
    const { name, version, selector } = parsePackageRequest(new URL(c.req.url).pathname.slice(NPM_PREFIX.length));
    if (version !== undefined) return answerArchive(c, packages, name, version);
    const address = npmAddress(edge, c.req.url);
    return selector === undefined
      ? answerPackument(edge, c.req.raw, await packages.packument(name, wantedForm(c.req.header("accept"))), address)
      : answerManifest(edge, await packages.packument(name, "full"), { name, selector, address });
  };
}

/** Where clients reach `/npm/`. */
export function npmAddress(edge: Edge, url: string): string {
  return publicAddress(edge, url) + NPM_PREFIX;
}

/** Origin that clients reach this edge under. */
export function publicAddress({ ports }: Edge, url: string): string {
  return ports.publicOrigin ?? new URL(url).origin;
}

/** Rendered once for each address: what is kept serves every one of them. */
async function answerPackument(edge: Edge, request: Request, copy: PackumentCopy, address: string): Promise<Response> {
  const key = `rendered:${copy.digest} ${address}`;
  const bytes = await edge.recall(key, async () => {
    const value = encodeText(withAddress(new TextDecoder().decode(copy.bytes), address));
    return { value, size: value.length };
  });
  const headers = { "content-type": mediaTypeOf(copy.form), vary: "accept", ...copyHeaders(copy) };
  return answerEncoded(edge, request, bytes, copy.digest, headers, key);
}

interface WantedManifest {
  readonly name: string;
  readonly selector: string;
  readonly address: string;
}

/** Parsed once for each version that is asked for: one packument, many manifests. */
async function answerManifest(
  edge: Edge,
  copy: PackumentCopy,
  { name, selector, address }: WantedManifest,
): Promise<Response> {
  const { version, bytes } = await edge.recall(`manifest:${copy.digest} ${selector} ${address}`, async () => {
    const found = selectVersion(JSON.parse(new TextDecoder().decode(copy.bytes)), name, selector);
    const text = encodeText(withAddress(JSON.stringify(found.manifest), address));
    return { value: { version: found.version, bytes: text }, size: text.length };
  });
  return new Response(bytes, {
    headers: { ...copyHeaders(copy), "content-type": "application/json", etag: `"${copy.digest}-${version}"` },
  });
}

async function answerArchive(c: Context, packages: Packages, name: string, version: string): Promise<Response> {
  const { bytes, digest, integrity, source } = await packages.archive(name, version);
  return answerRange(c.req.raw, bytes, {
    "content-type": "application/octet-stream",
    "cache-control": IMMUTABLE,
    etag: `"${digest}"`,
    "raya-integrity": integrity,
    "raya-source": source,
  });
}

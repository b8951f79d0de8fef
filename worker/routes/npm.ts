import type { Context, Handler } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { answerEncoded } from "../answer-encoded.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { copyHeaders } from "../copy-headers.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { answerRange } from "../npm/byte-range.ts";
import { mediaTypeOf, readManifest, wantedForm, withAddress } from "../npm/packument-form.ts";
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
      : answerManifest(await packages.packument(name, "full"), { name, selector, address });
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

function answerManifest(copy: PackumentCopy, { name, selector, address }: WantedManifest): Response {
  const tags: unknown = JSON.parse(new TextDecoder().decode(copy.bytes))["dist-tags"];
  const tagged = typeof tags === "object" && tags !== null && Object.hasOwn(tags, selector);
  const version = tagged ? String(Reflect.get(tags, selector)) : selector;
  const manifest = readManifest(copy.bytes, version);
  if (manifest === undefined) {
    const message = `"${name}" has no version or tag ${selector}`;
    throw new LoaderError("ERR_VERSION_NOT_FOUND", message, { package: name, specifier: `${name}@${selector}` });
  }
  return new Response(withAddress(JSON.stringify(manifest), address), {
    // One packument, many manifests.
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

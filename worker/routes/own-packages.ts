import type { Context, Hono } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { reducePackument } from "../../src/fetch/registry.ts";
import type { Access } from "../access/access.ts";
import type { Edge } from "../edge.ts";
import { answerRange } from "../npm/byte-range.ts";
import { mediaTypeOf, selectVersion, toForm, wantedForm, withAddress } from "../npm/packument-form.ts";
import { type PackageRequest, parsePackageRequest } from "../package-request.ts";
import { isPrivate } from "../packages.ts";
import { readJson } from "../read-request.ts";
import type { OwnPackages } from "../registry/own-packages.ts";
import { publisherOf } from "../registry/add-version.ts";
import { isPublication, readPublication } from "../registry/publish-document.ts";
import { withoutYanked } from "../registry/yanked-versions.ts";
import { NPM_PREFIX, npmAddress } from "./npm.ts";

/** Most bytes of a publication, which has the archive in base64: 24 MB of it. An isolate has 128 MB for everything. */
const PUBLISH_LIMIT = 32 * 1024 * 1024;
/** `npm unpublish` changes and deletes by revision. */
const REVISION = /\/-rev\/[^/]*$/;
/** Nobody but who asked may have it, and not without asking. */
const PRIVATE = { "cache-control": "private, no-cache", vary: "accept, authorization" };
const PRIVATE_FOREVER = { "cache-control": "private, max-age=31536000, immutable", vary: "authorization" };

/** What private packages need. */
export interface OwnPackagesPorts {
  readonly access: Access;
  readonly own: OwnPackages;
}

/** Packages of this edge's own scopes: read, published, deprecated and tagged; never asked of the upstream, never taken back. */
export function mountOwnPackages(app: Hono, edge: Edge, ports: OwnPackagesPorts): void {
  app.all(`${NPM_PREFIX}*`, async (c, next) => {
    const { method } = c.req;
    const path = pathOf(c);
    if (/^-\/(?!-\/)/.test(path) || method === "POST" || method === "PATCH" || method === "OPTIONS") return next();
    if (method === "DELETE" || REVISION.test(path)) throw unpublishRefused(path);
    const request = parsePackageRequest(path);
    if (method === "PUT") return change(c, edge, ports, request.name);
    return isPrivate(edge.ports, request.name) ? answer(c, edge, ports, request) : next();
  });
}

async function answer(
  c: Context,
  edge: Edge,
  { access, own }: OwnPackagesPorts,
  request: PackageRequest,
): Promise<Response> {
  const { name, version, selector } = request;
  await access.require(c.req.raw, "read", name);
  if (version !== undefined) {
    const { bytes, integrity } = await own.archive(name, version);
    const headers = { ...PRIVATE_FOREVER, etag: `"${integrity}"`, "raya-integrity": integrity, "raya-source": "edge" };
    return answerRange(c.req.raw, bytes, { ...headers, "content-type": "application/octet-stream" });
  }
  const { document: whole, etag } = await own.read(name);
  const document = withoutYanked(whole);
  const form = selector === undefined ? wantedForm(c.req.header("accept")) : "full";
  const packument = toForm(document, reducePackument(document, name), form, 0);
  const shown =
    selector === undefined ? withRevision(packument, form, etag) : selectVersion(packument, name, selector).manifest;
  return new Response(withAddress(JSON.stringify(shown), npmAddress(edge, c.req.url)), {
    headers: {
      ...PRIVATE,
      "content-type": selector === undefined ? mediaTypeOf(form) : "application/json",
      etag: `"${etag}-${selector ?? form}"`,
      "raya-source": "edge",
    },
  });
}

/** CouchDB's fields, which `npm deprecate` and the like expect of a whole document. */
function withRevision(packument: object, form: string, etag: string): object {
  return form === "full" && "name" in packument ? { _id: packument.name, _rev: `1-${etag}`, ...packument } : packument;
}

/** `PUT /npm/<name>`: a version that is published, or a document whose deprecations have changed. */
async function change(c: Context, edge: Edge, { access, own }: OwnPackagesPorts, name: string): Promise<Response> {
  assertOwn(edge, name);
  const publisher = publisherOf(await access.require(c.req.raw, "publish", name));
  const document = await readJson(c.req.raw, PUBLISH_LIMIT);
  if (isPublication(document))
    await own.publish(await readPublication(document, name, edge.fetching.limits), publisher);
  else await own.deprecate(name, deprecations(document, name));
  return c.json({ ok: true, success: true, id: name }, 201, { "cache-control": "no-store" });
}

function deprecations(document: unknown, name: string): Record<string, string> {
  const { versions }: Readonly<Record<string, unknown>> = { ...(document as object | null) };
  if (typeof versions !== "object" || versions === null)
    throw new LoaderError("ERR_PUBLISH_INVALID", `What is sent for "${name}" has neither an archive nor versions`);
  return Object.fromEntries(
    Object.entries(versions).map(([version, manifest]) => {
      const { deprecated }: Readonly<Record<string, unknown>> = { ...manifest };
      return [version, typeof deprecated === "string" ? deprecated : ""];
    }),
  );
}

/** @throws LoaderError ERR_FORBIDDEN for a package of a scope that is not this edge's */
export function assertOwn({ ports }: Edge, name: string): void {
  if (isPrivate(ports, name)) return;
  const scopes = (ports.privateScopes ?? []).join(", ") || "none";
  throw new LoaderError("ERR_FORBIDDEN", `"${name}" cannot be published here`, {
    package: name,
    hint: `scopes that are published here: ${scopes}`,
  });
}

function unpublishRefused(path: string): LoaderError {
  const name = path.replace(/\/-(?:rev)?\/.*$/, "").replace(/%2f/i, "/");
  return new LoaderError("ERR_UNPUBLISH_REFUSED", `What has been published of "${name}" stays`, {
    package: name,
    expected: "GET, HEAD, PUT",
    hint: "deprecate it: npm deprecate",
  });
}

/** Of the URL itself: the router's own idea of the path is decoded. */
export function pathOf(c: Context): string {
  return new URL(c.req.url).pathname.slice(NPM_PREFIX.length);
}

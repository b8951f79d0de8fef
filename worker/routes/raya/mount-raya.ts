import type { Context, Hono } from "hono";
import type { Access } from "../../access/access.ts";
import type { Edge } from "../../edge.ts";
import { mountPost, noSuchMethod } from "../../mount-post.ts";
import { isPrivate } from "../../packages.ts";
import type { OwnPackages } from "../../registry/own-packages.ts";
import type { FindPackages } from "../../registry/search-packages.ts";
import type { ServedPackages } from "../../registry/served-packages.ts";
import { changeTags, deprecateVersion, yankVersion } from "./raya-changes.ts";
import { downloadVersion } from "./raya-download.ts";
import { PACKAGES_PREFIX, parseRayaPath, type RayaPath } from "./raya-path.ts";
import { publishPackage } from "./raya-publish.ts";
import { readPackage, readTags, readVersion } from "./raya-read.ts";
import { searchPackages } from "./raya-search.ts";

/** What the Raya protocol needs. */
export interface RayaPorts {
  readonly access: Access;
  readonly own: OwnPackages;
  readonly ownServed: ServedPackages;
  readonly publicServed: ServedPackages;
  readonly search: FindPackages;
}

/** One request about a package. */
export interface RayaRequest {
  readonly c: Context;
  readonly edge: Edge;
  /** Where the package comes from; who asks may read it. */
  readonly served: ServedPackages;
}

/** The Raya registry protocol: `/packages/…`, `/search` and `/publish`. */
export function mountRaya(app: Hono, edge: Edge, ports: RayaPorts): void {
  mountPost(app, "/publish", (c) => publishPackage(c, edge, ports));
  app.get("/search", (c) => searchPackages(c, ports.search));
  app.all(`${PACKAGES_PREFIX}*`, async (c) => {
    // Of the URL itself: the router's own idea of the path is decoded.
    const path = parseRayaPath(new URL(c.req.url).pathname.slice(PACKAGES_PREFIX.length));
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    return isRead ? read(c, edge, ports, path) : change(c, edge, ports, path);
  });
}

async function read(c: Context, edge: Edge, ports: RayaPorts, path: RayaPath): Promise<Response> {
  const isOwn = isPrivate(edge.ports, path.name);
  if (isOwn) await ports.access.require(c.req.raw, "read", path.name);
  const request = { c, edge, served: isOwn ? ports.ownServed : ports.publicServed };
  if (path.kind === "package") return readPackage(request, path.name);
  if (path.kind === "tags" && path.tag === undefined) return readTags(request, path.name);
  if (path.kind === "version" && path.action === undefined) return readVersion(request, path);
  if (path.kind === "version" && path.action === "download") return downloadVersion(request, path);
  throw noSuchMethod(c.req.method, "PUT, DELETE");
}

async function change(c: Context, edge: Edge, ports: RayaPorts, path: RayaPath): Promise<Response> {
  const { method } = c.req;
  const isChange = method === "PUT" || method === "DELETE";
  if (isChange && path.kind === "tags" && path.tag !== undefined) {
    const { name, tag } = path;
    return changeTags(c, edge, ports, { name, tag });
  }
  if (isChange && path.kind === "version" && path.action === "yank") return yankVersion(c, edge, ports, path);
  if (isChange && path.kind === "version" && path.action === "deprecation")
    return deprecateVersion(c, edge, ports, path);
  throw noSuchMethod(method, "GET, HEAD");
}

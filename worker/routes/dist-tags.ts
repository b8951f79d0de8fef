import type { Context, Hono } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { reducePackument } from "../../src/fetch/registry.ts";
import type { Edge } from "../edge.ts";
import { noSuchMethod } from "../mount-post.ts";
import { readPackageName } from "../package-request.ts";
import { isPrivate, type Packages } from "../packages.ts";
import { readJson } from "../read-request.ts";
import { assertTag } from "../registry/publish-document.ts";
import { withoutYanked } from "../registry/yanked-versions.ts";
import { NPM_PREFIX } from "./npm.ts";
import { assertOwn, type OwnPackagesPorts, pathOf } from "./own-packages.ts";

/** Most bytes of a version that a tag is set to. */
const BODY_LIMIT = 1024;
const TAGS = /^-\/package\/(?<name>[^/]+(?:\/[^/]+)?)\/dist-tags(?:\/(?<tag>[^/]+))?$/;

/** `npm dist-tag`: `-/package/<name>/dist-tags`, and one of them below that. Public packages have theirs from the upstream. */
export function mountDistTags(app: Hono, edge: Edge, packages: Packages, ports: OwnPackagesPorts): void {
  app.all(`${NPM_PREFIX}-/package/*`, async (c, next) => {
    const { name: encoded, tag } = TAGS.exec(pathOf(c))?.groups ?? {};
    if (encoded === undefined) return next();
    const name = readPackageName(encoded);
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    if (!isRead) return changeTag(c, edge, ports, name, tag);
    if (isPrivate(edge.ports, name)) await ports.access.require(c.req.raw, "read", name);
    const tags = isPrivate(edge.ports, name)
      ? withoutYanked((await ports.own.read(name)).document)["dist-tags"]
      : await publicTags(packages, name);
    return c.json(tags, 200, { "cache-control": "private, no-cache", vary: "authorization" });
  });
}

async function publicTags(packages: Packages, name: string): Promise<Readonly<Record<string, string>>> {
  const { bytes } = await packages.packument(name);
  return reducePackument(JSON.parse(new TextDecoder().decode(bytes)), name)["dist-tags"];
}

async function changeTag(
  c: Context,
  edge: Edge,
  { access, own }: OwnPackagesPorts,
  name: string,
  tag: string | undefined,
): Promise<Response> {
  const { method } = c.req;
  if (tag === undefined || !["PUT", "POST", "DELETE"].includes(method))
    throw noSuchMethod(method, tag === undefined ? "GET, HEAD" : "GET, HEAD, PUT, POST, DELETE");
  assertOwn(edge, name);
  await access.require(c.req.raw, "publish", name);
  const version = method === "DELETE" ? undefined : await readJson(c.req.raw, BODY_LIMIT);
  if (version !== undefined && typeof version !== "string")
    throw new LoaderError("ERR_REQUEST_INVALID", "A tag is set to a version, as a JSON string", { package: name });
  await own.tag(name, assertTag(tag, name), version);
  return c.json({ ok: true, id: name }, 201, { "cache-control": "no-store" });
}

import type { Context } from "hono";
import { LoaderError } from "../../../src/errors.ts";
import type { Edge } from "../../edge.ts";
import { readJson } from "../../read-request.ts";
import { assertTag } from "../../registry/publish-document.ts";
import { assertOwn } from "../own-packages.ts";
import type { RayaPorts } from "./mount-raya.ts";

/** Most bytes of what a change says. */
const BODY_LIMIT = 16 * 1024;
/** Most characters of a reason. */
const REASON_LIMIT = 2000;

interface ChangedVersion {
  readonly name: string;
  readonly version: string;
}

/** `PUT /packages/<name>/tags/<tag>` with `{ "version" }`, `DELETE` of it. */
export async function changeTags(
  c: Context,
  edge: Edge,
  ports: RayaPorts,
  { name, tag }: { readonly name: string; readonly tag: string },
): Promise<Response> {
  const { version } = await readChange(c, edge, ports, name);
  if (c.req.method === "PUT" && typeof version !== "string")
    throw new LoaderError("ERR_REQUEST_INVALID", 'A tag is set with { "version" }', { package: name });
  const target = c.req.method === "PUT" ? String(version) : undefined;
  await ports.own.tag(name, assertTag(tag, name), target);
  return done(c, { name, tag, ...(target === undefined ? {} : { version: target }) });
}

/** `PUT /packages/<name>/<version>/yank`, with `{ "reason" }` or nothing; `DELETE` takes it back. */
export async function yankVersion(c: Context, edge: Edge, ports: RayaPorts, wanted: ChangedVersion): Promise<Response> {
  const { name, version } = wanted;
  const { reason } = await readChange(c, edge, ports, name);
  const yanked = c.req.method === "PUT" ? readText(reason ?? "", name) : undefined;
  await ports.own.yank(name, version, yanked);
  return done(c, { name, version, ...(yanked === undefined ? {} : { yanked }) });
}

/** `PUT /packages/<name>/<version>/deprecation` with `{ "message" }`; `DELETE` takes it back. */
export async function deprecateVersion(
  c: Context,
  edge: Edge,
  ports: RayaPorts,
  { name, version }: ChangedVersion,
): Promise<Response> {
  const { message } = await readChange(c, edge, ports, name);
  const deprecated = c.req.method === "PUT" ? readText(message, name) : "";
  if (c.req.method === "PUT" && deprecated === "")
    throw new LoaderError("ERR_REQUEST_INVALID", 'A version is deprecated with { "message" }', { package: name });
  await ports.own.deprecate(name, { [version]: deprecated });
  return done(c, { name, version, ...(deprecated === "" ? {} : { deprecated }) });
}

/** What a change of an own package says, by somebody who may make it. */
async function readChange(c: Context, edge: Edge, { access }: RayaPorts, name: string) {
  assertOwn(edge, name);
  await access.require(c.req.raw, "publish", name);
  const hasBody = c.req.method === "PUT" && c.req.raw.body !== null;
  const body: unknown = hasBody ? await readJson(c.req.raw, BODY_LIMIT) : {};
  if (typeof body === "object" && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>;
  throw new LoaderError("ERR_REQUEST_INVALID", "A change is said in an object", { package: name });
}

function readText(value: unknown, name: string): string {
  if (typeof value === "string" && value.length <= REASON_LIMIT) return value;
  const message = `A reason is a text of at most ${REASON_LIMIT} characters`;
  throw new LoaderError("ERR_REQUEST_INVALID", message, { package: name, limit: REASON_LIMIT });
}

function done(c: Context, changed: Readonly<Record<string, string>>): Response {
  return c.json(changed, 200, { "cache-control": "no-store" });
}

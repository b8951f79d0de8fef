import type { Hono } from "hono";
import { isLoaderError, LoaderError } from "../../src/errors.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { mountPost } from "../mount-post.ts";
import { askUpstream } from "../npm/ask-upstream.ts";
import { isPrivate } from "../packages.ts";
import { readJson } from "../read-request.ts";
import type { FindPackages } from "../registry/search-packages.ts";
import { NPM_PREFIX } from "./npm.ts";

const SERVICES = `${NPM_PREFIX}-/`;
/** Most bytes of what is asked about. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** Levels of a dependency tree that is asked about. */
const DEPTH_LIMIT = 200;

/** The keys that an upstream signs versions with, and where versions were built: `npm audit signatures`. */
const KEYS = "npm/v1/keys";
const ATTESTATIONS = "npm/v1/attestations/";
const ATTESTED = /^(?<name>(?:@[\w.~-]+\/)?[\w.~-]+)@[\w.+-]+$/;

/** `ping`, search and audit: the upstream's, together with what is published here. */
export function mountServices(app: Hono, edge: Edge, search: FindPackages): void {
  app.get(`${SERVICES}ping`, () => json({}));
  app.get(`${SERVICES}v1/search`, async (c) => json(await search(new URL(c.req.url).searchParams, c.req.raw)));
  app.get(SERVICES + KEYS, async () => json(await signer(edge, KEYS)));
  app.get(`${SERVICES}${ATTESTATIONS}*`, async (c) => {
    const spec = new URL(c.req.url).pathname.slice(`${SERVICES}${ATTESTATIONS}`.length);
    const { name } = ATTESTED.exec(decodeURIComponent(spec))?.groups ?? {};
    if (name === undefined || isPrivate(edge.ports, name)) throw nothingThere(spec);
    return json(await signer(edge, ATTESTATIONS + spec));
  });
  for (const path of ["advisories/bulk", "audits", "audits/quick"]) {
    const service = `npm/v1/security/${path}`;
    mountPost(app, SERVICES + service, async (c) => json(await audit(edge, service, c.req.raw)));
  }
}

async function audit(edge: Edge, service: string, request: Request): Promise<unknown> {
  const asked = await readJson(request, BODY_LIMIT);
  return askUpstream(edge, service, JSON.stringify(withoutPrivate(edge, asked, 0)));
}

/** What only who has signed a version can say; npm takes a 404 for a registry that signs nothing. */
async function signer(edge: Edge, service: string): Promise<unknown> {
  try {
    return await askUpstream(edge, service);
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_UPSTREAM_UNSUPPORTED") throw error;
    throw nothingThere(service);
  }
}

function nothingThere(what: string): LoaderError {
  return new LoaderError("ERR_ROUTE_NOT_FOUND", `The upstream registry has nothing signed at "${what}"`, {
    specifier: what,
  });
}

/** What private packages are called, and which are used, is nobody else's business; the upstream knows nothing of them anyway. */
function withoutPrivate(edge: Edge, value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH_LIMIT) throw new LoaderError("ERR_REQUEST_INVALID", "The dependency tree is too deep");
  if (Array.isArray(value)) return value.map((item) => withoutPrivate(edge, item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isPrivate(edge.ports, name))
      .map(([name, item]) => [name, withoutPrivate(edge, item, depth + 1)]),
  );
}

function json(value: unknown): Response {
  return new Response(encodeText(JSON.stringify(value)), {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

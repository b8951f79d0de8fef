import type { Hono } from "hono";
import { isLoaderError, LoaderError } from "../../src/errors.ts";
import { fetchBytes } from "../../src/fetch/fetch-bytes.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { isPrivate, registryBase } from "../packages.ts";
import { readJson } from "../read-request.ts";
import type { PackageSummary } from "../registry/package-summary.ts";
import { NPM_PREFIX } from "./npm.ts";

const SERVICES = `${NPM_PREFIX}-/`;
/** Most bytes of what is asked about, and of the answer. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** Levels of a dependency tree that is asked about. */
const DEPTH_LIMIT = 200;
/** What of a search goes upstream, in this order, whatever else the query has. */
const SEARCH_PARAMETERS = ["text", "size", "from", "quality", "popularity", "maintenance"];
/** Statuses of a registry that does not know what it is asked for. */
const UNSUPPORTED = new Set([404, 405, 501]);

/** Own packages that the sender of a request may know of. */
export type FindOwn = (request: Request) => Promise<readonly PackageSummary[]>;

/** `ping`, search and audit: the upstream's, together with what is published here. */
export function mountServices(app: Hono, edge: Edge, findOwn: FindOwn): void {
  app.get(`${SERVICES}ping`, () => json({}));
  app.get(`${SERVICES}v1/search`, async (c) => json(await search(edge, c.req.raw, findOwn)));
  for (const path of ["advisories/bulk", "audits", "audits/quick"]) {
    const service = `npm/v1/security/${path}`;
    app.post(SERVICES + service, async (c) => json(await audit(edge, service, c.req.raw)));
  }
}

async function search(edge: Edge, request: Request, findOwn: FindOwn) {
  const asked = new URL(request.url).searchParams;
  const wanted = new URLSearchParams();
  for (const name of SEARCH_PARAMETERS) if (asked.has(name)) wanted.set(name, asked.get(name) ?? "");
  const own = (await findOwn(request)).filter((summary) => matches(summary, asked.get("text") ?? ""));
  const { objects, total, time } = await searchUpstream(edge, wanted, own.length > 0);
  // Own packages come first, on the first page.
  const first = Number(asked.get("from") ?? 0) === 0 ? own.map(toResult) : [];
  return { objects: [...first, ...objects], total: total + own.length, time };
}

async function searchUpstream(edge: Edge, wanted: URLSearchParams, isEnough: boolean) {
  try {
    const answer: unknown = await askUpstream(edge, `v1/search?${wanted.toString()}`, {});
    const { objects, total, time }: Readonly<Record<string, unknown>> = { ...(answer as object) };
    if (Array.isArray(objects)) return { objects, total: Number(total ?? objects.length), time };
    throw new LoaderError("ERR_UNEXPECTED_TYPE", "The upstream registry's answer is no search result");
  } catch (error) {
    // A registry without a search has nothing to add to what was found here.
    if (!isEnough || !isLoaderError(error) || error.code !== "ERR_UPSTREAM_UNSUPPORTED") throw error;
    return { objects: [], total: 0, time: new Date(edge.ports.now()).toUTCString() };
  }
}

function matches({ name, description, keywords }: PackageSummary, text: string): boolean {
  const searched = `${name} ${description} ${keywords.join(" ")}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word));
}

function toResult({ name, version, description, keywords, date, user }: PackageSummary) {
  const publisher = { username: user };
  const described = { name, version, description, keywords, date, publisher, maintainers: [publisher], links: {} };
  const score = { final: 1, detail: { quality: 1, popularity: 1, maintenance: 1 } };
  return { package: described, score, searchScore: 1 };
}

async function audit(edge: Edge, service: string, request: Request): Promise<unknown> {
  const asked = await readJson(request, BODY_LIMIT);
  const body = JSON.stringify(withoutPrivate(edge, asked, 0));
  return askUpstream(edge, service, { method: "POST", body, headers: { "content-type": "application/json" } });
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

/** Asks a service of the upstream registry, with its limits, time-outs and second attempts as for anything else. */
async function askUpstream(edge: Edge, service: string, init: RequestInit): Promise<unknown> {
  const { host } = edge.fetching;
  const send = (url: string, { signal = null }: RequestInit = {}): Promise<Response> =>
    host.fetch(url, { ...init, signal });
  const context = { ...edge.fetching, host: { ...host, fetch: send } };
  const subject = service.split("?", 1)[0] ?? service;
  try {
    const url = `${registryBase(edge)}-/${service}`;
    const { bytes } = await fetchBytes(context, { url, subject, limit: BODY_LIMIT });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new LoaderError("ERR_UNEXPECTED_TYPE", `The upstream registry's answer to "${subject}" is not JSON`);
    if (!isLoaderError(error) || !UNSUPPORTED.has(error.details.status ?? 0)) throw error;
    throw new LoaderError("ERR_UPSTREAM_UNSUPPORTED", `The upstream registry has no "${subject}"`, {}, error);
  }
}

function json(value: unknown): Response {
  return new Response(encodeText(JSON.stringify(value)), {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

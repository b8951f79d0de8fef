import type { Context, Hono } from "hono";
import { LoaderError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { IMMUTABLE } from "../cache-control.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { DirectModules } from "./direct-modules.ts";
import { type ModuleAddress, MODULES_PREFIX, parseAddress } from "./module-address.ts";
import { MAP_FORM } from "./render-modules.ts";
import { SINGLE_MAP_FORM } from "./single-file.ts";

const IMPORT_MAP_PATH = "/importmap";
/** Where a range leads now. */
const FOUND = "public, max-age=600, stale-while-revalidate=86400";
const SCRIPT = "text/javascript; charset=utf-8";
/** Most specifiers of an import map. */
const MOST_SPECIFIERS = 100;

/**
 * Adds what pages and runtimes import without a client: `/m/<name>@<range>/<subpath>`, which redirects to an address that
 * never changes, and `/importmap`.
 */
export function mountModules(app: Hono, edge: Edge, host: Host, registry: string): void {
  const modules = new DirectModules(edge, host, registry);
  app.get(`${MODULES_PREFIX}*`, async (c) => {
    refuseWorkers(c.req.raw);
    const url = new URL(c.req.url);
    const wanted = url.pathname.slice(MODULES_PREFIX.length);
    if (wanted.startsWith("~raya/")) return answerRuntime(c, modules);
    const specifier = decode(wanted);
    const address = parseAddress(wanted, url.searchParams.get("as") ?? "");
    return address === undefined
      ? redirectTo(c, modules, specifier, url.searchParams.has("single"))
      : answerModule(c, modules, address, url.searchParams);
  });
  app.get(IMPORT_MAP_PATH, async (c) => {
    const specifiers = c.req.queries("import") ?? [];
    if (specifiers.length === 0 || specifiers.length > MOST_SPECIFIERS) {
      const hint = `ask for ${IMPORT_MAP_PATH}?import=react@19&import=react-dom@19/client, at most ${MOST_SPECIFIERS}`;
      throw new LoaderError("ERR_REQUEST_INVALID", `"${IMPORT_MAP_PATH}" names no packages, or too many`, { hint });
    }
    const map = await modules.importMap(specifiers.map(assertPackage));
    return answer(c, JSON.stringify(map, null, 2), {
      "content-type": "application/importmap+json",
      "cache-control": FOUND,
    });
  });
}

async function redirectTo(c: Context, modules: DirectModules, specifier: string, isSingle: boolean): Promise<Response> {
  const wanted = assertPackage(specifier);
  const { address, types } = await (isSingle ? modules.findSingle(wanted) : modules.find(wanted));
  return c.body(null, 302, {
    location: address,
    ...OPEN,
    "cache-control": FOUND,
    ...(types === undefined ? {} : { "x-typescript-types": new URL(types, c.req.url).href }),
  });
}

async function answerModule(
  c: Context,
  modules: DirectModules,
  address: ModuleAddress,
  query: URLSearchParams,
): Promise<Response> {
  const later = query.get("import");
  if (later !== null) {
    const location = await modules.later(address, later, query.get("type") ?? undefined);
    return c.body(null, 302, { location, ...OPEN, "cache-control": IMMUTABLE });
  }
  if (address.form === "file") {
    const { bytes, type } = await modules.file(address);
    return answer(c, bytes, { "content-type": type, "cache-control": IMMUTABLE });
  }
  if (address.form === MAP_FORM)
    return answer(c, await modules.map(address), { "content-type": "application/json", "cache-control": IMMUTABLE });
  const type = address.form === SINGLE_MAP_FORM ? "application/json" : SCRIPT;
  return answer(c, await modules.text(address), { "content-type": type, "cache-control": IMMUTABLE });
}

async function answerRuntime(c: Context, modules: DirectModules): Promise<Response> {
  const { text } = await modules.runtime.at(new URL(c.req.url).pathname);
  return answer(c, text, { "content-type": SCRIPT, "cache-control": IMMUTABLE });
}

/** For pages of every origin. Opened as a page, nothing of it has rights. */
const OPEN = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "content-security-policy": "sandbox",
  "x-content-type-options": "nosniff",
};

async function answer(
  c: Context,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Response> {
  const bytes = typeof body === "string" ? encodeText(body) : body;
  const etag = `"${await sha256Hex(bytes)}"`;
  const all = { ...OPEN, etag, ...headers };
  return c.req.header("if-none-match") === etag ? c.body(null, 304, all) : c.body(bytes, 200, all);
}

/** Somebody's package must not become the service worker of this origin. */
function refuseWorkers({ headers }: Request): void {
  const destination = headers.get("sec-fetch-dest") ?? "";
  if (!destination.endsWith("worker")) return;
  const message = `What is under ${MODULES_PREFIX} is imported, and not run as a ${destination}`;
  throw new LoaderError("ERR_FORBIDDEN", message, { actual: destination });
}

/** A package of the registry by its name: nothing that leads elsewhere. */
function assertPackage(specifier: string): string {
  if (/^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*(?:@[^/:]*)?(?:\/[^:]*)?$/.test(specifier)) return specifier;
  throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${specifier}" does not name a package`, { specifier });
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new LoaderError("ERR_REQUEST_INVALID", `"${path}" is not encoded as a path is`, {}, cause);
  }
}

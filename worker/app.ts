import { etag, RETAINED_304_HEADERS } from "hono/etag";
import { Hono } from "hono/tiny";
import { LoaderError } from "../src/errors.ts";
import { createEdge, type Edge, type EdgePorts } from "./edge.ts";
import { errorResponse } from "./error-response.ts";
import { noSuchMethod } from "./mount-post.ts";
import { createPackages, type Packages } from "./packages.ts";
import { NPM_PREFIX, npmRoute } from "./routes/npm.ts";
import { SOURCE_PREFIX, sourceRoute } from "./routes/source.ts";
import { URL_PATH, urlRoute } from "./routes/url.ts";
import { createUrlModules } from "./url-modules.ts";

export type { EdgePorts } from "./edge.ts";

/** Headers of ours that a 304 still has. */
const OWN_HEADERS = [
  "raya-source",
  "raya-stale",
  "raya-integrity",
  "raya-resolved",
  "x-content-type-options",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "cross-origin-resource-policy",
];

/** Adds what only one of the places where the app runs has; its routes come before the others. */
export type Mount = (app: Hono, edge: Edge, packages: Packages) => void;

/** Services of the registry, for its clients: only the network's edge has them. */
const NPM_SERVICES = `${NPM_PREFIX}-/`;

/** Whether the edge app, and not the page, answers for that path. */
export function isEdgePath(pathname: string): boolean {
  if (pathname.startsWith(NPM_SERVICES)) return false;
  return pathname.startsWith(NPM_PREFIX) || pathname === URL_PATH;
}

/**
 * The edge: a verifying cache in front of an npm registry, and a proxy for URL imports of allow-listed origins. The same
 * app runs in workerd before the upstream, and in the service worker before the network's edge. `docs/edge.md` has the
 * routes. Keep one app for all requests: what concurrent requests share is in it.
 */
export function createEdgeApp(ports: EdgePorts, mount?: Mount): Hono {
  const edge = createEdge(ports);
  const app = new Hono();
  const packages = createPackages(edge);
  app.onError((error) => errorResponse(error, edge));
  app.use(async (c, next) => {
    await next();
    // In place: `c.header` would make a new answer, whose body is a stream where this one's is one buffer.
    c.res.headers.set("x-content-type-options", "nosniff");
  });
  app.use(etag({ retainedHeaders: [...RETAINED_304_HEADERS, ...OWN_HEADERS] }));
  mount?.(app, edge, packages);
  app.use(async ({ req: { method } }, next) => {
    if (method === "GET" || method === "HEAD") return next();
    throw noSuchMethod(method, "GET, HEAD");
  });
  app.get(`${NPM_PREFIX}*`, npmRoute(edge, packages));
  if (ports.readSource !== undefined) app.get(`${SOURCE_PREFIX}*`, sourceRoute(edge, packages));
  app.get(URL_PATH, urlRoute(createUrlModules(edge)));
  app.notFound((c) => {
    const { pathname } = new URL(c.req.url);
    throw new LoaderError("ERR_ROUTE_NOT_FOUND", `There is nothing at "${pathname}"`, { specifier: pathname });
  });
  return app;
}

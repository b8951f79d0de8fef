import type { FetchEvent, ServiceWorkerScope } from "./scope.ts";
import { createShellCache } from "./shell-cache.ts";

/** What a page posts to a waiting service worker so that it takes over. */
export const ACTIVATE_MESSAGE = { type: "activate" } as const;

export interface AppShellOptions {
  /** Names the build: another one for every change of any file of the page. */
  readonly build: string;
  /** Paths of all files of the page, the page itself (`/`) among them. */
  readonly urls: readonly string[];
  /** Whether `edge` answers for this path. */
  isEdgePath(pathname: string): boolean;
  edge(request: Request): Promise<Response>;
}

/**
 * Makes a service worker serve the page without the network, and the edge's routes through `edge`.
 *
 * One service worker has the files of one build, and every page under it gets the page and its files from there, so two
 * builds never mix. A newer service worker keeps its own files ready and waits: until no page of this one is left, or
 * until a page asks for it with ACTIVATE_MESSAGE and all pages reload (`register.ts`). The very first one takes over the
 * page that registered it; what that page has loaded already came from the network, as its build's other files would have.
 */
export function serveAppShell(scope: ServiceWorkerScope, options: AppShellOptions): void {
  const urls = new Set(options.urls);
  const shell = createShellCache(scope, options.build, urls);
  scope.addEventListener("install", (event) => event.waitUntil(shell.fill()));
  scope.addEventListener("activate", (event) => {
    event.waitUntil(Promise.all([shell.dropOthers(), scope.clients.claim()]));
  });
  scope.addEventListener("message", (event) => {
    if (isActivateMessage(event.data)) event.waitUntil(scope.skipWaiting());
  });
  scope.addEventListener("fetch", (event) => {
    const { pathname, origin } = new URL(event.request.url);
    if (origin !== scope.location.origin) return;
    if (options.isEdgePath(pathname)) event.respondWith(options.edge(event.request));
    else if (urls.has(pathname) && event.request.method === "GET") event.respondWith(shell.read(pathname));
    else if (isNavigation(event)) event.respondWith(shell.read("/"));
  });
}

function isNavigation({ request }: FetchEvent): boolean {
  return request.mode === "navigate" && request.method === "GET";
}

function isActivateMessage(data: unknown): boolean {
  return typeof data === "object" && data !== null && "type" in data && data.type === ACTIVATE_MESSAGE.type;
}

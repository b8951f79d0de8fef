import { LoaderError } from "../../errors.ts";
import type { ServiceWorkerScope } from "./scope.ts";

/** The page of one build, kept whole. */
export interface ShellCache {
  /**
   * Fetches every file of the page and keeps them; all or none.
   * @throws LoaderError ERR_FETCH_FAILED when one cannot be had, or when the server has moved on to another build meanwhile
   */
  fill(): Promise<void>;
  /** A file of the page; from the network only if the browser has cleared the cache. */
  read(url: string): Promise<Response>;
  /** Deletes the pages of all other builds. */
  dropOthers(): Promise<void>;
}

const PREFIX = "raya-shell-";
const PAGE = "/";

export function createShellCache(scope: ServiceWorkerScope, build: string, urls: ReadonlySet<string>): ShellCache {
  const { caches } = scope;
  const name = PREFIX + build;
  return {
    async fill() {
      try {
        const files = await Promise.all([...urls].map(async (url) => [url, await fetchFile(scope, url)] as const));
        await assertOneBuild(new Map(files));
        const cache = await caches.open(name);
        await Promise.all(files.map(([url, response]) => cache.put(url, response)));
      } catch (cause) {
        await caches.delete(name);
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new LoaderError("ERR_FETCH_FAILED", `The page could not be kept for offline use: ${reason}`, {}, cause);
      }
    },
    async read(url) {
      const cached = await (await caches.open(name)).match(url);
      return cached ?? scope.fetch(url);
    },
    async dropOthers() {
      const others = (await caches.keys()).filter((key) => key.startsWith(PREFIX) && key !== name);
      await Promise.all(others.map((key) => caches.delete(key)));
    },
  };
}

async function fetchFile(scope: ServiceWorkerScope, url: string): Promise<Response> {
  // Past the browser's HTTP cache, which may have a file of the build before under the same name.
  const response = await scope.fetch(url, { cache: "reload" });
  // A redirected answer is another page (a login, a portal), and a navigation could not be answered with it.
  if (response.redirected)
    throw new LoaderError("ERR_FETCH_FAILED", `"${url}" was redirected to "${response.url}"`, { url });
  if (response.ok) return response;
  throw new LoaderError("ERR_FETCH_STATUS", `The answer to "${url}" was ${response.status}`, {
    url,
    status: response.status,
  });
}

/**
 * Between the fetch of the service worker and that of the page, the server may have been given a newer build: then the
 * page names files that are not of this one.
 */
async function assertOneBuild(files: ReadonlyMap<string, Response>): Promise<void> {
  const page = await files.get(PAGE)?.clone().text();
  if (page === undefined) throw new LoaderError("ERR_NOT_CACHED", `"${PAGE}" is not among the files of the page`);
  for (const [, url] of page.matchAll(/\s(?:src|href)=["']?(\/[^/"'\s>][^"'\s>#?]*)/g)) {
    if (url === undefined || files.has(url)) continue;
    throw new LoaderError("ERR_NOT_CACHED", `The page names "${url}", which is not a file of this build`, { url });
  }
}

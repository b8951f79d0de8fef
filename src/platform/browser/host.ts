import type { Host } from "../../host.ts";
import { createIndexedDbByteStore, createIndexedDbRecordStore } from "./indexeddb-store.ts";
import { runInPage } from "./run-in-page.ts";

/**
 * A host for pages and their workers: objects are kept in IndexedDB. What a page's loader is told to `run` or `import` runs in
 * the page itself (`runInPage`); programs of others get a frame of their own: `load`, then `runInFrame`.
 * @param options `cache`: what the databases' names begin with; loaders with one name share what they keep. Default `raya`.
 * `compile`: what compiles packages, by `createCompileWorkers`. Default: this thread
 */
export function createBrowserHost({
  cache = "raya",
  compile,
}: { readonly cache?: string | undefined; readonly compile?: Host["compile"] | undefined } = {}): Host {
  return {
    ...(compile !== undefined && { compile }),
    name: "browser",
    keepsAnswers: true,
    // A program may import any URL of the page's own origin as text: what the visitor's cookies open is not for it. Questions, which are
    // posted, go where the page says: as the page's own they are asked over the connection that there is, and not over a second one.
    fetch: (url, init) => fetch(url, { ...init, credentials: init?.method === "POST" ? "same-origin" : "omit" }),
    bytes: createIndexedDbByteStore(`${cache}-objects`),
    records: createIndexedDbRecordStore(`${cache}-index`),
    estimate: async () => {
      const { usage = 0, quota = Number.POSITIVE_INFINITY } = await navigator.storage.estimate();
      return { usage, quota };
    },
    now: () => performance.now(),
    // Workers have no document to put scripts into.
    ...(typeof document === "object" && { evaluate: (image, services) => runInPage({ image, services }) }),
    delay: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}

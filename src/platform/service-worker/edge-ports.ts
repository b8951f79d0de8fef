import type { ByteStore, RecordStore } from "../../store/byte-store.ts";
import { createIndexedDbByteStore, createIndexedDbRecordStore } from "../browser/indexeddb-store.ts";
import type { ServiceWorkerScope } from "./scope.ts";

/** What the edge app needs to run in a service worker, before the network's edge of the same origin. */
export interface ServiceWorkerEdgePorts {
  readonly registry: string;
  readonly urlProxy: string;
  readonly allowedOrigins: readonly string[];
  readonly source: "browser";
  readonly bytes: ByteStore;
  readonly records: RecordStore;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  now(): number;
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  readonly limits: { readonly attempts: number };
}

/** Wait before a request that the network cut off is sent again, milliseconds. */
const RECONNECT_DELAY = 500;

/** Ports over IndexedDB and the network. The stores are not the loader's own, which it fills itself. */
export function createEdgePorts(scope: ServiceWorkerScope): ServiceWorkerEdgePorts {
  const { origin } = scope.location;
  return {
    registry: `${origin}/npm/`,
    urlProxy: `${origin}/url?href=`,
    // The network's edge has the list.
    allowedOrigins: [],
    source: "browser",
    bytes: createIndexedDbByteStore("raya-edge-objects"),
    records: createIndexedDbRecordStore("raya-edge-index"),
    fetch: (url, init) => fetchTwice(scope, url, { ...init, credentials: "omit" }),
    now: () => Date.now(),
    delay,
    // The page before and the edge behind try again by themselves; here it would multiply.
    limits: { attempts: 1 },
  };
}

/** A device that changes from one network to another loses a request; one that has none loses the second as well. */
async function fetchTwice(scope: ServiceWorkerScope, url: string, init: RequestInit): Promise<Response> {
  try {
    return await scope.fetch(url, init);
  } catch {
    await delay(RECONNECT_DELAY, init.signal ?? undefined);
    return scope.fetch(url, init);
  }
}

function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

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
}

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
    fetch: (url, init) => scope.fetch(url, { ...init, credentials: "omit" }),
    now: () => Date.now(),
    delay,
  };
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

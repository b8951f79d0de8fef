import { waitUntil } from "cloudflare:workers";
import type { Host } from "../../host.ts";
import { createKvByteStore, createKvRecordStore } from "./kv-store.ts";

/**
 * A host for workerd: objects are kept in Workers KV. It loads and links; it has no `evaluate`, since workerd makes no code
 * from text.
 */
export function createWorkerdHost(namespace: KVNamespace): Host {
  return {
    name: "workerd",
    fetch: (url, init) => fetch(url, init),
    bytes: createKvByteStore(namespace),
    records: createKvRecordStore(namespace),
    now: () => Date.now(),
    delay: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
    waitUntil,
  };
}

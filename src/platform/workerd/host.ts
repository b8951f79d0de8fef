import { waitUntil } from "cloudflare:workers";
import type { Host } from "../../host.ts";
import { createKvByteStore, createKvRecordStore } from "./kv-store.ts";

/**
 * A host for workerd: objects are kept in Workers KV. It loads and links; it has no `evaluate`, since workerd makes no code
 * from text.
 * @param options `cache`: names what is kept, where several share the namespace; default none
 */
export function createWorkerdHost(namespace: KVNamespace, { cache }: { readonly cache?: string } = {}): Host {
  const prefix = cache === undefined ? "" : `${cache}:`;
  return {
    name: "workerd",
    fetch: (url, init) => fetch(url, init),
    bytes: createKvByteStore(namespace, prefix),
    records: createKvRecordStore(namespace, prefix),
    now: () => Date.now(),
    delay: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
    waitUntil,
  };
}

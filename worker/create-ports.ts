import { waitUntil } from "cloudflare:workers";
import { compileArchiveMaps, compileArchiveToChunks } from "../src/artifact/compile-archive.ts";
import { readSource } from "../src/artifact/read-source.ts";
import { COMPILER_ID } from "../src/compile/compile-objects.ts";
import type { StageEvent } from "../src/events.ts";
import { cacheBytes, cacheRecords } from "../src/platform/workerd/colo-cache.ts";
import { createKvRecordStore } from "../src/platform/workerd/kv-store.ts";
import { createTieredByteStore } from "../src/platform/workerd/tiered-byte-store.ts";
import type { EdgePorts } from "./edge.ts";
import { ENCODERS } from "./encoders.ts";
import type { Env } from "./env.ts";
import type { Metrics } from "./observe/metrics.ts";
import { readSettings } from "./read-settings.ts";

/**
 * The edge gives up on a silent upstream before its own clients give up on it, so that they hear why; and within the half
 * minute that the runtime grants to work whose client has gone (`waitUntil`). What has no room in an isolate beside everything
 * else is not unpacked there: clients can do it themselves.
 */
const LIMITS = { fetchTimeout: 10_000, attempts: 2, unpackedBytes: 96 * 1024 * 1024 };

/** Of the 128 MB that an isolate has, for what was used last. */
const MEMORY_BYTES = 32 * 1024 * 1024;

/** What an operator wants to read; the rest happens on every request. */
const LOGGED = new Set(["heal", "warning", "fail"]);
/** What an operator wants to count. */
const COUNTED = new Set([...LOGGED, "hit", "miss"]);

/**
 * Ports over what Cloudflare has: KV for what is small, R2 for what is large, each data centre's cache before both.
 * @throws LoaderError ERR_EDGE_CONFIGURATION
 */
export function createPorts(env: Env, metrics: Metrics): EdgePorts {
  const { publicOrigin, ...settings } = readSettings(env);
  return {
    ...settings,
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    fetch(url, init) {
      metrics.add("upstream_requests_total", {});
      return fetch(url, init);
    },
    bytes: cacheBytes(createTieredByteStore(env.RAYA_KV, env.RAYA_R2), caches.default, waitUntil),
    records: cacheRecords(createKvRecordStore(env.RAYA_KV), caches.default, waitUntil, "fetchedAt"),
    source: "edge",
    memoryBytes: MEMORY_BYTES,
    compiler: { id: COMPILER_ID, compile: compileArchiveToChunks, maps: compileArchiveMaps },
    readSource,
    encoders: ENCODERS,
    now: () => Date.now(),
    delay: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
    waitUntil,
    emit(event) {
      const { stage, kind } = event;
      if (COUNTED.has(kind)) metrics.add("events_total", { stage, kind });
      if (LOGGED.has(kind)) logEvent(event);
    },
    limits: LIMITS,
  };
}

function logEvent(event: StageEvent): void {
  console.log(JSON.stringify({ message: "event", ...event }));
}

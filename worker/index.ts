import { waitUntil } from "cloudflare:workers";
import { compileArchiveToChunks } from "../src/artifact/compile-archive.ts";
import { readSource } from "../src/artifact/read-source.ts";
import { COMPILER_ID } from "../src/compile/compile-objects.ts";
import type { StageEvent } from "../src/events.ts";
import { createKvByteStore, createKvRecordStore } from "../src/platform/workerd/kv-store.ts";
import { createEdgeApp, type EdgePorts, type Mount } from "./app.ts";
import { mountRegistry } from "./mount-registry.ts";
import { createR2Objects } from "./registry/r2-objects.ts";

/** Bindings and variables of `wrangler.toml`. */
interface Env {
  readonly RAYA_KV: KVNamespace;
  /** Base URL of the npm registry that packages come from. */
  readonly UPSTREAM_REGISTRY: string;
  /** Origins that URL imports may come from, separated by blanks. */
  readonly ALLOWED_ORIGINS: string;
  /** Origin that clients reach this worker under; empty: that of each request. */
  readonly PUBLIC_ORIGIN: string;
  /** Published packages and tokens, and what is too large for KV. */
  readonly RAYA_R2?: R2Bucket;
  /** Scopes (`@acme`) that are published here, separated by blanks. */
  readonly PRIVATE_SCOPES: string;
  /** The operator's own, a secret. */
  readonly ADMIN_SECRET?: string;
}

/**
 * The edge gives up on a silent upstream before its own clients give up on it, so that they hear why; and within the half
 * minute that the runtime grants to work whose client has gone (`waitUntil`).
 */
const LIMITS = { fetchTimeout: 10_000, attempts: 2 };

/** Of the 128 MB that an isolate has, for what was used last. */
const MEMORY_BYTES = 32 * 1024 * 1024;

/** What an operator wants to read; the rest happens on every request. */
const LOGGED = new Set(["heal", "warning", "fail"]);

function createPorts(env: Env): EdgePorts {
  return {
    registry: env.UPSTREAM_REGISTRY.replace(/[^/]$/, "$&/"),
    fetch: (url, init) => fetch(url, init),
    bytes: createKvByteStore(env.RAYA_KV),
    records: createKvRecordStore(env.RAYA_KV),
    source: "edge",
    allowedOrigins: words(env.ALLOWED_ORIGINS),
    privateScopes: words(env.PRIVATE_SCOPES),
    memoryBytes: MEMORY_BYTES,
    ...(env.PUBLIC_ORIGIN === "" ? {} : { publicOrigin: env.PUBLIC_ORIGIN }),
    compiler: { id: COMPILER_ID, compile: compileArchiveToChunks },
    readSource,
    now: () => Date.now(),
    delay: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
    waitUntil,
    emit: log,
    limits: LIMITS,
  };
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** What this worker has and a service worker has not. */
function mountFor({ RAYA_R2, ADMIN_SECRET = "" }: Env): Mount {
  return (app, edge, packages) => {
    if (RAYA_R2 !== undefined)
      mountRegistry(app, edge, packages, { objects: createR2Objects(RAYA_R2), adminSecret: ADMIN_SECRET });
  };
}

function log(event: StageEvent): void {
  if (LOGGED.has(event.kind)) console.log(JSON.stringify(event));
}

// One app an isolate: concurrent requests share their work through it.
let app: ReturnType<typeof createEdgeApp> | undefined;

export default {
  fetch(request, env) {
    app ??= createEdgeApp(createPorts(env), mountFor(env));
    return app.fetch(request);
  },
} satisfies ExportedHandler<Env>;

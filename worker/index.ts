import { waitUntil } from "cloudflare:workers";
import { compileArchiveToChunks } from "../src/artifact/compile-archive.ts";
import { readSource } from "../src/artifact/read-source.ts";
import { COMPILER_ID } from "../src/compile/compile-objects.ts";
import type { StageEvent } from "../src/events.ts";
import { createKvByteStore, createKvRecordStore } from "../src/platform/workerd/kv-store.ts";
import { createWorkerdHost } from "../src/platform/workerd/host.ts";
import { createEdgeApp, type EdgePorts, type Mount } from "./app.ts";
import { mountModules } from "./modules/mount-modules.ts";
import { mountRun } from "./run/mount-run.ts";
import { createProgramRunner } from "./run/program-runner.ts";

/** Bindings and variables of `wrangler.toml`. */
interface Env {
  readonly RAYA_KV: KVNamespace;
  /** Base URL of the npm registry that packages come from. */
  readonly UPSTREAM_REGISTRY: string;
  /** Origins that URL imports may come from, separated by blanks. */
  readonly ALLOWED_ORIGINS: string;
  /** `on`: programs are run for callers. */
  readonly RUN_PROGRAMS: string;
  /** Secret that callers of `/run` show. */
  readonly RUN_TOKEN?: string;
  /** Starts isolates. */
  readonly LOADER?: WorkerLoader;
  readonly RUN_LIMITER?: RateLimit;
}

/**
 * The edge gives up on a silent upstream before its own clients give up on it, so that they hear why; and within the half
 * minute that the runtime grants to work whose client has gone (`waitUntil`).
 */
const LIMITS = { fetchTimeout: 10_000, attempts: 2 };

/** What an operator wants to read; the rest happens on every request. */
const LOGGED = new Set(["heal", "warning", "fail"]);

function createPorts(env: Env): EdgePorts {
  return {
    registry: env.UPSTREAM_REGISTRY.replace(/[^/]$/, "$&/"),
    fetch: (url, init) => fetch(url, init),
    bytes: createKvByteStore(env.RAYA_KV),
    records: createKvRecordStore(env.RAYA_KV),
    source: "edge",
    allowedOrigins: env.ALLOWED_ORIGINS.split(/\s+/).filter((origin) => origin !== ""),
    compiler: { id: COMPILER_ID, compile: compileArchiveToChunks },
    readSource,
    now: () => Date.now(),
    delay: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
    waitUntil,
    emit: log,
    limits: LIMITS,
  };
}

function log(event: StageEvent): void {
  if (LOGGED.has(event.kind)) console.log(JSON.stringify(event));
}

/** Of a program's request: what an answer to somebody who waits may take. */
const RUN_LIMITS = { cpuMs: 1_000, subRequests: 0 };

function mountFor(env: Env, registry: string): Mount {
  const { LOADER: isolates, RUN_PROGRAMS, RUN_TOKEN: token = "", RUN_LIMITER: limiter } = env;
  const host = createWorkerdHost(env.RAYA_KV);
  return (app, edge) => {
    // Without a registry every request for a package is answered with what is wrong.
    if (registry !== "") mountModules(app, edge, host, registry);
    if (isolates === undefined || RUN_PROGRAMS !== "on") return;
    mountRun(app, createProgramRunner({ host, registry, isolates, limits: RUN_LIMITS }), { token, limiter });
  };
}

function createApp(env: Env): ReturnType<typeof createEdgeApp> {
  const ports = createPorts(env);
  return createEdgeApp(ports, mountFor(env, ports.registry));
}

// One app an isolate: concurrent requests share their work through it.
let app: ReturnType<typeof createEdgeApp> | undefined;

export default {
  fetch(request, env) {
    app ??= createApp(env);
    return app.fetch(request);
  },
} satisfies ExportedHandler<Env>;

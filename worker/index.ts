import type { Hono } from "hono";
import { isLoaderError } from "../src/errors.ts";
import { createWorkerdHost } from "../src/platform/workerd/host.ts";
import { createEdgeApp } from "./app.ts";
import { createPorts } from "./create-ports.ts";
import type { Env } from "./env.ts";
import { toResponse } from "./error-response.ts";
import { mountArtifacts } from "./mount-artifacts.ts";
import { mountRegistry } from "./mount-registry.ts";
import type { Edge } from "./edge.ts";
import { mountModules } from "./modules/mount-modules.ts";
import { createPublicFetch } from "./public-fetch.ts";
import { createMetrics } from "./observe/metrics.ts";
import { createObserver, type RequestRecord } from "./observe/observe.ts";
import { createR2Objects } from "./registry/r2-objects.ts";
import { mountCrossOrigin } from "./routes/cross-origin.ts";
import { mountOperations } from "./routes/operations.ts";
import { mountRun } from "./run/mount-run.ts";
import { createProgramRunner } from "./run/program-runner.ts";

function createHandler(env: Env): (request: Request) => Promise<Response> {
  const metrics = createMetrics(crypto.randomUUID().slice(0, 8));
  const ports = createPorts(env, metrics);
  const app = createEdgeApp(ports, (own, edge, packages) => {
    mountCrossOrigin(own);
    const objects = createR2Objects(env.RAYA_R2);
    const { access } = mountRegistry(own, edge, packages, { objects, adminSecret: env.ADMIN_SECRET ?? "" });
    mountOperations(own, edge, { access, metrics, objects });
    mountArtifacts(own, edge, packages);
    mountPrograms(own, edge, env);
  });
  const limits = { login: env.LOGIN_LIMIT, other: env.REQUEST_LIMIT };
  const observed = {
    metrics,
    now: () => Date.now(),
    record: (request: RequestRecord) => record(env, request),
    isAllowed: async (kind: keyof typeof limits, client: string) =>
      (await limits[kind]?.limit({ key: client }))?.success ?? true,
  };
  return createObserver(observed, (request) => app.fetch(request));
}

/** Of a program's request: what an answer to somebody who waits may take. */
const RUN_LIMITS = { cpuMs: 1_000, subRequests: 0 };

/** Modules for those without a client, and programs that run here. */
function mountPrograms(app: Hono, edge: Edge, env: Env): void {
  const { LOADER: isolates, RUN_PROGRAMS, RUN_TOKEN: token = "", RUN_LIMITER: limiter } = env;
  const { registry } = edge.ports;
  const host = { ...createWorkerdHost(env.RAYA_KV), fetch: createPublicFetch(edge.ports) };
  // Without a registry every request for a package is answered with what is wrong.
  if (registry !== "") mountModules(app, edge, host, registry);
  if (isolates === undefined || RUN_PROGRAMS !== "on") return;
  mountRun(app, createProgramRunner({ host, registry, isolates, limits: RUN_LIMITS }), { token, limiter });
}

function record({ RAYA_ANALYTICS }: Env, request: RequestRecord): void {
  const { method, route, status, source, code, ms, bytes } = request;
  RAYA_ANALYTICS?.writeDataPoint({
    indexes: [route],
    blobs: [route, method, String(status), source, code],
    doubles: [1, ms, bytes],
  });
  console.log(JSON.stringify({ message: "request", ...request }));
}

// One handler an isolate: concurrent requests share their work through it.
let handle: ReturnType<typeof createHandler> | undefined;

export default {
  fetch(request, env) {
    try {
      handle ??= createHandler(env);
    } catch (error) {
      // A setting that cannot be used: every request says which.
      if (isLoaderError(error)) return toResponse(error);
      throw error;
    }
    return handle(request);
  },
} satisfies ExportedHandler<Env>;

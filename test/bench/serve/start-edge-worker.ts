import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { listen } from "../../../scripts/listen.ts";
import { bundleWorker } from "../edge-run/build-host.ts";
import { startKvServer } from "../edge-run/kv-server.ts";
import { httpService, startConfigured, type WorkerdProcess } from "../edge-run/workerd-process.ts";

/** Bundles the worker that `wrangler deploy` uploads, minified as it is then. */
export function bundleEdgeWorker(): Promise<string> {
  return bundleWorker(fileURLToPath(new URL("../../../worker/index.ts", import.meta.url)), "edge.js");
}

/** The edge in workerd itself, with nothing stored. @param registry base URL of its upstream */
export async function startEdgeWorker(bundle: string, registry: string): Promise<WorkerdProcess> {
  const kv = await startKvServer();
  const empty = await startEmptyServices();
  const text = (name: string, value: string): string => `(name = "${name}", text = "${value}")`;
  const workerd = await startConfigured({
    modules: { "edge.js": bundle },
    services: [httpService("kv", kv.url), httpService("empty", empty.url)],
    worker: `cacheApiOutbound = "empty",
  bindings = [
    (name = "LOADER", workerLoader = (id = "l")),
    (name = "RAYA_KV", kvNamespace = "kv"),
    (name = "RAYA_R2", r2Bucket = "empty"),
    ${text("UPSTREAM_REGISTRY", registry)},
    ${["ALLOWED_ORIGINS", "PUBLIC_ORIGIN", "PRIVATE_SCOPES", "RUN_PROGRAMS"].map((name) => text(name, "")).join(", ")},
  ],`,
    ping: "healthz",
  });
  return {
    ...workerd,
    async stop() {
      await workerd.stop();
      kv.close();
      empty.close();
    },
  };
}

/** What R2 says of an object that it does not have. */
const NO_OBJECT = JSON.stringify({ version: 1, v4code: 10_007, message: "There is no such object." });

/** An R2 bucket without objects, and a data centre's cache that keeps nothing: memory and KV have to answer. */
async function startEmptyServices(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const isCacheWrite = request.method === "PUT";
      response.writeHead(isCacheWrite ? 204 : 404, { "cf-r2-error": NO_OBJECT, "cf-cache-status": "MISS" }).end();
    });
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return {
    url,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

import { createServer } from "node:http";
import { listen } from "../../../scripts/listen.ts";
import { createEdgeApp } from "../../../worker/app.ts";
import { mountModules } from "../../../worker/modules/mount-modules.ts";
import type { Host } from "../../../src/host.ts";

/** An edge in this process, on a port of 127.0.0.1. */
export interface ServedModules {
  /** Origin, ends with `/`. */
  readonly url: string;
  /** Pages, by path; may be changed. */
  readonly pages: Map<string, string>;
  close(): void;
}

/** Serves the edge's modules of packages from a registry. */
export async function serveModules(host: Host, registry: string): Promise<ServedModules> {
  const ports = { ...host, registry, source: "edge", allowedOrigins: [] } as const;
  const app = createEdgeApp(ports, (mounted, edge) => mountModules(mounted, edge, host, registry));
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const headers = new Headers(request.headers as Record<string, string>);
    const respond = async (): Promise<void> => {
      const page = pages.get(request.url ?? "/");
      if (page !== undefined) {
        response.writeHead(200, { "content-type": "text/html" }).end(page);
        return;
      }
      const answer = await app.fetch(new Request(new URL(request.url ?? "/", url), { headers }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(new Uint8Array(await answer.arrayBuffer()));
    };
    respond().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return { url, pages, close: () => void server.close() };
}

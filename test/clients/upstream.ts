import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { listen } from "../../scripts/listen.ts";

/** An answer that a test makes up: what the registry behind has not. */
type Canned = (body: string) => unknown;

/** The real registry, with a switch before it. */
export interface UpstreamRegistry {
  /** Base URL, ends with `/`. */
  readonly url: string;
  /** `GET /react` for every request that came. */
  readonly requests: string[];
  /** While it is true, every request is 503. */
  down: boolean;
  /** Archives whose path has this in it are sent with a bit turned. */
  flipped: string | undefined;
  /** Answers by `POST /-/npm/v1/security/advisories/bulk`, as JSON. */
  readonly canned: Map<string, Canned>;
  close(): void;
}

/** Starts a server on 127.0.0.1 that hands requests on to the registry that npm on this machine is set to. */
export async function startUpstream(): Promise<UpstreamRegistry> {
  const server = createServer((request, response) => {
    answer(upstream, request, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  const port = await listen(server);
  const upstream: UpstreamRegistry = {
    url: `http://127.0.0.1:${port}/`,
    requests: [],
    down: false,
    flipped: undefined,
    canned: new Map(),
    close: () => void server.close(),
  };
  return upstream;
}

async function answer(upstream: UpstreamRegistry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  const line = `${request.method} ${path.split("?", 1)[0]}`;
  upstream.requests.push(line);
  if (upstream.down) return void response.writeHead(503).end();
  const canned = upstream.canned.get(line);
  if (canned !== undefined) {
    const body = Buffer.concat(await request.toArray()).toString();
    return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(canned(body)));
  }
  const accept = request.headers.accept ?? "*/*";
  const real = await fetch(npmRegistry() + path.slice(1), { headers: { accept } });
  const bytes = Buffer.from(await real.arrayBuffer());
  const { flipped } = upstream;
  if (flipped !== undefined && path.endsWith(".tgz") && path.includes(flipped)) bytes[bytes.length >> 1]! ^= 1;
  const type = real.headers.get("content-type") ?? "application/octet-stream";
  response.writeHead(real.status, { "content-type": type }).end(bytes);
}

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "../../../scripts/listen.ts";
import { isLoaderError } from "../../../src/errors.ts";
import { createParallelLimit } from "../../../src/fetch/limit-parallel.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";
import { createEdgeApp } from "../../../worker/app.ts";
import { mountMetadataQuestion } from "../../../worker/routes/metadata-question.ts";
import { createRecording } from "../../fixtures/registry-server/recording.ts";

// registry-proxy.ts <registry>: a caching proxy of a registry, everything in memory. It speaks npm's protocol, with the
// packuments as the registry gave them; below `/npm/` it is Raya's edge, which has the same packuments for its upstream.

interface Copy {
  readonly body: Uint8Array;
  readonly etag: string;
}

const recorded = createRecording(process.argv[2] ?? "");
/** A registry that is asked for hundreds of things at once refuses some. */
const upstream = createParallelLimit(8);
const ATTEMPTS = 4;
const copies = new Map<string, Promise<Copy | undefined>>();
const started = Date.now();
const edge = createEdgeApp(
  {
    registry: "https://upstream.invalid/",
    fetch: fetchCopy,
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    source: "edge",
    allowedOrigins: [],
    // What the proxy has is current for everybody as long as it runs.
    now: () => started,
    delay: (ms) => delay(ms),
    memoryBytes: 1024 * 1024 * 1024,
  },
  mountMetadataQuestion,
);

const server = createServer((request, response) => {
  void answer(request).then(
    ({ status, headers = {}, body = "" }) => response.writeHead(status, headers).end(body),
    (error: unknown) => response.writeHead(isLoaderError(error) ? 400 : 500).end(String(error)),
  );
});
server.keepAliveTimeout = 60_000;
console.log(await listen(server));

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const path = decodeURIComponent((request.url ?? "/").slice(1).replace(/\?.*/, ""));
  if (path.startsWith("npm/")) return answerAsEdge(request);
  // npm unpacks what bundles its dependencies, so archives are asked for too.
  const copy = request.method === "GET" && !path.startsWith("-/") ? await copyOf(path) : undefined;
  if (copy === undefined) return { status: 404 };
  const type = path.endsWith(".tgz") ? "application/octet-stream" : "application/json";
  const headers = { "content-type": type, "cache-control": "public, max-age=300", etag: copy.etag };
  return request.headers["if-none-match"] === copy.etag
    ? { status: 304, headers }
    : { status: 200, headers, body: copy.body };
}

function copyOf(name: string): Promise<Copy | undefined> {
  const known = copies.get(name);
  if (known !== undefined) return known;
  const copy = upstream(() => fetchRecorded(name)).then(({ status, body }) => {
    if (status !== 200) return undefined;
    return { body, etag: `"${createHash("sha1").update(body).digest("hex")}"` };
  });
  copies.set(name, copy);
  return copy;
}

async function fetchRecorded(name: string, attempt = 1): ReturnType<typeof recorded> {
  try {
    return await recorded(name);
  } catch (error) {
    if (attempt === ATTEMPTS) throw error;
    return fetchRecorded(name, attempt + 1);
  }
}

async function answerAsEdge(request: IncomingMessage): Promise<Answer> {
  const { method = "GET", url = "/" } = request;
  const body = method === "POST" ? new Uint8Array(await buffer(request)) : null;
  const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const response = await edge.request(new URL(url, "http://edge.invalid").href, { method, headers, body });
  const answered = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body: answered };
}

/** The edge's upstream: what this proxy has itself. */
async function fetchCopy(url: string): Promise<Response> {
  const copy = await copyOf(decodeURIComponent(new URL(url).pathname.slice(1)));
  if (copy === undefined) return new Response("not found", { status: 404 });
  return new Response(new Uint8Array(copy.body), { headers: { "content-type": "application/json", etag: copy.etag } });
}

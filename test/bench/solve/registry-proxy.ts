import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "../../../scripts/listen.ts";
import { isLoaderError, LoaderError } from "../../../src/errors.ts";
import { createParallelLimit } from "../../../src/fetch/limit-parallel.ts";
import { METADATA_ENDPOINT } from "../../../src/solve/fetch-metadata-ahead.ts";
import { answerMetadataQuestion, readMetadataQuestion } from "../../../src/solve/metadata-question.ts";
import { printMetadata, readMetadataText } from "../../../src/solve/metadata-text.ts";
import { type PackageMetadata, reduceMetadata } from "../../../src/solve/reduce-metadata.ts";
import { createRecording } from "../../fixtures/registry-server/recording.ts";

// registry-proxy.ts <registry>: a caching proxy of a registry, everything in memory. It speaks npm's protocol, with the
// packuments as the registry gave them, and an edge's: metadata reduced to what solving needs, for a whole project at once.

interface Copy {
  readonly body: Uint8Array;
  readonly etag: string;
}

interface Reduced {
  readonly text: Buffer;
  readonly metadata: PackageMetadata;
}

const recorded = createRecording(process.argv[2] ?? "");
/** A registry that is asked for hundreds of things at once refuses some. */
const upstream = createParallelLimit(8);
const ATTEMPTS = 4;
const copies = new Map<string, Promise<Copy | undefined>>();
const reduced = new Map<string, Promise<Reduced>>();

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
  if (request.method === "POST" && path === METADATA_ENDPOINT) {
    const names = await answerMetadataQuestion(readMetadataQuestion(await json(request)), { packument }, Date.now());
    const texts = await Promise.all(names.map(async (name) => (await reducedOf(name)).text));
    return { status: 200, headers: { "content-type": "application/x-ndjson" }, body: Buffer.concat(texts) };
  }
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

async function packument(name: string): Promise<PackageMetadata> {
  return (await reducedOf(name)).metadata;
}

function reducedOf(name: string): Promise<Reduced> {
  const known = reduced.get(name);
  if (known !== undefined) return known;
  const made = reduce(name);
  reduced.set(name, made);
  return made;
}

async function reduce(name: string): Promise<Reduced> {
  const copy = await copyOf(name);
  if (copy === undefined) throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no "${name}"`, { package: name });
  const text = printMetadata(reduceMetadata(JSON.parse(new TextDecoder().decode(copy.body)), name));
  const metadata = readMetadataText(text).get(name);
  if (metadata === undefined) throw new TypeError(`"${name}" is not in its own text`);
  return { text: Buffer.from(text), metadata };
}

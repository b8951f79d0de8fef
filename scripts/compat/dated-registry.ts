import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import lt from "semver/functions/lt.js";
import rsort from "semver/functions/rsort.js";
import { listen } from "../listen.ts";

/** An npm registry as it was on a day, in front of the real one. */
export interface DatedRegistry {
  /** Base of the registry protocol, ends with `/`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface DatedRegistryOptions {
  /** Base URL of the real registry, ends with `/`. */
  readonly upstream: string;
  /** Versions published after this moment do not exist, ISO. */
  readonly before?: string | undefined;
  /** Folder that keeps what was asked for: a second run needs no network. */
  readonly folder: string;
}

/** Requests to the real registry at once, and how often one is tried. */
const PARALLEL = 8;
const ATTEMPTS = 4;

/** What a loader reads of one version, as registries' abbreviated packuments have it. */
const MANIFEST_FIELDS = [
  "name",
  "version",
  "dependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "optionalDependencies",
  "os",
  "cpu",
  "engines",
  "deprecated",
] as const;

interface Manifest extends Record<string, unknown> {
  dist?: { integrity?: string; shasum?: string; tarball?: string };
}

interface RealPackument {
  name: string;
  "dist-tags"?: Record<string, string>;
  versions?: Record<string, Manifest>;
  time?: Record<string, string>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startDatedRegistry(options: DatedRegistryOptions): Promise<DatedRegistry> {
  const answers = new Answers(options);
  const server = createServer((request, response) => {
    respond(answers, request, response).catch(() => response.writeHead(502).end());
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function respond(answers: Answers, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname.slice(1));
  const body = await answers.of(path);
  if (body === undefined) return void response.writeHead(404).end();
  const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
  if (request.headers["if-none-match"] === etag) return void response.writeHead(304, { etag }).end();
  const type = isArchive(path) ? "application/octet-stream" : "application/json";
  response.writeHead(200, { "content-type": type, "content-length": body.length, etag }).end(body);
}

class Answers {
  readonly #options: DatedRegistryOptions;
  /** What is being asked for now, by path. */
  readonly #pending = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(options: DatedRegistryOptions) {
    this.#options = options;
  }

  /** The body for `name` or `name/-/file.tgz`; undefined where the registry has none. */
  of(path: string): Promise<Uint8Array | undefined> {
    const pending = this.#pending.get(path) ?? this.#load(path).finally(() => this.#pending.delete(path));
    this.#pending.set(path, pending);
    return pending;
  }

  async #load(path: string): Promise<Uint8Array | undefined> {
    const file = this.#file(path);
    const kept = await readFile(file).catch(() => undefined);
    if (kept !== undefined) return kept;
    const body = await this.#fetch(path);
    if (body === undefined) return undefined;
    const answer = isArchive(path) ? body : datePackument(body, this.#options.before);
    await publish(file, answer);
    return answer;
  }

  /** What is kept of a packument depends on the day; without one on today's. */
  #file(path: string): string {
    const { upstream, folder, before = new Date().toISOString().slice(0, 10) } = this.#options;
    const key = isArchive(path) ? [upstream, path] : [upstream, path, before];
    return `${folder}/${createHash("sha256").update(key.join("\0")).digest("hex")}`;
  }

  async #fetch(path: string): Promise<Uint8Array | undefined> {
    await this.#turn();
    try {
      for (let attempt = 1; ; attempt++) {
        const answer = await this.#ask(path).catch(() => undefined);
        if (answer?.status === 404) return undefined;
        if (answer?.body !== undefined) return answer.body;
        if (attempt === ATTEMPTS) throw new Error(`the registry does not give "${path}"`);
        await delay(500 * attempt);
      }
    } finally {
      this.#active--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#active >= PARALLEL) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active++;
  }

  async #ask(path: string): Promise<{ status: number; body?: Uint8Array }> {
    // A scoped name is one component of the URL.
    const encoded = isArchive(path) ? path : path.replace(/^(@[^/]+)\//, "$1%2f");
    const response = await fetch(new URL(encoded, this.#options.upstream));
    const body = new Uint8Array(await response.arrayBuffer());
    return response.ok ? { status: response.status, body } : { status: response.status };
  }
}

/** Complete under its name, or not there. */
async function publish(file: string, body: Uint8Array): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  await mkdir(new URL(".", `file://${file}`), { recursive: true });
  await writeFile(unfinished, body);
  await rename(unfinished, file);
}

function isArchive(path: string): boolean {
  return path.endsWith(".tgz");
}

/** The packument as npm's `--before` sees it. Archives are at their usual paths, wherever the registry has them. */
function datePackument(body: Uint8Array, before: string | undefined): Uint8Array {
  const {
    name,
    versions = {},
    time = {},
    "dist-tags": tags = {},
  } = JSON.parse(new TextDecoder().decode(body)) as RealPackument;
  const end = before === undefined ? Infinity : Date.parse(before);
  // Where the registry does not say when, the version stays.
  const isLater = (version: string): boolean => Date.parse(time[version] ?? "") > end;
  const kept = Object.entries(versions).filter(([version]) => !isLater(version));
  const packument = {
    name,
    "dist-tags": dateTags(
      tags,
      kept.map(([version]) => version),
    ),
    versions: Object.fromEntries(kept.map(([version, manifest]) => [version, abbreviate(manifest)])),
  };
  return new TextEncoder().encode(JSON.stringify(packument));
}

/** A tag that points to what is not there yet means the highest version below that. */
function dateTags(tags: Record<string, string>, versions: readonly string[]): Record<string, string> {
  const sorted = rsort([...versions], { loose: true });
  const stable = sorted.filter((version) => !version.includes("-"));
  const dated = Object.entries(tags).map(([tag, version]) => {
    if (versions.includes(version)) return [tag, version] as const;
    const candidates = stable.length > 0 && !version.includes("-") ? stable : sorted;
    return [tag, candidates.find((each) => lt(each, version, { loose: true }))] as const;
  });
  return Object.fromEntries(dated.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function abbreviate(manifest: Manifest): Manifest {
  const fields = MANIFEST_FIELDS.filter((field) => manifest[field] !== undefined);
  const { integrity, shasum } = manifest.dist ?? {};
  return {
    ...Object.fromEntries(fields.map((field) => [field, manifest[field]])),
    dist: { ...(integrity !== undefined && { integrity }), ...(shasum !== undefined && { shasum }) },
  };
}

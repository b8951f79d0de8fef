import { createEdgeApp, type EdgePorts, type Mount } from "../../worker/app.ts";
import { mountArtifacts } from "../../worker/mount-artifacts.ts";
import { type ErrorJson, isErrorJson } from "../../src/errors.ts";
import type { StageEvent } from "../../src/events.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../src/store/memory-store.ts";
import { createHasher } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";

const REGISTRY = "https://registry.test/npm/";
const EDGE = "https://edge.test";

/** What the upstream does with one request; undefined means 404. */
export type Upstream = (url: URL, request: Request) => Response | Promise<Response> | undefined;

export interface FakeEdge {
  /** URLs that went upstream, in order. */
  readonly requests: string[];
  readonly events: StageEvent[];
  readonly ports: EdgePorts;
  /** Moves the clock, milliseconds. */
  pass(ms: number): void;
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** An edge app before a made-up upstream, with a clock that only moves when it is told to. */
export function createFakeEdge(upstream: Upstream, changes: Partial<EdgePorts> = {}, mount?: Mount): FakeEdge {
  const requests: string[] = [];
  const events: StageEvent[] = [];
  let time = 1_000_000;
  const ports: EdgePorts = {
    registry: REGISTRY,
    async fetch(url, init) {
      requests.push(url);
      const { method = "GET", body = null } = init ?? {};
      const request = new Request(url, { method, body, headers: new Headers(init?.headers) });
      const response = await upstream(new URL(url), request);
      return response ?? new Response("nothing here", { status: 404 });
    },
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    source: "edge",
    allowedOrigins: [],
    now: () => time,
    // Short waits are over at once, after what else is to be done; a wait for an answer ends when the answer is there.
    delay: (ms, signal) => (ms < 10_000 ? new Promise((resolve) => setTimeout(resolve)) : untilAborted(signal)),
    emit: (event) => void events.push(event),
    ...changes,
  };
  const app = createEdgeApp(ports, (own, edge, packages) => {
    mount?.(own, edge, packages);
    mountArtifacts(own, edge, packages);
  });
  return {
    requests,
    events,
    ports,
    pass: (ms) => void (time += ms),
    get: async (path, init) => app.request(new URL(path, EDGE).href, init),
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

/** One package with one version, as a registry has it. */
export function createPackage(name: string, version: string, archive = textBytes(`archive of ${name}@${version}`)) {
  const hasher = createHasher("sha512");
  hasher.update(archive);
  const integrity = formatIntegrity("sha512", hasher.digest());
  const manifest = { name, version, dist: { integrity } };
  const packument = { name, "dist-tags": { latest: version }, versions: { [version]: manifest }, readme: "left out" };
  return { name, version, archive, integrity, packument };
}

/** An upstream that has these packages. */
export function registryOf(...packages: ReturnType<typeof createPackage>[]): Upstream {
  return (url) => {
    for (const { name, version, archive, packument } of packages) {
      const path = decodeURIComponent(url.pathname);
      if (path === `/npm/${name}`) return Response.json(packument);
      const file = `${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;
      if (path === `/npm/${name}/-/${file}`) return new Response(archive);
    }
    return undefined;
  };
}

export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** A copy with one bit of the middle byte turned. */
export function flipByte(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const flipped = new Uint8Array(bytes);
  const middle = flipped.length >> 1;
  flipped[middle] = (flipped[middle] ?? 0) ^ 1;
  return flipped;
}

/** The error that an edge answered with. */
export async function errorOf(response: Response): Promise<ErrorJson> {
  const body: unknown = await response.json();
  if (typeof body === "object" && body !== null && "error" in body && isErrorJson(body.error)) return body.error;
  throw new TypeError(`Not an edge's error: ${JSON.stringify(body)}`);
}

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { compileArchiveToChunks } from "../../../src/artifact/compile-archive.ts";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import { FrameReader } from "../../../src/fetch/graph/read-frames.ts";
import { readGraphLock } from "../../../src/load/graph/graph-arrivals.ts";
import type { GraphQuestion } from "../../../src/load/graph/graph-question.ts";
import { cacheBytes, cacheRecords, type ColoCache } from "../../../src/platform/workerd/colo-cache.ts";
import { createKvRecordStore } from "../../../src/platform/workerd/kv-store.ts";
import { createTieredByteStore } from "../../../src/platform/workerd/tiered-byte-store.ts";
import { createFakeEdge, createPackage, type FakeEdge, registryOf } from "../fake-upstream.ts";
import { pack } from "../registry/fake-registry.ts";

/** What Cloudflare charges for, and what goes upstream. */
interface Counts {
  kvReads: number;
  kvWrites: number;
  r2: number;
  upstream: number;
}

const KV_READS = new Set(["get", "getWithMetadata"]);
const MINUTE = 60_000;

const QUESTION: GraphQuestion = {
  compiler: COMPILER_ID,
  imports: [{ specifier: "lib0@^1", from: "/main.ts", kind: "import" }],
  mode: "production",
  conditions: [],
  builtins: [],
  manifests: {},
  overrides: {},
  minimumReleaseAge: 0,
  maps: false,
  held: [],
};

/** Counts what is called of it. */
function counted<T extends object>(target: T, count: (method: string) => void): T {
  return new Proxy(target, {
    get(object, method) {
      const member: unknown = Reflect.get(object, method);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        count(String(method));
        return Reflect.apply(member, object, args);
      };
    },
  });
}

function createColo(): ColoCache {
  const kept = new Map<string, Response>();
  return {
    match: async (url) => kept.get(url)?.clone(),
    put: async (url, response) => void kept.set(url, response),
    delete: async (url) => kept.delete(url),
  };
}

/** Packages of a program. */
const GRAPH_SIZE = 10;

/** A package that imports the one after it; the last imports none. */
async function packed(index: number) {
  const name = `lib${index}`;
  const next = `lib${index + 1}`;
  const isLast = index === GRAPH_SIZE - 1;
  const manifest = { name, version: "1.0.0", ...(isLast ? {} : { dependencies: { [next]: "^1.0.0" } }) };
  const text = isLast ? "export default 1" : `export { default } from ${JSON.stringify(next)};`;
  const archive = await pack({ "package.json": JSON.stringify({ ...manifest, type: "module" }), "index.js": text });
  const { packument, integrity, ...found } = createPackage(name, "1.0.0", archive);
  return {
    ...found,
    integrity,
    packument: { ...packument, versions: { "1.0.0": { ...manifest, dist: { integrity } } } },
  };
}

async function createWorld() {
  for (const { name } of (await env.RAYA_KV.list()).keys) await env.RAYA_KV.delete(name);
  const upstream = registryOf(...(await Promise.all(Array.from({ length: GRAPH_SIZE }, (_, index) => packed(index)))));
  const counts: Counts = { kvReads: 0, kvWrites: 0, r2: 0, upstream: 0 };
  const kv = counted(env.RAYA_KV, (method) => void (KV_READS.has(method) ? counts.kvReads++ : counts.kvWrites++));
  const bucket = counted(env.RAYA_R2, () => void counts.r2++);
  const isolate = (colo: ColoCache): FakeEdge =>
    createFakeEdge((url, request) => (counts.upstream++, upstream(url, request)), {
      bytes: cacheBytes(createTieredByteStore(kv, bucket), colo, () => undefined),
      records: cacheRecords(createKvRecordStore(kv), colo, () => undefined, "fetchedAt"),
      compiler: { id: COMPILER_ID, compile: compileArchiveToChunks },
      memoryBytes: 1_000_000,
    });
  const ask = async (edge: FakeEdge, path: string, init: RequestInit = {}): Promise<Counts> => {
    Object.assign(counts, { kvReads: 0, kvWrites: 0, r2: 0, upstream: 0 });
    const response = await edge.get(path, { headers: { accept: "application/vnd.npm.install-v1+json" }, ...init });
    const bytes = await response.arrayBuffer();
    if (!response.ok) throw new Error(new TextDecoder().decode(bytes));
    return { ...counts };
  };
  return { isolate, ask };
}

/** docs/operators.md computes what a deployment costs from these. */
describe("what one request takes", () => {
  const PACKUMENT = "/npm/lib9";
  const ARCHIVE = "/npm/lib9/-/lib9-1.0.0.tgz";
  const ARTIFACT = `/rbin/${COMPILER_ID}/lib9@1.0.0`;
  const ABSENT: Counts = { kvReads: 0, kvWrites: 0, r2: 0, upstream: 0 };
  const NEAR: Counts = { ...ABSENT, kvReads: 1 };
  const FAR: Counts = { ...ABSENT, kvReads: 2 };

  it.for([
    [PACKUMENT, { kvReads: 3, kvWrites: 2, r2: 0, upstream: 1 }, { kvReads: 2, kvWrites: 0, r2: 0, upstream: 1 }],
    [ARCHIVE, { kvReads: 8, kvWrites: 4, r2: 0, upstream: 2 }, ABSENT],
    [ARTIFACT, { kvReads: 11, kvWrites: 6, r2: 0, upstream: 2 }, ABSENT],
  ] as const)("of %s", async ([path, first, later], { expect }) => {
    const { isolate, ask } = await createWorld();
    const colo = createColo();
    const edge = isolate(colo);
    expect(await ask(edge, path)).toEqual(first);
    expect(await ask(edge, path)).toEqual(ABSENT);
    // The data centre's cache has the record from the first request, and the bytes from the first that reads them.
    expect(await ask(isolate(colo), path)).toEqual(NEAR);
    expect(await ask(isolate(colo), path)).toEqual(ABSENT);
    expect(await ask(isolate(createColo()), path)).toEqual(FAR);
    edge.pass(MINUTE);
    expect(await ask(edge, path)).toEqual(later);
  });

  it("of POST /graph for a program of ten packages", async ({ expect }) => {
    const { isolate, ask } = await createWorld();
    const colo = createColo();
    const edge = isolate(colo);
    const question = { method: "POST", body: JSON.stringify(QUESTION) };
    const graph = (asked: FakeEdge): Promise<Counts> => ask(asked, "/graph", question);
    expect(await graph(edge)).toEqual({ kvReads: 100, kvWrites: 60, r2: 0, upstream: 20 });
    expect(await graph(edge)).toEqual(ABSENT);
    expect(await graph(isolate(colo))).toEqual({ ...ABSENT, kvReads: 10 });
    expect(await graph(isolate(colo))).toEqual(ABSENT);
    expect(await graph(isolate(createColo()))).toEqual({ ...ABSENT, kvReads: 40 });
    const answer = new Uint8Array(await (await edge.get("/graph", question)).arrayBuffer());
    const [first = { bytes: answer }] = [...new FrameReader(1e7).push(answer)];
    const locked = { ...question, body: JSON.stringify({ ...QUESTION, lock: readGraphLock(first.bytes).text }) };
    expect(await ask(isolate(createColo()), "/graph", locked)).toEqual({ ...ABSENT, kvReads: 20 });
    // Of the lockfile as of the packuments.
    edge.pass(2 * MINUTE);
    expect(await graph(edge)).toEqual({ ...ABSENT, kvReads: 20, upstream: 10 });
  });
});

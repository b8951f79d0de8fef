import { describe, it } from "vitest";
import { compileArchiveMaps, compileArchiveToChunks } from "../../src/artifact/compile-archive.ts";
import { COMPILER_ID } from "../../src/compile/compile-objects.ts";
import { GRAPH_TYPE } from "../../src/fetch/graph/graph-format.ts";
import { FrameReader } from "../../src/fetch/graph/read-frames.ts";
import { GraphArrivals, readGraphEnd, readGraphLock } from "../../src/load/graph/graph-arrivals.ts";
import type { GraphQuestion } from "../../src/load/graph/graph-question.ts";
import type { EdgePorts } from "../../worker/app.ts";
import { type FakePackage, packArchive } from "../fixtures/fake-registry.ts";
import { createFakeEdge, createPackage, errorOf, type FakeEdge, registryOf, type Upstream } from "./fake-upstream.ts";

/** Of packages of that size the index has no contents, but their digests. */
const BIG = "x".repeat(100_000);

const PACKAGES: readonly FakePackage[] = [
  {
    manifest: { name: "top", version: "1.0.0", dependencies: { low: "^1.0.0" } },
    files: { "index.js": `exports.low = require("low");`, "other.js": "exports.other = 1;", "big.txt": BIG },
  },
  { manifest: { name: "low", version: "1.1.0" }, files: { "index.js": "exports.low = 1;", "big.txt": BIG } },
];

const QUESTION: GraphQuestion = {
  compiler: COMPILER_ID,
  imports: [{ specifier: "top@^1", from: "/main.ts", kind: "import" }],
  mode: "production",
  conditions: [],
  builtins: [],
  manifests: {},
  overrides: {},
  minimumReleaseAge: 0,
  maps: false,
  held: [],
};

async function createEdge(changes: Partial<EdgePorts> = {}): Promise<FakeEdge> {
  return createFakeEdge(await upstreamOf(PACKAGES), { compiler, memoryBytes: 1_000_000, ...changes });
}

const compiler = { id: COMPILER_ID, compile: compileArchiveToChunks, maps: compileArchiveMaps };

async function upstreamOf(entries: readonly FakePackage[]): Promise<Upstream> {
  const packages = await Promise.all(
    entries.map(async (entry) => {
      const { name, version } = entry.manifest;
      const packed = createPackage(name, version, await packArchive(entry));
      const manifest = { ...entry.manifest, dist: { integrity: packed.integrity } };
      return { ...packed, packument: { ...packed.packument, versions: { [version]: manifest } } };
    }),
  );
  return registryOf(...packages);
}

const ask = (edge: FakeEdge, question: unknown): Promise<Response> =>
  edge.get("/graph", { method: "POST", body: JSON.stringify(question) });

async function read(response: Response) {
  const frames = [...new FrameReader(1e7).push(new Uint8Array(await response.arrayBuffer()))];
  const arrivals = new GraphArrivals();
  for (const frame of frames) arrivals.take(frame);
  const places = (name: string): string[] => {
    const arrived = arrivals.find(name);
    const files = arrived === undefined ? undefined : arrivals.know(arrived.digest, arrived.index);
    return [...(arrived?.index.files.values() ?? [])].flatMap(({ index, path }) => (files?.has(index) ? path : []));
  };
  const lock = readGraphLock(frames.find(({ kind }) => kind === "lock")?.bytes ?? new Uint8Array()).lock;
  const error = readGraphEnd(frames.at(-1)?.bytes ?? new Uint8Array());
  return {
    kinds: frames.map(({ kind }) => kind),
    held: arrivals.held(),
    packages: Object.keys(lock.packages),
    places,
    error,
  };
}

describe("POST /graph", () => {
  it("answers with the lockfile and what is needed of each package", async ({ expect }) => {
    const edge = await createEdge();
    const response = await ask(edge, QUESTION);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": GRAPH_TYPE,
      "cache-control": "no-store",
      "raya-source": "edge",
      "x-content-type-options": "nosniff",
    });
    const { packages, error, places } = await read(response);
    expect(packages).toEqual(["low@1.1.0", "top@1.0.0"]);
    expect(places("top@1.0.0")).toEqual(["index.js"]);
    expect(places("low@1.1.0")).toEqual(["index.js"]);
    expect(error).toBeUndefined();
  });

  it("asks upstream once for each thing, however many ask for the graph, and then nobody", async ({ expect }) => {
    const edge = await createEdge();
    const answers = await Promise.all([1, 2, 3].map(async () => read(await ask(edge, QUESTION))));
    answers.push(await read(await ask(edge, QUESTION)));
    for (const { places } of answers) expect(places("low@1.1.0")).toEqual(["index.js"]);
    expect(edge.requests).toHaveLength(4);
    expect(new Set(edge.requests).size).toBe(4);
    edge.pass(61_000);
    await read(await ask(edge, QUESTION));
    expect(edge.requests).toHaveLength(6);
  });

  it("leaves out what is held", async ({ expect }) => {
    const edge = await createEdge();
    const { held } = await read(await ask(edge, QUESTION));
    const again = await read(await ask(edge, { ...QUESTION, held }));
    expect(again.kinds).toEqual(["lock", "end"]);
    const [, ...others] = held;
    const more = await read(await ask(edge, { ...QUESTION, held: others }));
    expect(more.kinds).toEqual(["lock", "index", "end"]);
  });

  it("locks what is asked for later and sends nothing of it", async ({ expect }) => {
    const edge = await createEdge();
    const imports = [{ specifier: "top@^1", from: "/main.ts", kind: "later" }];
    const { kinds, packages } = await read(await ask(edge, { ...QUESTION, imports }));
    expect(kinds).toEqual(["lock", "end"]);
    expect(packages).toEqual(["low@1.1.0", "top@1.0.0"]);
  });

  it("ends with the reason where something cannot be had", async ({ expect }) => {
    const edge = await createEdge();
    const imports = [...QUESTION.imports, { specifier: "top@^1/missing.js", from: "/main.ts", kind: "import" }];
    const { error, kinds } = await read(await ask(edge, { ...QUESTION, imports }));
    expect(kinds[0]).toBe("lock");
    expect(error).toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
  });

  it.each<[string, object, string, number]>([
    ["another compiler", { compiler: "raya-0" }, "ERR_ROUTE_NOT_FOUND", 404],
    ["no imports", { imports: undefined }, "ERR_REQUEST_INVALID", 400],
    [
      "an import that is none",
      { imports: [{ specifier: "top", from: "/", kind: "eval" }] },
      "ERR_REQUEST_INVALID",
      400,
    ],
    ["another mode", { mode: "test" }, "ERR_REQUEST_INVALID", 400],
    ["manifests that are no texts", { manifests: { "/package.json": {} } }, "ERR_REQUEST_INVALID", 400],
    ["a lockfile that is none", { lock: "version = 99" }, "ERR_LOCKFILE_VERSION", 422],
    [
      "a package that is not there",
      { imports: [{ specifier: "no", from: "/", kind: "import" }] },
      "ERR_PACKAGE_NOT_FOUND",
      404,
    ],
    ["a private package", { imports: [{ specifier: "@acme/x", from: "/", kind: "import" }] }, "ERR_FORBIDDEN", 403],
    [
      "an archive of a forge",
      { imports: [{ specifier: "github:a/b#v1", from: "/", kind: "import" }] },
      "ERR_SOURCE_UNSUPPORTED",
      501,
    ],
    ["more than a question may have", { lock: "x".repeat(5_000_000) }, "ERR_SIZE_LIMIT", 413],
  ])("refuses %s", async (_name, changes, code, status) => {
    const edge = await createEdge({ privateScopes: ["@acme"] });
    const response = await ask(edge, { ...QUESTION, ...changes });
    const error = await errorOf(response);
    if (error.code !== code || response.status !== status)
      throw new Error(`${response.status} ${JSON.stringify(error)}`);
  });

  it("decides anew after a while, however often it is asked in between", async ({ expect }) => {
    const [top, low] = PACKAGES;
    const newer = { ...low, manifest: { name: "low", version: "1.2.0" } };
    let upstream = await upstreamOf(PACKAGES);
    const edge = createFakeEdge((...request) => upstream(...request), { compiler, memoryBytes: 1_000_000 });
    const versions: string[] = [];
    for (let count = 0; count < 4; count++) {
      versions.push((await read(await ask(edge, QUESTION))).packages.join());
      upstream = await upstreamOf(top === undefined ? [] : [top, newer]);
      edge.pass(40_000);
    }
    expect(versions[0]).toBe("low@1.1.0,top@1.0.0");
    expect(versions[3]).toBe("low@1.2.0,top@1.0.0");
  });

  it("is asked with POST only, and not there without a compiler", async ({ expect }) => {
    const edge = await createEdge();
    const got = await edge.get("/graph");
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
    const without = createFakeEdge(() => undefined);
    expect(await errorOf(await ask(without, QUESTION))).toMatchObject({ code: "ERR_METHOD_NOT_ALLOWED" });
  });

  it("never lets a path of the question lead anywhere", async ({ expect }) => {
    const edge = await createEdge();
    for (const from of [
      "/../../main.ts",
      "C:\\x\\main.ts",
      "/a/%2e%2e/b c/#x?.ts",
      "https://x.test/a.js",
      "",
      "/[graph].js",
    ]) {
      const imports = [{ specifier: "top@^1", from, kind: "import" }];
      const { error, places } = await read(await ask(edge, { ...QUESTION, imports }));
      expect(error, from).toBeUndefined();
      expect(places("low@1.1.0"), from).toEqual(["index.js"]);
    }
  });
});

import { describe, it } from "vitest";
import { cacheBytes, cacheRecords, type ColoCache } from "../../../src/platform/workerd/colo-cache.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";
import { sha256Hex } from "../../../src/verify/digest.ts";
import type { EdgePorts } from "../../../worker/app.ts";
import { createFakeEdge, createPackage, flipByte, registryOf, type Upstream } from "../fake-upstream.ts";

const MINUTE = 60_000;
const react = createPackage("react", "19.0.0");

function createColo(): ColoCache & { readonly kept: Map<string, Response> } {
  const kept = new Map<string, Response>();
  return {
    kept,
    match: async (url) => kept.get(url)?.clone(),
    put: async (url, response) => void kept.set(url, response),
    delete: async (url) => kept.delete(url),
  };
}

/** The stores that all the world shares, and what is asked of them. */
function createWorld() {
  const bytes = createMemoryByteStore();
  const records = createMemoryRecordStore();
  const writes: string[] = [];
  const reads: string[] = [];
  const counted = {
    bytes: {
      ...bytes,
      get: (key: string) => (reads.push(key), bytes.get(key)),
      put: (key: string, value: Uint8Array<ArrayBuffer>) => (writes.push(key), bytes.put(key, value)),
    },
    records: {
      ...records,
      read: (key: string) => (reads.push(key), records.read(key)),
      write: (...entry: Parameters<typeof records.write>) => (writes.push(entry[0]), records.write(...entry)),
    },
  };
  const portsAt = (colo: ColoCache): Pick<EdgePorts, "bytes" | "records"> => ({
    bytes: cacheBytes(counted.bytes, colo, () => undefined),
    records: cacheRecords(counted.records, colo, () => undefined, "fetchedAt"),
  });
  return { ...counted, writes, reads, portsAt };
}

describe("a data centre's cache", () => {
  it("takes the writes that say nothing new: a package that is asked for every minute is written once", async ({
    expect,
  }) => {
    const world = createWorld();
    const edge = createFakeEdge(registryOf(react), world.portsAt(createColo()));
    for (let minute = 0; minute < 100; minute += 1) {
      await edge.get("/npm/react");
      edge.pass(MINUTE);
    }
    expect(edge.requests).toHaveLength(100);
    expect(world.writes.filter((key) => key === "packument-full-3:react")).toHaveLength(1);
  });

  it("lets what is new through, to every other data centre", async ({ expect }) => {
    const world = createWorld();
    let upstream: Upstream = registryOf(react);
    const edges = [createColo(), createColo()].map((colo) =>
      createFakeEdge((url, request) => upstream(url, request), world.portsAt(colo)),
    );
    const [first, second] = edges;
    if (first === undefined || second === undefined) throw new Error("there are two");
    await first.get("/npm/react");
    expect((await second.get("/npm/react")).headers.get("raya-source")).toBe("edge");
    upstream = registryOf(createPackage("react", "19.1.0"));
    first.pass(MINUTE);
    await first.get("/npm/react");
    upstream = () => undefined;
    expect(
      await (await createFakeEdge(() => undefined, world.portsAt(createColo())).get("/npm/react")).text(),
    ).toContain("19.1.0");
  });

  it("answers reads without asking the stores", async ({ expect }) => {
    const world = createWorld();
    const colo = createColo();
    const path = "/npm/react/-/react-19.0.0.tgz";
    await createFakeEdge(registryOf(react), world.portsAt(colo)).get(path);
    await createFakeEdge(() => undefined, world.portsAt(colo)).get(path);
    world.reads.length = 0;
    const response = await createFakeEdge(() => undefined, world.portsAt(colo)).get(path);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(react.archive);
    expect(world.reads).toEqual([]);
  });

  it("that is damaged is healed like any store", async ({ expect }) => {
    const world = createWorld();
    const colo = createColo();
    const edge = createFakeEdge(registryOf(react), world.portsAt(colo));
    const path = "/npm/react/-/react-19.0.0.tgz";
    for (let count = 0; count < 2; count += 1) await edge.get(path);
    const url = `https://objects.invalid/${await sha256Hex(react.archive)}`;
    expect(colo.kept.has(url)).toBe(true);
    colo.kept.set(url, new Response(flipByte(react.archive)));
    const healed = await edge.get(path);
    expect(new Uint8Array(await healed.arrayBuffer())).toEqual(react.archive);
    expect(edge.events).toContainEqual(expect.objectContaining({ kind: "heal" }));
    expect((await edge.get(path)).headers.get("raya-source")).toBe("edge");
  });
});

describe("two isolates that share stores", () => {
  it("both answer right when they meet on a cold package", async ({ expect }) => {
    const world = createWorld();
    const edges = Array.from({ length: 4 }, () => createFakeEdge(registryOf(react), world.portsAt(createColo())));
    const answers = await Promise.all(
      edges.flatMap((edge) => Array.from({ length: 50 }, () => edge.get("/npm/react/-/react-19.0.0.tgz"))),
    );
    for (const answer of answers) expect(new Uint8Array(await answer.arrayBuffer())).toEqual(react.archive);
    for (const edge of edges) expect(edge.requests).toHaveLength(2);
    const later = createFakeEdge(() => undefined, world.portsAt(createColo()));
    expect((await later.get("/npm/react/-/react-19.0.0.tgz")).headers.get("raya-source")).toBe("edge");
  });
});

describe("a stampede of 200 clients for a cold package", () => {
  it("makes one upstream request for each thing", async ({ expect }) => {
    const world = createWorld();
    const edge = createFakeEdge(registryOf(react), { ...world.portsAt(createColo()), memoryBytes: 1_000_000 });
    const accept = { accept: "application/vnd.npm.install-v1+json" };
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        index % 2 === 0
          ? edge.get("/npm/react", { headers: accept })
          : edge.get("/npm/react/-/react-19.0.0.tgz", { headers: accept }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(edge.requests.toSorted((a, b) => a.length - b.length)).toEqual([
      "https://registry.test/npm/react",
      "https://registry.test/npm/react/-/react-19.0.0.tgz",
    ]);
    for (const key of new Set(world.writes)) expect(world.writes.filter((written) => written === key)).toEqual([key]);
  });
});

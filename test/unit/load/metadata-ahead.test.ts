import { describe, it } from "vitest";
import type { LoaderOptions } from "../../../src/loader.ts";
import { METADATA_ENDPOINT } from "../../../src/solve/fetch-metadata-ahead.ts";
import { answerMetadataQuestion, readMetadataQuestion } from "../../../src/solve/metadata-question.ts";
import { reduceMetadata } from "../../../src/solve/reduce-metadata.ts";
import { createFakeRegistry, type FakePackage, type FakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

const files = { "index.js": "exports.a = 1;" };
const PACKAGES: FakePackage[] = [
  { manifest: { name: "app", version: "1.0.0", dependencies: { low: "^1.0.0", forge: "github:a/b" } }, files },
  { manifest: { name: "low", version: "1.0.0", bin: { low: "index.js" }, engines: { node: ">=4" } }, files },
  { manifest: { name: "low", version: "1.1.0", bin: "index.js", bundledDependencies: ["own"] }, files },
  { manifest: { name: "low", version: "2.0.0" }, files },
];
const project = { entry: "/main.ts", files: { "/main.ts": 'import "app";' } };

interface AskedEdge extends FakeRegistry {
  /** What was asked: `question`, packuments and archives. */
  readonly asked: string[];
  readonly questions: string[];
  status: number;
}

/** A registry that answers for whole projects too. */
async function createEdge(): Promise<AskedEdge> {
  const registry = await createFakeRegistry(PACKAGES);
  const fetch = registry.host.fetch.bind(registry.host);
  const packument = async (name: string) => reduceMetadata(await (await fetch(REGISTRY + name)).json(), name);
  const edge: AskedEdge = { ...registry, asked: [], questions: [], status: 200 };
  edge.host.fetch = async (url, init) => {
    if (url !== REGISTRY + METADATA_ENDPOINT) {
      edge.asked.push(url.slice(REGISTRY.length));
      return fetch(url, init);
    }
    edge.asked.push("question");
    const body = await new Response(init?.body ?? null).text();
    edge.questions.push(body);
    const question = readMetadataQuestion(JSON.parse(body));
    const text = await answerMetadataQuestion(question, { packument }, Date.now());
    return new Response(text, { status: edge.status, headers: { "cache-control": "max-age=60" } });
  };
  return edge;
}

/** With an import map, so that what names mean is not for an edge to say. */
async function lockOf(registry: FakeRegistry, options: Partial<LoaderOptions>, only = false): Promise<string> {
  const loaded = await registry
    .loader({ importMap: { imports: {} }, ...options })
    .load(project, only ? { cacheSetting: "only" } : {});
  return loaded.lockfile;
}

const isPackument = (path: string): boolean => path !== "question" && !path.endsWith(".tgz");

describe("metadata that an edge sends ahead", () => {
  it("gives the same lockfile as asking about each package, with one question", async ({ expect }) => {
    const [plain, edge] = [await createEdge(), await createEdge()];
    const expected = await lockOf(plain, {});
    expect(plain.asked.filter((path) => !path.endsWith(".tgz"))).toEqual(["app", "low"]);
    expect(await lockOf(edge, { edge: REGISTRY })).toBe(expected);
    expect(edge.asked.filter((path) => !path.endsWith(".tgz"))).toEqual(["question"]);
    const warned = edge.events.filter(({ kind }) => kind === "warning").map(({ message }) => message);
    expect(warned).toEqual([expect.stringContaining("github:a/b")]);
  });

  it("is kept, and used again without the network", async ({ expect }) => {
    const edge = await createEdge();
    const expected = await lockOf(edge, { edge: REGISTRY, keepMetadata: true, keepLinked: "nothing" });
    edge.asked.length = 0;
    expect(await lockOf(edge, { edge: REGISTRY, keepMetadata: true })).toBe(expected);
    expect(await lockOf(edge, { edge: REGISTRY, keepMetadata: true }, true)).toBe(expected);
    expect(edge.asked).toEqual([]);
  });

  it("is not waited for where the edge cannot answer: packages are asked about one by one", async ({ expect }) => {
    const edge = await createEdge();
    edge.status = 503;
    const lock = await lockOf(edge, { edge: REGISTRY, limits: { attempts: 1 } });
    expect(lock).toContain("low@1.1.0");
    expect(edge.asked.filter(isPackument)).toEqual(["app", "low"]);
    const { message } = edge.events.find(({ kind, subject }) => kind === "warning" && subject === "metadata") ?? {};
    expect(message).toContain("packages are asked about one by one");
  });

  it("an edge that is none is an error", async ({ expect }) => {
    const edge = await createEdge();
    edge.status = 404;
    await expect(lockOf(edge, { edge: REGISTRY })).rejects.toMatchObject({ code: "ERR_FETCH_STATUS" });
  });

  it("other registries are not asked so, and the edge is not told what is theirs", async ({ expect }) => {
    const edge = await createEdge();
    const npmrc = `registry=${REGISTRY}other/`;
    await expect(lockOf(edge, { edge: REGISTRY, registries: { npmrc } })).rejects.toMatchObject({
      code: "ERR_PACKAGE_NOT_FOUND",
    });
    expect(edge.asked).not.toContain("question");
    const registries = { npmrc: `@acme:registry=${REGISTRY}acme/` };
    const imports = { entry: "/main.ts", files: { "/main.ts": 'import "app"; import "@acme/own";' } };
    await expect(edge.loader({ edge: REGISTRY, registries }).load(imports)).rejects.toMatchObject({
      details: { package: "@acme/own" },
    });
    expect(edge.questions).toEqual([expect.not.stringContaining("acme")]);
  });
});

import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import type { SolveContext } from "../../../src/solve/gather-metadata.ts";
import {
  answerMetadataQuestion,
  type MetadataQuestion,
  readMetadataQuestion,
} from "../../../src/solve/metadata-question.ts";
import { readMetadataText, VersionNotSent } from "../../../src/solve/metadata-text.ts";
import { solveProject } from "../../../src/solve/solve-project.ts";
import { NOW, packagesOf, type World } from "./registry-world.ts";

const WORLD: World = {
  "app@1.0.0": { dependencies: { low: "^1.0.0" }, peerDependencies: { peer: "*" } },
  "app@2.0.0": { dependencies: { high: "next" } },
  "low@1.0.0": { optionalDependencies: { gone: "*" } },
  "high@1.0.0": {},
  "peer@1.0.0": {},
  "tool@0.1.0": { dependencies: { "tool-old": "*" } },
  "tool@1.0.0": { published: NOW },
  "tool-old@1.0.0": {},
  "plugin@1.0.0": {
    peerDependencies: { host: "^1.0.0", rare: "*" },
    peerDependenciesMeta: { host: { optional: true }, rare: { optional: true } },
  },
  "host@1.0.0": {},
  "host@2.0.0": {},
  "rare@1.0.0": {},
};

/** A registry that remembers what it was asked by name. */
function registry(prefetch?: SolveContext["prefetch"]): { asked: string[]; context: SolveContext } {
  const packages = packagesOf(WORLD, { high: { next: "1.0.0" } });
  const asked: string[] = [];
  const context: SolveContext = {
    async packument(name) {
      asked.push(name);
      const found = packages.get(name);
      if (found === undefined) throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no "${name}"`);
      return found;
    },
    ...(prefetch !== undefined && { prefetch }),
  };
  return { asked, context };
}

describe("metadata asked for ahead", () => {
  const send = (question: MetadataQuestion): Promise<string> =>
    answerMetadataQuestion(question, registry().context, NOW);
  const answer = async (question: MetadataQuestion): Promise<string[]> => [
    ...readMetadataText(await send(question)).keys(),
  ];

  it("is that of all that a project leads to, less what cannot be had", async ({ expect }) => {
    expect(await answer({ wanted: { app: ["^1", "2.x"] } })).toEqual(["app", "high", "low", "peer"]);
    expect(await answer({ wanted: { app: ["^1"] }, peers: "ignore" })).toEqual(["app", "low"]);
    expect(await answer({ wanted: { gone: ["*"], app: ["9"] } })).toEqual(["app"]);
  });

  it("goes by the same dates as solving", async ({ expect }) => {
    expect(await answer({ wanted: { tool: ["*"] } })).toEqual(["tool", "tool-old"]);
    expect(await answer({ wanted: { tool: ["*"] }, minimumReleaseAge: 0 })).toEqual(["tool"]);
    expect(await answer({ wanted: { tool: ["*"] }, releaseAgeExceptions: ["to*"] })).toEqual(["tool"]);
  });

  it("is everything that solving asks for by name", async ({ expect }) => {
    const questions: MetadataQuestion[] = [];
    const { asked, context } = registry(async (question) => {
      questions.push(question);
      return new Map();
    });
    const manifest = { dependencies: { app: "1", alias: "npm:high@next" }, devDependencies: { tool: "latest" } };
    await solveProject(new Map([["", manifest]]), context, { now: NOW });
    expect(questions).toHaveLength(1);
    const [question = { wanted: {} }] = questions;
    const sent: unknown = JSON.parse(JSON.stringify(question));
    expect(await answer(readMetadataQuestion(sent))).toEqual(asked.filter((name) => name !== "gone").toSorted());
  });

  it("gives the same graph as asking by name, which nobody does any more", async ({ expect }) => {
    const manifests = new Map([["", { dependencies: { app: "^1.0.0", high: "next", tool: "*" } }]]);
    const [plain, ahead] = [registry(), registry(async (question) => readMetadataText(await send(question)))];
    const expected = await solveProject(manifests, plain.context, { now: NOW });
    expect((await solveProject(manifests, ahead.context, { now: NOW })).graph).toEqual(expected.graph);
    // What the registry does not have is not in its answer.
    expect(ahead.asked).toEqual(["gone"]);
  });

  it("names every version, and has those that are looked at", async ({ expect }) => {
    const { app, tool } = Object.fromEntries(readMetadataText(await send({ wanted: { app: ["^1"], tool: ["*"] } })));
    expect(Object.keys(app?.versions ?? {})).toEqual(["1.0.0", "2.0.0"]);
    expect(app?.versions["1.0.0"]?.dependencies).toEqual({ low: "^1.0.0" });
    expect(() => app?.versions["2.0.0"]).toThrow(VersionNotSent);
    expect(Object.keys(tool?.versions ?? {}).filter((version) => tool?.versions[version])).toEqual(["0.1.0", "1.0.0"]);
  });

  it("has optional peers that something else asks for", async ({ expect }) => {
    const packages = readMetadataText(await send({ wanted: { plugin: ["*"], host: [">=1"] } }));
    expect([...packages.keys()]).toEqual(["host", "plugin"]);
    expect(packages.get("host")?.versions["1.0.0"]).toMatchObject({ version: "1.0.0" });
    expect(await answer({ wanted: { plugin: ["*"] } })).toEqual(["plugin"]);
  });

  it("asks by name for a package of which another version is needed than was sent", async ({ expect }) => {
    const { asked, context } = registry(async () => readMetadataText(await send({ wanted: { app: ["^2.0.0"] } })));
    const { graph } = await solveProject(new Map([["", { dependencies: { app: "^1.0.0" } }]]), context, { now: NOW });
    expect(Object.keys(graph.nodes)).toContain("app@1.0.0");
    expect(asked.toSorted()).toEqual(["app", "gone", "low", "peer"]);
  });

  it("says in an error which versions there are, though they were not sent", async ({ expect }) => {
    const { asked, context } = registry(async (question) => readMetadataText(await send(question)));
    const solved = solveProject(new Map([["", { dependencies: { app: "^9.0.0" } }]]), context, { now: NOW });
    await expect(solved).rejects.toMatchObject({
      code: "ERR_VERSION_NOT_FOUND",
      details: { available: ["2.0.0", "1.0.0"] },
    });
    expect(asked).toEqual([]);
  });

  it("has the versions that a lock stays with (R71)", async ({ expect }) => {
    const { asked, context } = registry(async (question) => readMetadataText(await send(question)));
    const preferred = { names: ["app"], versions: () => ["1.0.0"], tagged: () => undefined };
    const manifests = new Map([["", { dependencies: { app: "*" } }]]);
    const { graph } = await solveProject(manifests, context, { now: NOW, preferred });
    expect(Object.keys(graph.nodes)).toContain("app@1.0.0");
    expect(asked).toEqual(["gone"]);
  });

  it("is refused for a question in another form", ({ expect }) => {
    const wrong = [
      { wanted: {}, preferred: { a: [1] } },
      undefined,
      [],
      {},
      { wanted: [] },
      { wanted: { a: "1" } },
      { wanted: {}, before: "2020" },
    ];
    for (const raw of [...wrong, { wanted: {}, peers: "maybe" }, { wanted: {}, nodeVersion: 20 }]) {
      expect(() => readMetadataQuestion(raw)).toThrow(expect.objectContaining({ code: "ERR_INVALID_PACKAGE_CONFIG" }));
    }
  });
});

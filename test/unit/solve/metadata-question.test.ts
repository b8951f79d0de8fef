import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import type { SolveContext } from "../../../src/solve/gather-metadata.ts";
import {
  answerMetadataQuestion,
  type MetadataQuestion,
  readMetadataQuestion,
} from "../../../src/solve/metadata-question.ts";
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
};

/** A registry that remembers what it was asked by name. */
function registry(answered?: (question: MetadataQuestion) => void): { asked: string[]; context: SolveContext } {
  const packages = packagesOf(WORLD, { high: { next: "1.0.0" } });
  const asked: string[] = [];
  const context: SolveContext = {
    async packument(name) {
      asked.push(name);
      const found = packages.get(name);
      if (found === undefined) throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no "${name}"`);
      return found;
    },
    ...(answered !== undefined && { prefetch: async (question: MetadataQuestion) => answered(question) }),
  };
  return { asked, context };
}

describe("metadata asked for ahead", () => {
  const answer = (question: MetadataQuestion): Promise<string[]> =>
    answerMetadataQuestion(question, registry().context, NOW);

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
    const { asked, context } = registry((question) => questions.push(question));
    const manifest = { dependencies: { app: "1", alias: "npm:high@next" }, devDependencies: { tool: "latest" } };
    await solveProject(new Map([["", manifest]]), context, { now: NOW });
    expect(questions).toHaveLength(1);
    const [question = { wanted: {} }] = questions;
    const sent: unknown = JSON.parse(JSON.stringify(question));
    expect(await answer(readMetadataQuestion(sent))).toEqual(asked.filter((name) => name !== "gone").toSorted());
  });

  it("is refused for a question in another form", ({ expect }) => {
    const wrong = [undefined, [], {}, { wanted: [] }, { wanted: { a: "1" } }, { wanted: {}, before: "2020" }];
    for (const raw of [...wrong, { wanted: {}, peers: "maybe" }, { wanted: {}, nodeVersion: 20 }]) {
      expect(() => readMetadataQuestion(raw)).toThrow(expect.objectContaining({ code: "ERR_INVALID_PACKAGE_CONFIG" }));
    }
  });
});

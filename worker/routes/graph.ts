import type { Handler } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { GRAPH_TYPE } from "../../src/fetch/graph/graph-format.ts";
import { GraphAnswer } from "../../src/load/graph/graph-answer.ts";
import { type GraphQuestion, readGraphQuestion } from "../../src/load/graph/graph-question.ts";
import type { LoaderOptions } from "../../src/loader.ts";
import type { ArtifactCompiler } from "../artifact-compiler.ts";
import type { Artifacts } from "../artifacts.ts";
import type { Edge } from "../edge.ts";
import { createGraphContext } from "../graph/graph-context.ts";
import { createGraphShelf, type GraphPackage } from "../graph/graph-package.ts";
import { GraphStream } from "../graph/graph-stream.ts";
import { createFindMaps, type SentMaps } from "../graph/package-maps.ts";
import { createSolvedLocks } from "../graph/solved-locks.ts";
import type { Packages } from "../packages.ts";
import { readJson } from "../read-request.ts";

export const GRAPH_PATH = "/graph";

/** Most bytes of a question: a lockfile of a thousand packages has a quarter of that. */
const QUESTION_LIMIT = 4 * 1024 * 1024;

/** `POST /graph`: what a program's imports mean, and all of it that whoever asks does not have, as `docs/graph.md` says. */
export function graphRoute(edge: Edge, packages: Packages, artifacts: Artifacts, compiler: ArtifactCompiler): Handler {
  const shelf = createGraphShelf(edge, artifacts);
  const recall = createSolvedLocks(edge);
  const findMaps = createFindMaps(edge, packages, compiler);
  return async (c) => {
    const question = readGraphQuestion(await readJson(c.req.raw, QUESTION_LIMIT));
    assertCompiler(question.compiler, artifacts.compiler);
    const context = createGraphContext(edge, packages, settingsOf(question));
    const stream = new GraphStream(question.held, (name) => shelf.has(name));
    const maps: Promise<SentMaps>[] = [];
    const load = (name: string, version: string): Promise<GraphPackage> => {
      if (question.maps && findMaps !== undefined) maps.push(findMaps(name, version));
      // Whoever waits for them hears what is wrong with them.
      maps.at(-1)?.catch(() => undefined);
      return shelf.load(name, version);
    };
    const known = await recall(question);
    const answer = new GraphAnswer(known.question, { context, load }, stream);
    const first = await answer.lock();
    stream.lock(first);
    const walk = async (): Promise<string | undefined> => {
      const last = await answer.walk();
      for (const found of maps) stream.maps(await found);
      for (const used of stream.used) shelf.keep(used);
      known.keep(last);
      return last === first ? undefined : last;
    };
    const writing = stream.end(walk());
    edge.ports.waitUntil?.(writing.catch(() => undefined));
    return c.body(stream.body, 200, {
      "content-type": GRAPH_TYPE,
      // The answer depends on what was asked.
      "cache-control": "no-store",
      "raya-source": edge.ports.source,
    });
  };
}

function assertCompiler(actual: string, expected: string): void {
  if (actual === expected) return;
  const message = `This edge has no artifacts of the compiler "${actual}"`;
  throw new LoaderError("ERR_ROUTE_NOT_FOUND", message, { expected, actual });
}

function settingsOf(question: GraphQuestion): Partial<LoaderOptions> {
  const { conditions, builtins, overrides, before, minimumReleaseAge, releaseAgeExceptions } = question;
  return {
    conditions,
    builtins,
    overrides,
    ...(before === undefined ? {} : { before: new Date(before) }),
    ...(minimumReleaseAge === undefined ? {} : { minimumReleaseAge }),
    ...(releaseAgeExceptions === undefined ? {} : { releaseAgeExceptions }),
  };
}

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { buildDemo } from "../build-demo.ts";
import { type Edge, findFreePort, startEdge } from "../edge-process.ts";
import { startDatedRegistry } from "./dated-registry.ts";
import { isSame, judge, type Verdict } from "./judge.ts";
import { Lane } from "./lane.ts";
import type { ProbeLimits } from "./probe-page.ts";
import { Progress } from "./progress.ts";
import type { Cases, EntryCase, PackageCase } from "./read-cases.ts";
import { redact, say } from "./redact.ts";

/** Where packages come from and what is kept of them. */
export interface Workplace {
  /** Base URL of the npm registry, ends with `/`; default: the one npm is set to. */
  readonly upstream?: string;
  /**
   * What a later run uses again, the registry's answers and the edge's store: with them it needs no network. Ends with `/`;
   * default `.raya/compat/`.
   */
  readonly folder?: string;
  readonly limits?: ProbeLimits;
}

const defaultFolder = fileURLToPath(new URL("../../.raya/compat/", import.meta.url));

/** Browsers at once: more wait for each other's processors, fewer for the network. */
const LANES = Math.min(3, Math.max(2, availableParallelism()));

/**
 * Loads every entry through the real thing: the built playground, its loader in a worker, its sandboxed frame, the edge in
 * workerd, and behind that the registry as it was on the list's day.
 * @param signal ends it; what was found until then is given
 * @throws Error where the page cannot be built or the edge does not start
 */
export async function probeAll(cases: Cases, signal: AbortSignal, workplace: Workplace = {}): Promise<Verdict[]> {
  const { upstream = npmRegistry(), folder = defaultFolder, limits } = workplace;
  say("Building the page …");
  const page = `${folder}page`;
  await mkdir(folder, { recursive: true });
  await buildDemo({ outDir: page });
  say("Starting the edge in local workerd …");
  const registry = await startDatedRegistry({ upstream, before: cases.before, folder: `${folder}registry` });
  let edge: Edge | undefined;
  try {
    edge = await startEdge({
      port: await findFreePort(),
      persistTo: `${folder}edge`,
      assets: page,
      vars: { UPSTREAM_REGISTRY: registry.url },
      onComplaint: (line) => console.error(redact(`  edge: ${line}`)),
      signal,
    });
    const { url } = edge;
    const lanes = Array.from({ length: LANES }, () => new Lane(url, signal, limits));
    return await probeInLanes(cases.packages, lanes, signal);
  } finally {
    await edge?.stop();
    await registry.close();
  }
}

/** The packages are shared out among browsers; the verdicts come in the order of the list. */
async function probeInLanes(
  packages: readonly PackageCase[],
  lanes: readonly Lane[],
  signal: AbortSignal,
): Promise<Verdict[]> {
  const specifiers = packages.flatMap(({ entries }) => entries.map(({ specifier }) => specifier));
  say(`${specifiers.length} entries of ${packages.length} packages`);
  const progress = new Progress(specifiers.length);
  const verdicts = new Map<string, Verdict>();
  const queue = packages.values();
  const work = async (lane: Lane): Promise<void> => {
    for (const item of queue) {
      for (const entry of item.entries) {
        const verdict = await probeEntry(lane, item, entry);
        if (signal.aborted) return;
        verdicts.set(entry.specifier, verdict);
        progress.add(verdict);
      }
    }
  };
  await Promise.all(lanes.map((lane) => work(lane).finally(() => lane.close())));
  return specifiers.flatMap((specifier) => verdicts.get(specifier) ?? []);
}

/**
 * In production, as programs run unless they say otherwise. The oracle's bundler is of two minds: `process.env.NODE_ENV` is
 * development to it, and yet it takes no `development` condition. So where exports differ, development is tried too.
 */
async function probeEntry(lane: Lane, item: PackageCase, entry: EntryCase): Promise<Verdict> {
  const verdict = judge(entry, await lane.probe(item, entry, "production"), "production");
  if (verdict.difference === undefined || entry.status === "fails") return verdict;
  const other = judge(entry, await lane.probe(item, entry, "development"), "development");
  return isSame(other) ? other : verdict;
}

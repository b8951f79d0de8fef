import type { SourcePlace } from "../link/source-problem.ts";
import { IMPORTER_KINDS, type Lock, PACKAGE_KINDS } from "../lock/lock.ts";
import { requestKey } from "../resolve/package-request.ts";

/** A way from the project to a package. */
export interface RequestChain {
  /** What the project asks for: `react-dom@*`, as `imports` of the lockfile has it; `node:buffer` for a module of Node. */
  readonly request: string;
  /** Where files of the project ask for it; empty where none does any more. */
  readonly places: readonly SourcePlace[];
  /** `name@version` of each package on the way; the first is what the project gets, the last what was asked about. */
  readonly packages: readonly string[];
}

/** Why a package is there. */
export interface WhyReport {
  /** `name@version` of what was asked about: one for each version in the lockfile; none where it is not in it. */
  readonly packages: readonly string[];
  /** Shortest first. */
  readonly chains: readonly RequestChain[];
  /** Whether those are all. */
  readonly isComplete: boolean;
}

/** A package and what it was reached from, on the way back to the project. */
interface Step {
  readonly key: string;
  readonly next: Step | undefined;
}

/** Most steps that are taken back before the search ends: a tree can have more chains than anybody would read. */
const MOST_STEPS = 100_000;

/**
 * Every chain of requesters from the project to a package, shortest first.
 * @param name a package's name, or `name@version`
 * @param placesOf where the project's files have a request
 */
export function findRequestChains(
  name: string,
  lockfile: Lock,
  placesOf: (request: string) => readonly SourcePlace[],
  limit: number,
): WhyReport {
  const wanted = Object.keys(lockfile.packages).filter((key) => key === name || lockfile.packages[key]?.name === name);
  const requesters = requestersOf(lockfile);
  const roots = rootsOf(lockfile);
  const chains: RequestChain[] = [];
  const queue: Step[] = wanted.map((key) => ({ key, next: undefined }));
  let taken = 0;
  for (; taken < queue.length && taken < MOST_STEPS && chains.length < limit; taken++) {
    const step = queue[taken] as Step;
    const packages = chainOf(step);
    for (const request of roots.get(step.key) ?? []) chains.push({ request, places: placesOf(request), packages });
    for (const key of requesters.get(step.key) ?? []) if (!packages.includes(key)) queue.push({ key, next: step });
  }
  const isComplete = taken === queue.length && chains.length <= limit;
  return { packages: wanted, chains: chains.slice(0, limit), isComplete };
}

function chainOf(step: Step): string[] {
  const chain: string[] = [];
  for (let at: Step | undefined = step; at !== undefined; at = at.next) chain.push(at.key);
  return chain;
}

/** For each package those that depend on it. */
function requestersOf({ packages }: Lock): Map<string, Set<string>> {
  const requesters = new Map<string, Set<string>>();
  for (const [owner, locked] of Object.entries(packages))
    for (const kind of PACKAGE_KINDS)
      for (const key of Object.values(locked[kind])) entryOf(requesters, key).add(owner);
  return requesters;
}

/** For each package what the project asks for it by. */
function rootsOf({ importers, imports, builtins }: Lock): Map<string, Set<string>> {
  const roots = new Map<string, Set<string>>();
  for (const importer of Object.values(importers))
    for (const kind of IMPORTER_KINDS)
      for (const [name, { id }] of Object.entries(importer[kind]))
        if (id !== undefined) entryOf(roots, id).add(requestKey({ name, range: "*" }));
  for (const [request, id] of Object.entries(imports)) entryOf(roots, id).add(request);
  for (const [name, { package: key }] of Object.entries(builtins)) entryOf(roots, key).add(`node:${name}`);
  return roots;
}

function entryOf(map: Map<string, Set<string>>, key: string): Set<string> {
  let entry = map.get(key);
  if (entry === undefined) map.set(key, (entry = new Set()));
  return entry;
}

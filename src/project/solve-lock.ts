import { LoaderError } from "../errors.ts";
import { EMPTY_LOCK, IMPORTER_KINDS, type Lock, lookup, sortedEntries, toRecord } from "../lock/lock.ts";
import { printSource } from "../lock/lock-source.ts";
import { pruneLock, reachedPackages } from "../lock/prune-lock.ts";
import { keepFacts, releasePackages } from "../lock/update-lock.ts";
import { assertWhole } from "../lock/verify-lock.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import { type SolveOptions, solveProject } from "../solve/solve-project.ts";
import type { SolvedGraph, SolveNotice } from "../solve/solved-graph.ts";
import type { PreferredVersions } from "../solve/version-picker.ts";
import { checkSignatures } from "./check-signatures.ts";
import { graphToLock } from "./graph-to-lock.ts";
import { pinRemotes } from "./remote/pin-remotes.ts";
import { type ReadManifests, rootRules } from "./read-project-state.ts";

/** What a lock is solved from. */
export interface LockInput {
  readonly project: ReadManifests;
  /** The lock that there was; what it has stays where it still meets what is asked (R71). */
  readonly previous?: Lock | undefined;
  /** Packages that are chosen anew, `all` for every one (R72). Default none. */
  readonly release?: "all" | readonly string[];
  /** Base URLs that mean the project's own registry. */
  readonly registries: readonly string[];
}

export interface SolvedLock {
  readonly lock: Lock;
  readonly graph: SolvedGraph;
  readonly notices: readonly SolveNotice[];
}

/**
 * Solves a project into a lock. What the old lock had learnt of packages that are still the same is kept, and so is what
 * source texts asked for by themselves.
 * @throws LoaderError ERR_INTEGRITY_MISMATCH where the registry gives another integrity than the old lock has, and what
 * `checkSignatures` and `solveProject` throw
 */
export async function solveLock(
  { project, previous = EMPTY_LOCK, release = [], registries }: LockInput,
  context: SolveContext,
  options: SolveOptions,
): Promise<SolvedLock> {
  const { manifests, settings } = project;
  const kept = release === "all" || previous === EMPTY_LOCK ? EMPTY_LOCK : releasePackages(previous, release);
  const { graph, notices } = await solveProject(manifests, pinRemotes(context, kept), {
    ...settings,
    ...options,
    preferred: kept === EMPTY_LOCK ? undefined : preferLocked(kept),
  });
  await checkSignatures(graph.nodes, previous);
  const solved = { ...graphToLock(graph, { manifests, registries }), ...rootRules(manifests) };
  assertSameIntegrity(kept, solved);
  // What a solve gives has nothing that nothing leads to; what was there before may have.
  const lock = previous === EMPTY_LOCK ? solved : pruneLock(keepFacts(previous, withSourceImports(previous, solved)));
  assertWhole(lock);
  return { lock, graph, notices };
}

function preferLocked(lock: Lock): PreferredVersions {
  const registered = Object.values(lock.packages).filter(({ source }) => source.kind === "registry");
  const versions = Map.groupBy(registered, ({ name }) => name);
  const tags = new Map<string, string>();
  for (const [, importer] of sortedEntries(lock.importers)) {
    for (const [alias, { range, id }] of IMPORTER_KINDS.flatMap((kind) => Object.entries(importer[kind]))) {
      const locked = id === undefined ? undefined : lookup(lock.packages, id);
      const tag = range.startsWith("npm:") ? range.slice(range.indexOf("@", 5) + 1) : range;
      const isOther = locked === undefined || (!range.startsWith("npm:") && locked.name !== alias);
      if (!isOther) tags.set(`${locked.name}@${tag}`, locked.version);
    }
  }
  return {
    names: [...versions.keys()],
    versions: (name) => (versions.get(name) ?? []).map(({ version }) => version),
    tagged: (name, tag) => tags.get(`${name}@${tag}`),
  };
}

/** A version is published once: where its hash differs from the lock's, one of the two is not what its author made. */
function assertSameIntegrity(before: Lock, after: Lock): void {
  if (before === EMPTY_LOCK) return;
  for (const [id, locked] of Object.entries(after.packages)) {
    const old = lookup(before.packages, id);
    if (old === undefined || printSource(old.source) !== printSource(locked.source)) continue;
    const [expected, actual] = [old.integrity, locked.integrity];
    if (expected === undefined || actual === undefined || expected === actual) continue;
    if (algorithmOf(expected) !== algorithmOf(actual)) continue;
    throw new LoaderError(
      "ERR_INTEGRITY_MISMATCH",
      `The registry gives another integrity for "${id}" than the lockfile has`,
      {
        package: id,
        expected,
        actual,
        hint: `trust the lockfile, which is what ran before, unless its line was edited; to take the registry's, update "${locked.name}" by name`,
      },
    );
  }
}

function algorithmOf(integrity: string): string {
  return integrity.slice(0, integrity.indexOf("-"));
}

/** What source texts asked for, modules from URLs, stand-ins for Node's modules, patches and trust are not the manifests'. */
function withSourceImports(previous: Lock, solved: Lock): Lock {
  const { imports, builtins, urls, patches, trusted } = previous;
  const roots = [...Object.values(imports), ...Object.values(builtins).map((builtin) => builtin.package)];
  const carried = [...reachedPackages(previous, roots)].flatMap((id) => {
    const locked = lookup(previous.packages, id);
    return locked === undefined ? [] : [[id, locked] as const];
  });
  return {
    ...solved,
    imports,
    builtins,
    urls,
    patches,
    ...(trusted !== undefined && { trusted }),
    packages: toRecord(sortedEntries(toRecord([...carried, ...Object.entries(solved.packages)]))),
  };
}

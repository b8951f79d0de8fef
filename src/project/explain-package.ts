import { LoaderError } from "../errors.ts";
import { compareText, IMPORTER_KINDS, type Lock, lookup, PACKAGE_KINDS, sortedEntries } from "../lock/lock.ts";
import type { DependencyKind } from "./edit-manifest.ts";

/** One step of a way from the project to a package. */
export interface Step {
  /** Path of an importer (`.` is the root) or id of a package. */
  readonly from: string;
  readonly kind: DependencyKind;
  /** As the importer's manifest has it; packages' own ranges are not in a lock. */
  readonly range?: string;
  /** Id of the package. */
  readonly to: string;
}

/** Why a package is there. */
export interface PackageReason {
  readonly id: string;
  /** The shortest way from each importer that leads there, by the importer's path. */
  readonly chains: readonly (readonly Step[])[];
  /** Everything that asks for it directly. */
  readonly requesters: readonly Step[];
}

/**
 * Says for every version and instance of a package who wants it.
 * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND where the lock does not have it
 */
export function explainPackage(lock: Lock, name: string): PackageReason[] {
  const ids = Object.entries(lock.packages).flatMap(([id, locked]) =>
    locked.name === name || id === name ? [id] : [],
  );
  if (ids.length === 0) {
    throw new LoaderError("ERR_DEPENDENCY_NOT_FOUND", `The lockfile has no package "${name}"`, { package: name });
  }
  const ways = sortedEntries(lock.importers).map(([path]) => waysFrom(lock, path));
  const steps = allSteps(lock);
  return ids.toSorted(compareText).map((id) => ({
    id,
    chains: ways.flatMap((via) => (via.has(id) ? [chainTo(via, id)] : [])),
    requesters: steps.filter(({ to }) => to === id),
  }));
}

/** `. → a@1.0.0 → b@2.0.0`. */
export function printChain(chain: readonly Step[]): string {
  return [chain[0]?.from ?? "", ...chain.map(({ to }) => to)].join(" → ");
}

function allSteps(lock: Lock): Step[] {
  const ofImporters = sortedEntries(lock.importers).flatMap(([path]) => stepsOfImporter(lock, path));
  const ids = Object.keys(lock.packages).toSorted(compareText);
  return [...ofImporters, ...ids.flatMap((id) => stepsOfPackage(lock, id))];
}

function stepsOfImporter(lock: Lock, path: string): Step[] {
  const importer = lookup(lock.importers, path);
  if (importer === undefined) return [];
  return IMPORTER_KINDS.flatMap((kind) =>
    sortedEntries(importer[kind]).flatMap(([, { range, id }]) =>
      id === undefined ? [] : [{ from: path, kind, range, to: id }],
    ),
  );
}

/** A workspace depends on what its importer asks for. */
function stepsOfPackage(lock: Lock, id: string): Step[] {
  const locked = lookup(lock.packages, id);
  if (locked === undefined) return [];
  if (locked.source.kind === "workspace") {
    return stepsOfImporter(lock, locked.source.path).map((step) => ({ ...step, from: id }));
  }
  return PACKAGE_KINDS.flatMap((kind) => sortedEntries(locked[kind]).map(([, to]) => ({ from: id, kind, to })));
}

/** Id → the step by which a search in breadth reached it first. */
function waysFrom(lock: Lock, importer: string): Map<string, Step> {
  const via = new Map<string, Step>();
  const waiting = stepsOfImporter(lock, importer);
  for (const step of waiting) {
    if (via.has(step.to)) continue;
    via.set(step.to, step);
    waiting.push(...stepsOfPackage(lock, step.to));
  }
  return via;
}

function chainTo(via: ReadonlyMap<string, Step>, id: string): Step[] {
  const chain: Step[] = [];
  for (let step = via.get(id); step !== undefined; step = via.get(step.from)) chain.unshift(step);
  return chain;
}

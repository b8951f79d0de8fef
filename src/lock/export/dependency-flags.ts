import type { IMPORTER_KINDS, Lock } from "../lock.ts";
import { type Edge, reachedPackages } from "../prune-lock.ts";

/** What npm may leave out with `--omit`. */
export interface DependencyFlags {
  readonly dev?: true;
  readonly optional?: true;
  readonly devOptional?: true;
  readonly peer?: true;
}

type Kind = (typeof IMPORTER_KINDS)[number];

/** Edges without which a package does not work. */
const isRequired = ({ kind, name, owner }: Edge): boolean =>
  kind === "dependencies" || (kind === "peerDependencies" && owner.optionalPeers?.includes(name) !== true);

/** Tells for each package how it is reached: only for development, only by optional edges, only by peers. */
export function dependencyFlags(lock: Lock): (id: string) => DependencyFlags {
  const roots = (...kinds: Kind[]) => kinds.flatMap((kind) => requestedIds(lock, kind));
  const always = reachedPackages(lock, roots("dependencies", "peerDependencies"), isRequired);
  const installed = reachedPackages(lock, roots("dependencies", "peerDependencies", "optionalDependencies"));
  const forDev = reachedPackages(lock, roots("devDependencies"));
  const alwaysForDev = reachedPackages(lock, roots("devDependencies"), isRequired);
  const withoutPeers = reachedPackages(
    lock,
    roots("dependencies", "devDependencies", "optionalDependencies"),
    ({ kind }) => kind !== "peerDependencies",
  );
  return (id) => {
    const peer = withoutPeers.has(id) ? {} : { peer: true as const };
    if (always.has(id)) return peer;
    if (!installed.has(id)) return { dev: true, ...(alwaysForDev.has(id) ? {} : { optional: true }), ...peer };
    return { ...(forDev.has(id) ? { devOptional: true } : { optional: true }), ...peer };
  };
}

function requestedIds(lock: Lock, kind: Kind): string[] {
  return Object.values(lock.importers).flatMap((importer) =>
    Object.values(importer[kind]).flatMap(({ id }) => id ?? []),
  );
}

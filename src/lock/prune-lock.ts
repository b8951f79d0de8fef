import { type Lock, type LockedPackage, lookup, PACKAGE_KINDS, requestsOf, type TextMap, toRecord } from "./lock.ts";

/** The lock without the packages, and their patches, that nothing in it leads to. */
export function pruneLock(lock: Lock): Lock {
  const reached = reachedPackages(lock, rootsOf(lock));
  if (reached.size === Object.keys(lock.packages).length && Object.keys(lock.patches).length === 0) return lock;
  const kept = Object.entries(lock.packages).filter(([id]) => reached.has(id));
  const names = new Set(kept.map(([, { name, version }]) => `${name}@${version}`));
  const patches = Object.entries(lock.patches).filter(([target]) => names.has(target));
  return { ...lock, packages: toRecord(kept), patches: toRecord(patches) };
}

/** An edge of a package: its kind and the name that it has there. */
export interface Edge {
  readonly kind: (typeof PACKAGE_KINDS)[number];
  readonly name: string;
  readonly owner: LockedPackage;
}

/** Ids of the packages that the roots lead to, the roots among them, by the edges that are followed: all if nothing is said. */
export function reachedPackages(lock: Lock, roots: Iterable<string>, follows?: (edge: Edge) => boolean): Set<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const owner = reached.has(id) ? undefined : lookup(lock.packages, id);
    if (owner === undefined) continue;
    reached.add(id);
    for (const kind of PACKAGE_KINDS) {
      const edges = edgesOf(lock, owner, kind);
      for (const name of Object.keys(edges)) {
        const target = edges[name];
        if (target !== undefined && (follows === undefined || follows({ kind, name, owner }))) waiting.push(target);
      }
    }
  }
  return reached;
}

/** A package's edges of one kind; those of a workspace are its importer's. */
function edgesOf(lock: Lock, locked: LockedPackage, kind: Edge["kind"]): TextMap {
  const importer = locked.source.kind === "workspace" ? lookup(lock.importers, locked.source.path) : undefined;
  if (importer === undefined) return locked[kind];
  return toRecord(Object.entries(importer[kind]).flatMap(([name, { id }]) => (id === undefined ? [] : [[name, id]])));
}

function rootsOf(lock: Lock): string[] {
  const asked = requestsOf(lock).flatMap(({ id }) => id ?? []);
  return [...asked, ...Object.values(lock.imports), ...Object.values(lock.builtins).map((builtin) => builtin.package)];
}

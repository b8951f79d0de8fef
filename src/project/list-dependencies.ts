import { IMPORTER_KINDS, type Lock, lookup, sortedEntries, type TextMap } from "../lock/lock.ts";
import type { DependencyKind } from "./edit-manifest.ts";

/** A dependency of the project itself. */
export interface ListedDependency {
  /** Path of the importer; `.` is the root. */
  readonly importer: string;
  readonly kind: DependencyKind;
  /** It is imported by. */
  readonly name: string;
  readonly range: string;
  /** Of the package; none for an optional dependency that cannot be had. */
  readonly id?: string;
  /** `.` or `./subpath` → file, where the lock knows (L15). */
  readonly entries?: TextMap;
}

/** All that the root and the workspaces ask for, with what they get: by importer, kind and name. */
export function listDependencies(lock: Lock): ListedDependency[] {
  return sortedEntries(lock.importers).flatMap(([importer, requests]) =>
    IMPORTER_KINDS.flatMap((kind) =>
      sortedEntries(requests[kind]).map(([name, { range, id }]): ListedDependency => {
        const entries = id === undefined ? undefined : lookup(lock.packages, id)?.entries;
        const listed = { importer, kind, name, range };
        return { ...listed, ...(id !== undefined && { id }), ...(entries !== undefined && { entries }) };
      }),
    ),
  );
}

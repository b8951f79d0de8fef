import { IMPORTER_KINDS, type Lock, type LockedImporter, type LockedPackage, lookup, toRecord } from "../lock/lock.ts";
import { packageNameOf } from "../resolve/package-request.ts";
import { resolveDependencySpec } from "../solve/dependency-spec.ts";
import { fromCatalog } from "../solve/read-project.ts";
import { SemverCache } from "../solve/semver-cache.ts";

/** Something that a lock has an answer to which is none: somebody has edited it. */
export interface UnmetRequest {
  /** The importer that asks; undefined for a source text. */
  readonly path: string | undefined;
  /** Name as imported. */
  readonly name: string;
  readonly range: string;
  /** What the lock has for it. */
  readonly id: string;
}

/**
 * Requests of importers and source texts whose locked version is not in their range (R71). What an override decides may be
 * any version, peers are the solver's to judge, and tags meant something else before.
 */
export function findUnmet(lock: Lock): UnmetRequest[] {
  const semver = new SemverCache();
  const overridden = new Set(Object.keys(lock.overrides).map(overriddenName));
  const isUnmet = ({ name, range, id }: UnmetRequest): boolean => {
    const locked = lookup(lock.packages, id);
    if (locked?.source.kind !== "registry" || overridden.has(name) || overridden.has(locked.name)) return false;
    return !isMet(name, fromCatalog(name, range, lock.catalogs), locked, semver);
  };
  return [...importerRequests(lock), ...importRequests(lock)].filter(isUnmet);
}

/** The lock without these answers. What they lead to is still in it. */
export function withoutUnmet(lock: Lock, unmet: readonly UnmetRequest[]): Lock {
  if (unmet.length === 0) return lock;
  const has = (path: string | undefined, name: string, range: string): boolean =>
    unmet.some((request) => request.path === path && request.name === name && request.range === range);
  const kept = (path: string, importer: LockedImporter): LockedImporter => ({
    ...importer,
    ...Object.fromEntries(
      IMPORTER_KINDS.map((kind) => {
        const requests = Object.entries(importer[kind]).filter(([name, { range }]) => !has(path, name, range));
        return [kind, toRecord(requests)] as const;
      }),
    ),
  });
  return {
    ...lock,
    importers: toRecord(Object.entries(lock.importers).map(([path, importer]) => [path, kept(path, importer)])),
    imports: toRecord(
      Object.entries(lock.imports).filter(([key]) => !has(undefined, packageNameOf(key), rangeOf(key))),
    ),
  };
}

/** As a sentence. */
export function printUnmet({ name, range, id }: UnmetRequest): string {
  return `"${name}" is locked to ${id}, which is not in ${range}`;
}

function importerRequests({ importers }: Lock): UnmetRequest[] {
  const kinds = IMPORTER_KINDS.filter((kind) => kind !== "peerDependencies");
  return Object.entries(importers).flatMap(([path, importer]) =>
    kinds.flatMap((kind) =>
      Object.entries(importer[kind]).flatMap(([name, { range, id }]) =>
        id === undefined ? [] : [{ path, name, range, id }],
      ),
    ),
  );
}

function importRequests({ imports }: Lock): UnmetRequest[] {
  return Object.entries(imports).map(([key, id]) => ({
    path: undefined,
    name: packageNameOf(key),
    range: rangeOf(key),
    id,
  }));
}

function rangeOf(request: string): string {
  return request.slice(packageNameOf(request).length + 1);
}

/** Of `app>http@^1` it is `http`. */
function overriddenName(chain: string): string {
  const step = chain.slice(chain.lastIndexOf(">") + 1);
  return step.includes("@", 1) ? packageNameOf(step) : step;
}

function isMet(alias: string, range: string, { name, version }: LockedPackage, semver: SemverCache): boolean {
  const spec = resolveDependencySpec(alias, range, undefined);
  if (spec.kind === "tag") return spec.name === name;
  return spec.kind !== "range" || (spec.name === name && semver.satisfies(version, spec.range));
}

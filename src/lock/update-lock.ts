import { LoaderError } from "../errors.ts";
import { type Lock, type LockedPackage, type LockedUrl, lookup, packageId, type TextMap, toRecord } from "./lock.ts";
import { present } from "./lock-fields.ts";
import { printSource } from "./lock-source.ts";

/** What a package has besides its identity. */
export type PackageFacts = Partial<Omit<LockedPackage, "name" | "version" | "instance">>;

/** The lock with this package in it, in place of one of the same id if there is one (M53). */
export function putPackage(lock: Lock, locked: LockedPackage): Lock {
  return { ...lock, packages: toRecord([...Object.entries(lock.packages), [packageId(locked), locked]]) };
}

/**
 * The lock with some facts of a package set, and all others of it as they were (M54).
 * @throws LoaderError ERR_LOCKFILE_STALE when there is no such package
 */
export function mergePackage(lock: Lock, id: string, facts: PackageFacts): Lock {
  const locked = lookup(lock.packages, id);
  if (locked === undefined) {
    throw new LoaderError("ERR_LOCKFILE_STALE", `The lockfile has no package "${id}"`, { package: id });
  }
  return putPackage(lock, { ...locked, ...facts });
}

/**
 * The lock as a wish list for solving anew: all it says, save the packages of these names and the edges to them. Everything
 * else stays where it is when a solver keeps what a lock has (R72). It is not whole: solve it before it is written.
 */
export function releasePackages(lock: Lock, names: readonly string[]): Lock {
  const isReleased = (id: string) => names.includes(lookup(lock.packages, id)?.name ?? "");
  const keptText = (edges: TextMap) => toRecord(Object.entries(edges).filter(([, id]) => !isReleased(id)));
  const keptRequests = <Request extends { readonly id?: string }>(requests: Readonly<Record<string, Request>>) =>
    toRecord(Object.entries(requests).filter(([, { id }]) => id === undefined || !isReleased(id)));
  const kept = Object.entries(lock.packages).filter(([, { name }]) => !names.includes(name));
  return {
    ...lock,
    imports: keptText(lock.imports),
    builtins: toRecord(Object.entries(lock.builtins).filter(([, builtin]) => !isReleased(builtin.package))),
    importers: mapValues(lock.importers, (importer) => ({
      ...importer,
      dependencies: keptRequests(importer.dependencies),
      devDependencies: keptRequests(importer.devDependencies),
      optionalDependencies: keptRequests(importer.optionalDependencies),
      peerDependencies: keptRequests(importer.peerDependencies),
    })),
    packages: toRecord(
      kept.map(([id, locked]) => [
        id,
        {
          ...locked,
          dependencies: keptText(locked.dependencies),
          optionalDependencies: keptText(locked.optionalDependencies),
          peerDependencies: keptText(locked.peerDependencies),
        },
      ]),
    ),
  };
}

/**
 * A newly solved lock with what the old one had learnt besides: of packages that are still the same (id, source, integrity)
 * the checksums, times and entries; of the same URLs the time; of everything the unknown fields. What `next` says itself
 * stays.
 */
export function keepFacts(previous: Lock, next: Lock): Lock {
  return withExtra(previous, {
    ...next,
    importers: keepOf(previous.importers, next.importers, withExtra),
    packages: keepOf(previous.packages, next.packages, keepPackageFacts),
    urls: keepOf(previous.urls, next.urls, keepUrlFacts),
  });
}

function keepOf<Entry>(
  previous: Readonly<Record<string, Entry>>,
  next: Readonly<Record<string, Entry>>,
  keep: (before: Entry, entry: Entry) => Entry,
): Readonly<Record<string, Entry>> {
  if (Object.keys(previous).length === 0) return next;
  return mapValues(next, (entry, key) => {
    const before = lookup(previous, key);
    return before === undefined ? entry : keep(before, entry);
  });
}

function keepPackageFacts(before: LockedPackage, locked: LockedPackage): LockedPackage {
  if (!isSamePackage(before, locked)) return locked;
  const { publicKey, checksum, fetchedAt, entries } = before;
  // What was made of the same archive before is what is trusted.
  const artifacts = { ...locked.artifacts, ...before.artifacts };
  const kept = present({ publicKey, checksum, fetchedAt, entries });
  return withExtra(before, { ...kept, ...locked, ...(Object.keys(artifacts).length > 0 && { artifacts }) });
}

function keepUrlFacts(before: LockedUrl, locked: LockedUrl): LockedUrl {
  if (!isSameUrl(before, locked)) return locked;
  return withExtra(before, { ...present({ fetchedAt: before.fetchedAt }), ...locked });
}

function isSamePackage(a: LockedPackage, b: LockedPackage): boolean {
  return printSource(a.source) === printSource(b.source) && a.integrity === b.integrity;
}

function isSameUrl(a: LockedUrl, b: LockedUrl): boolean {
  return a.resolved === b.resolved && a.integrity === b.integrity;
}

function withExtra<Entry extends { readonly extra?: object }>(before: Entry, entry: Entry): Entry {
  if (before.extra === undefined) return entry;
  return { ...entry, extra: toRecord([...Object.entries(before.extra), ...Object.entries(entry.extra ?? {})]) };
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Result,
): Record<string, Result> {
  return toRecord(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

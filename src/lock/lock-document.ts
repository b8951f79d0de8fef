import {
  compareText,
  type Lock,
  LOCK_VERSION,
  type LockedImporter,
  type LockedPackage,
  type LockedUrl,
  type RequestMap,
  sortedEntries,
  type TextMap,
  toRecord,
  type UnknownFields,
} from "./lock.ts";
import { printSource } from "./lock-source.ts";

/** A table of the file, its fields in the order in which they are written; what is undefined is not. */
export type DocumentTable = Readonly<Record<string, unknown>>;

/**
 * A lock as the tables and lists that are written: sorted, and without what is empty, so that one graph has one text. The
 * same for TOML and for JSON.
 */
export function lockDocument(lock: Lock): DocumentTable {
  return table([
    ["version", LOCK_VERSION],
    ["trusted", lock.trusted?.toSorted(compareText)],
    ...unknownFields(lock.extra),
    ["overrides", filled(sorted(lock.overrides))],
    ["catalogs", filled(sorted(lock.catalogs, sorted))],
    ["patches", filled(sorted(lock.patches))],
    ["imports", filled(sorted(lock.imports))],
    ["builtins", builtinTables(lock)],
    ["importer", filled(sortedEntries(lock.importers).map(([path, importer]) => importerTable(path, importer)))],
    ["package", filled(Object.values(lock.packages).toSorted(byNameAndVersion).map(packageTable))],
    ["url", filled(sortedEntries(lock.urls).map(([url, locked]) => urlTable(url, locked)))],
  ]);
}

/** Nearly all that a lock has are packages, so their fields are not listed first: those without a value are just that. */
function packageTable(locked: LockedPackage): DocumentTable {
  const { extra, tags, optionalPeers, artifacts, entries, bin } = locked;
  return {
    name: locked.name,
    version: locked.version,
    instance: locked.instance,
    source: printSource(locked.source),
    resolved: locked.resolved,
    integrity: locked.integrity,
    publicKey: locked.publicKey,
    checksum: locked.checksum,
    fetchedAt: locked.fetchedAt,
    tags: tags?.toSorted(compareText),
    deprecated: locked.deprecated,
    os: locked.os,
    cpu: locked.cpu,
    libc: locked.libc,
    bundled: locked.bundled,
    installScript: locked.installScript,
    optionalPeers: optionalPeers?.toSorted(compareText),
    ...(extra && toRecord(sortedEntries(extra))),
    artifacts: artifacts && sorted(artifacts),
    entries: entries && sorted(entries),
    bin: bin && sorted(bin),
    dependencies: edgeTable(locked.dependencies),
    optionalDependencies: edgeTable(locked.optionalDependencies),
    peerDependencies: edgeTable(locked.peerDependencies),
  };
}

/** What is in order already, as it comes from a solver, stays what it is. */
function edgeTable(edges: TextMap): DocumentTable | undefined {
  const names = Object.keys(edges);
  if (names.length === 0) return undefined;
  return isSorted(names) ? edges : sorted(edges);
}

function isSorted(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index++)
    if (compareText(names[index - 1] ?? "", names[index] ?? "") > 0) return false;
  return true;
}

function importerTable(path: string, importer: LockedImporter): DocumentTable {
  return table([
    ["path", path],
    ["name", importer.name],
    ["version", importer.version],
    ...unknownFields(importer.extra),
    ["dependencies", requestTable(importer.dependencies)],
    ["devDependencies", requestTable(importer.devDependencies)],
    ["optionalDependencies", requestTable(importer.optionalDependencies)],
    ["peerDependencies", requestTable(importer.peerDependencies)],
  ]);
}

function urlTable(url: string, { resolved, integrity, fetchedAt, extra }: LockedUrl): DocumentTable {
  const target = resolved === url ? undefined : resolved;
  return table([
    ["url", url],
    ["resolved", target],
    ["integrity", integrity],
    ["fetchedAt", fetchedAt],
    ...unknownFields(extra),
  ]);
}

function requestTable(requests: RequestMap): DocumentTable | undefined {
  return filled(
    sorted(requests, ({ range, id }) =>
      table([
        ["range", range],
        ["id", id],
      ]),
    ),
  );
}

function builtinTables({ builtins }: Lock): DocumentTable | undefined {
  const entries = sortedEntries(builtins).map(([name, { package: id, subpath }]): [string, DocumentTable] => [
    `node:${name}`,
    table([
      ["package", id],
      ["subpath", subpath],
    ]),
  ]);
  return filled(toRecord(entries));
}

function unknownFields(extra: UnknownFields | undefined): [string, unknown][] {
  return sortedEntries(extra ?? {});
}

function table(fields: readonly (readonly [string, unknown])[]): DocumentTable {
  return toRecord(fields.filter((field) => field[1] !== undefined));
}

function sorted<Value>(
  record: Readonly<Record<string, Value>>,
  show: (value: Value) => unknown = (value) => value,
): DocumentTable {
  return toRecord(sortedEntries(record).map(([name, value]) => [name, show(value)]));
}

function filled<Content extends object>(content: Content): Content | undefined {
  return Object.keys(content).length === 0 ? undefined : content;
}

function byNameAndVersion(a: LockedPackage, b: LockedPackage): number {
  return (
    compareText(a.name, b.name) || compareText(a.version, b.version) || compareText(a.instance ?? "", b.instance ?? "")
  );
}

import { type Lock, type LockedImporter, type RequestMap, type TextMap, toRecord } from "../lock/lock.ts";

/** The part of a lock that some packages, and the folders of the project, make up: edges to others are left out. */
export function lockPart(lock: Lock, ids: Iterable<string>): Lock {
  const folders = Object.entries(lock.packages).filter(([, { source }]) => ["workspace", "path"].includes(source.kind));
  const kept = new Set([...ids, ...folders.map(([id]) => id)]);
  const edges = (record: TextMap): TextMap => toRecord(Object.entries(record).filter(([, id]) => kept.has(id)));
  const requests = (record: RequestMap): RequestMap =>
    toRecord(Object.entries(record).filter(([, { id }]) => id !== undefined && kept.has(id)));
  const packages = Object.entries(lock.packages).filter(([id]) => kept.has(id));
  return {
    ...lock,
    imports: edges(lock.imports),
    builtins: toRecord(Object.entries(lock.builtins).filter(([, builtin]) => kept.has(builtin.package))),
    importers: mapRecord(lock.importers, (importer: LockedImporter) => ({
      ...importer,
      dependencies: requests(importer.dependencies),
      devDependencies: requests(importer.devDependencies),
      optionalDependencies: requests(importer.optionalDependencies),
      peerDependencies: requests(importer.peerDependencies),
    })),
    packages: mapRecord(toRecord(packages), (locked) => ({
      ...locked,
      dependencies: edges(locked.dependencies),
      optionalDependencies: edges(locked.optionalDependencies),
      peerDependencies: edges(locked.peerDependencies),
    })),
  };
}

function mapRecord<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Record<string, Value> {
  return toRecord(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

import type { InvalidAt } from "./invalid-lock.ts";
import {
  type Draft,
  type Lock,
  type LockedBuiltin,
  type LockedImporter,
  type LockedPackage,
  type LockedRequest,
  type LockedUrl,
  packageId,
  type RequestMap,
  type TextMap,
  toRecord,
} from "./lock.ts";
import { isTable, LockFields, present, type Table } from "./lock-fields.ts";
import { parseSource } from "./lock-source.ts";
import type { LockPath } from "./toml-line.ts";

const CHECKSUM = /^sha256:[0-9a-f]{64}$/;
const NONE: TextMap = Object.freeze({});
const NODE_PREFIX = "node:";

/**
 * Makes a lock of the tables and lists that TOML or JSON gave; both forms have the same ones.
 * @throws what `invalid` makes
 */
export function readDocument(root: Table, invalid: InvalidAt): Lock {
  const fields = new LockFields(root, [], invalid);
  fields.integer("version");
  const read = <Value>(section: string, readOne: (entry: LockFields) => [string, Value]) =>
    readEntries(fields.tables(section), section, invalid, readOne);
  return {
    importers: read("importer", (entry) => [entry.text("path"), readImporter(entry, invalid)]),
    imports: fields.textMap("imports") ?? {},
    packages: read("package", (entry) => {
      const locked = readPackage(entry, invalid);
      return [packageId(locked), locked];
    }),
    urls: read("url", (entry) => [entry.text("url"), readUrl(entry)]),
    builtins: readBuiltins(fields, invalid),
    overrides: fields.textMap("overrides") ?? {},
    catalogs: readCatalogs(fields, invalid),
    patches: fields.textMap("patches") ?? {},
    ...present({ trusted: fields.texts("trusted"), extra: fields.rest() }),
  };
}

function readEntries<Value>(
  tables: readonly Table[],
  section: string,
  invalid: InvalidAt,
  readOne: (entry: LockFields) => [string, Value],
): Record<string, Value> {
  const entries = toRecord<Value>([]);
  for (const [index, table] of tables.entries()) {
    const [key, value] = readOne(new LockFields(table, [section, index], invalid));
    if (key in entries) throw invalid([section, index], `"${key}" is in it twice`);
    entries[key] = value;
  }
  return entries;
}

function readPackage(fields: LockFields, invalid: InvalidAt): LockedPackage {
  const name = fields.text("name");
  const source = parseSource(fields.text("source"));
  if (source === undefined) throw invalid(fields.at("source"), `the source of "${name}" is of no known kind`);
  const locked: Draft<LockedPackage> = {
    name,
    version: fields.text("version"),
    source,
    dependencies: fields.textMap("dependencies") ?? NONE,
    optionalDependencies: fields.textMap("optionalDependencies") ?? NONE,
    peerDependencies: fields.textMap("peerDependencies") ?? NONE,
  };
  const integrity = fields.optionalText("integrity");
  if (integrity !== undefined) locked.integrity = integrity;
  // Most packages have nothing else, and a lock has a thousand.
  return fields.hasMore ? { ...locked, ...present(readRareFields(fields, name, invalid)) } : locked;
}

function readRareFields(
  fields: LockFields,
  name: string,
  invalid: InvalidAt,
): { [Field in keyof LockedPackage]?: LockedPackage[Field] | undefined } {
  const instance = fields.optionalText("instance");
  if (instance !== undefined && !/^\(.+\)$/s.test(instance))
    throw invalid(fields.at("instance"), `the instance of "${name}" is not in parentheses`);
  const checksum = fields.optionalText("checksum");
  if (checksum !== undefined && !CHECKSUM.test(checksum))
    throw invalid(fields.at("checksum"), `the checksum of "${name}" is not sha256:<64 hex digits>`);
  return {
    instance,
    checksum,
    resolved: fields.optionalText("resolved"),
    publicKey: fields.optionalText("publicKey"),
    fetchedAt: fields.optionalText("fetchedAt"),
    tags: fields.texts("tags"),
    deprecated: fields.optionalText("deprecated"),
    os: fields.texts("os"),
    cpu: fields.texts("cpu"),
    libc: fields.texts("libc"),
    bundled: fields.flag("bundled"),
    installScript: fields.flag("installScript"),
    optionalPeers: fields.texts("optionalPeers"),
    artifacts: fields.textMap("artifacts"),
    entries: fields.textMap("entries"),
    bin: fields.textMap("bin"),
    extra: fields.rest(),
  };
}

function readImporter(fields: LockFields, invalid: InvalidAt): LockedImporter {
  return {
    dependencies: readRequests(fields, "dependencies", invalid),
    devDependencies: readRequests(fields, "devDependencies", invalid),
    optionalDependencies: readRequests(fields, "optionalDependencies", invalid),
    peerDependencies: readRequests(fields, "peerDependencies", invalid),
    ...present({ name: fields.optionalText("name"), version: fields.optionalText("version"), extra: fields.rest() }),
  };
}

function readRequests(fields: LockFields, kind: string, invalid: InvalidAt): RequestMap {
  return mapTables(fields.table(kind), fields.at(kind), invalid, (entry): LockedRequest => {
    const range = entry.optionalText("range") ?? "*";
    return { range, ...present({ id: entry.optionalText("id") }) };
  });
}

function readUrl(fields: LockFields): LockedUrl {
  return {
    resolved: fields.optionalText("resolved") ?? fields.text("url"),
    integrity: fields.text("integrity"),
    ...present({ fetchedAt: fields.optionalText("fetchedAt"), extra: fields.rest() }),
  };
}

function readBuiltins(fields: LockFields, invalid: InvalidAt): Record<string, LockedBuiltin> {
  const found = mapTables(fields.table("builtins"), fields.at("builtins"), invalid, (entry) => ({
    package: entry.text("package"),
    subpath: entry.text("subpath"),
  }));
  const entries = Object.entries(found).map(([name, builtin]): [string, LockedBuiltin] => {
    if (!name.startsWith(NODE_PREFIX)) throw invalid(fields.at("builtins", name), `"${name}" is not a module of Node`);
    return [name.slice(NODE_PREFIX.length), builtin];
  });
  return toRecord(entries);
}

function readCatalogs(fields: LockFields, invalid: InvalidAt): Record<string, TextMap> {
  const catalogs = new LockFields(fields.table("catalogs") ?? {}, ["catalogs"], invalid);
  const names = Object.keys(fields.table("catalogs") ?? {});
  return toRecord(names.map((name) => [name, catalogs.textMap(name) ?? {}]));
}

function mapTables<Value>(
  table: Table | undefined,
  path: LockPath,
  invalid: InvalidAt,
  readOne: (entry: LockFields) => Value,
): Record<string, Value> {
  const entries = Object.entries(table ?? {}).map(([name, entry]): [string, Value] => {
    if (!isTable(entry)) throw invalid([...path, name], `"${name}" is not a table`);
    return [name, readOne(new LockFields(entry, [...path, name], invalid))];
  });
  return toRecord(entries);
}

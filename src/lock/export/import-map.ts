import { LoaderError } from "../../errors.ts";
import {
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  lookup,
  PACKAGE_KINDS,
  sortedEntries,
  type TextMap,
  toRecord,
} from "../lock.ts";

/** An import map as the HTML standard has it; sorted. */
export interface ImportMap {
  readonly imports: TextMap;
  readonly scopes: Readonly<Record<string, TextMap>>;
  readonly integrity: TextMap;
}

/** Where the files of packages are served. */
export interface PackageFiles {
  /** URL of a package's folder; ends with `/`. */
  folder(id: string, locked: LockedPackage): string;
  /** Files of a package (`./index.js`) and their SRI as they are served there, as far as it is known. */
  integrity?(id: string): Iterable<readonly [file: string, sri: string]>;
}

/**
 * A lock as a standard import map: what the root asks for in `imports`, what each package means by a name in `scopes` where that
 * differs, and the hashes of files and of URL imports in `integrity`. Packages are mapped by their `entries`.
 * @throws LoaderError ERR_LOCKFILE_STALE when a package has no `entries` yet, ERR_INVALID_PACKAGE_TARGET for an entry with `*`
 * that an import map cannot say
 */
export function importMapOf(lock: Lock, files: PackageFiles): ImportMap {
  const map = new ImportMapWriter(lock, files);
  const imports = new Map<string, string>();
  map.addAll(imports, importerEdges(lookup(lock.importers, ".")));
  for (const [request, id] of Object.entries(lock.imports)) map.add(imports, request.replace(/(?<=.)@\*$/, ""), id);
  for (const [name, builtin] of Object.entries(lock.builtins)) map.addBuiltin(imports, name, builtin);
  for (const [url, { resolved }] of Object.entries(lock.urls)) if (resolved !== url) imports.set(url, resolved);
  const scopes = sortedEntries(lock.packages).map(([id, locked]): [string, TextMap] => {
    const scope = new Map<string, string>();
    map.addAll(scope, packageEdges(lock, locked));
    const own = [...scope].filter(([name, url]) => imports.get(name) !== url);
    return [files.folder(id, locked), sortedRecord(own)];
  });
  return {
    imports: sortedRecord(imports),
    scopes: toRecord(sortedEntries(toRecord(scopes.filter(([, scope]) => Object.keys(scope).length > 0)))),
    integrity: sortedRecord([...fileIntegrity(lock, files), ...urlIntegrity(lock)]),
  };
}

class ImportMapWriter {
  readonly #lock: Lock;
  readonly #files: PackageFiles;

  constructor(lock: Lock, files: PackageFiles) {
    this.#lock = lock;
    this.#files = files;
  }

  addAll(map: Map<string, string>, edges: Iterable<readonly [string, string]>): void {
    for (const [name, id] of edges) this.add(map, name, id);
  }

  /** Maps `name`, and `name/…` for each entry of the package. */
  add(map: Map<string, string>, name: string, id: string): void {
    for (const [subpath, file] of Object.entries(this.#entriesOf(id))) {
      const [from, to] = wholeFolder(subpath, file) ?? [subpath, file];
      if (from.includes("*") || to.includes("*")) {
        const message = `"${subpath}" of "${id}" leads to "${file}", which an import map cannot say`;
        throw new LoaderError("ERR_INVALID_PACKAGE_TARGET", message, { package: id });
      }
      map.set(`${name}${from.slice(1)}`, this.#url(id, to));
    }
  }

  addBuiltin(
    map: Map<string, string>,
    name: string,
    builtin: { readonly package: string; readonly subpath: string },
  ): void {
    const file = lookup(this.#entriesOf(builtin.package), builtin.subpath) ?? builtin.subpath;
    const url = this.#url(builtin.package, file);
    map.set(name, url);
    map.set(`node:${name}`, url);
  }

  #entriesOf(id: string): TextMap {
    const locked = lookup(this.#lock.packages, id);
    if (locked?.entries !== undefined) return locked.entries;
    throw new LoaderError("ERR_LOCKFILE_STALE", `The lockfile does not have the entries of "${id}" yet`, {
      package: id,
      hint: "load the package once, and its entries are written into the lockfile",
    });
  }

  #url(id: string, file: string): string {
    const locked = lookup(this.#lock.packages, id);
    return new URL(file, locked === undefined ? undefined : this.#files.folder(id, locked)).href;
  }
}

/** `./lib/*` → `./src/*` as the folders that an import map can say: `./lib/` → `./src/`. */
function wholeFolder(subpath: string, file: string): [string, string] | undefined {
  const isFolder = subpath.endsWith("/*") && file.endsWith("/*");
  return isFolder ? [subpath.slice(0, -1), file.slice(0, -1)] : undefined;
}

function packageEdges(lock: Lock, locked: LockedPackage): [string, string][] {
  if (locked.source.kind === "workspace") return importerEdges(lookup(lock.importers, locked.source.path));
  return PACKAGE_KINDS.toReversed().flatMap((kind) => Object.entries(locked[kind]));
}

function importerEdges(importer: LockedImporter | undefined): [string, string][] {
  return IMPORTER_KINDS.toReversed().flatMap((kind) =>
    Object.entries(importer?.[kind] ?? {}).flatMap(([name, { id }]): [string, string][] =>
      id === undefined ? [] : [[name, id]],
    ),
  );
}

function fileIntegrity({ packages }: Lock, files: PackageFiles): [string, string][] {
  return Object.entries(packages).flatMap(([id, locked]) =>
    [...(files.integrity?.(id) ?? [])].map(([file, sri]): [string, string] => [
      new URL(file, files.folder(id, locked)).href,
      sri,
    ]),
  );
}

function urlIntegrity({ urls }: Lock): [string, string][] {
  return Object.values(urls).map(({ resolved, integrity }) => [resolved, integrity]);
}

function sortedRecord(entries: Iterable<readonly [string, string]>): TextMap {
  return toRecord(sortedEntries(toRecord(entries)));
}

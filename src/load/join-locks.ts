import { printSource } from "../lock/lock-source.ts";
import {
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  lookup,
  PACKAGE_KINDS,
  type RequestMap,
  type TextMap,
  toRecord,
} from "../lock/lock.ts";

/**
 * A lock with what was solved in addition to it. What it has stays to the letter; where the solver has just named a version
 * that it has, the package itself takes that place.
 * @param solved its importers are those of the whole project
 */
export function joinLocks(locked: Lock, solved: Lock): Lock {
  return new LockJoin(locked, solved).join();
}

class LockJoin {
  readonly #locked: Lock;
  readonly #solved: Lock;
  /** Ids of the locked packages of a version; several where peers tell them apart. */
  readonly #instances: ReadonlyMap<string, readonly string[]>;

  constructor(locked: Lock, solved: Lock) {
    this.#locked = locked;
    this.#solved = solved;
    this.#instances = Map.groupBy(Object.keys(locked.packages), (id) => versionKey(locked.packages[id]));
  }

  join(): Lock {
    const { importers, packages } = this.#solved;
    const added = Object.entries(packages).filter(([, { source }]) => !isFolder(source));
    const folders = Object.entries(packages).filter(([, { source }]) => isFolder(source));
    return {
      ...this.#solved,
      importers: toRecord(
        Object.entries(importers).map(([path, importer]) => [path, this.#joinImporter(path, importer)]),
      ),
      packages: toRecord([
        ...Object.entries(this.#locked.packages),
        ...folders.map(([id, locked]) => [id, this.#joinPackage(locked)] as const),
        ...added
          .filter(([, locked]) => !this.#instances.has(versionKey(locked)))
          .map(([id, locked]) => [id, this.#joinPackage(locked)] as const),
      ]),
    };
  }

  #joinPackage(solved: LockedPackage): LockedPackage {
    const own = new Map(PACKAGE_KINDS.flatMap((kind) => Object.entries(solved[kind])));
    const edges = (kind: (typeof PACKAGE_KINDS)[number]): TextMap =>
      toRecord(Object.entries(solved[kind]).map(([name, id]) => [name, this.#idOf(id, own)]));
    return {
      ...solved,
      dependencies: edges("dependencies"),
      optionalDependencies: edges("optionalDependencies"),
      peerDependencies: edges("peerDependencies"),
    };
  }

  #joinImporter(path: string, solved: LockedImporter): LockedImporter {
    const before = lookup(this.#locked.importers, path);
    const own = new Map(
      IMPORTER_KINDS.flatMap((kind) => Object.entries(solved[kind]).map(([name, { id = "" }]) => [name, id] as const)),
    );
    const requests = (kind: (typeof IMPORTER_KINDS)[number]): RequestMap =>
      toRecord(
        Object.entries(solved[kind]).map(([name, request]) => {
          const known = before && lookup(before[kind], name);
          if (known !== undefined && known.range === request.range) return [name, known];
          return [name, request.id === undefined ? request : { ...request, id: this.#idOf(request.id, own) }];
        }),
      );
    return {
      ...solved,
      dependencies: requests("dependencies"),
      devDependencies: requests("devDependencies"),
      optionalDependencies: requests("optionalDependencies"),
      peerDependencies: requests("peerDependencies"),
    };
  }

  /** Of several instances of a version the one whose peers its dependent has too, as far as it has them. */
  #idOf(id: string, own: ReadonlyMap<string, string>): string {
    const ids = this.#instances.get(versionKey(this.#solved.packages[id])) ?? [];
    const suits = (candidate: string): boolean =>
      Object.entries(this.#locked.packages[candidate]?.peerDependencies ?? {}).every(([name, peer]) => {
        const other = own.get(name);
        return other === undefined || this.#isVersionOf(other, peer);
      });
    return ids.find(suits) ?? ids[0] ?? id;
  }

  #isVersionOf(solved: string, locked: string): boolean {
    return versionKey(this.#solved.packages[solved]) === versionKey(this.#locked.packages[locked]);
  }
}

function isFolder({ kind }: LockedPackage["source"]): boolean {
  return kind === "path" || kind === "workspace";
}

/** One version of one registry is one package, whatever the lock calls the registry. */
function versionKey(locked: LockedPackage | undefined): string {
  if (locked === undefined) return "";
  const { name, version, source } = locked;
  return `${name}@${version} ${source.kind === "registry" ? "" : printSource(source)}`;
}

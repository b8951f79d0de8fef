import { LoaderError } from "../../errors.ts";
import {
  compareText,
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  lookup,
  PACKAGE_KINDS,
  sortedEntries,
} from "../lock.ts";

/** More folders than any real project has: versions that hide each other multiply. */
const MAX_PLACES = 100_000;

/** A folder that looks packages up in its node_modules, then in those of the folders above it. */
export interface Place {
  /** From the root of the project: `""`, `node_modules/a`, `packages/ui`, `packages/ui/node_modules/b`. */
  readonly path: string;
  readonly parent: Place | undefined;
  /** Id of the package that is here; none for an importer. */
  readonly id: string | undefined;
  /** Where a link leads to. */
  readonly link: string | undefined;
  /** What its node_modules has, by the name of the folder. */
  readonly modules: Map<string, Place>;
  /** What has to be found from here under a name: its own dependencies, and those of folders below that look through it. */
  readonly needs: Map<string, string>;
}

/**
 * Lays the packages of a lock out in node_modules folders, as npm does: as high as they can be without hiding from anybody
 * what it depends on. A peer is found at the place where the package that asked for its dependent finds it, so what is one
 * instance in the lock stays one for all who share it.
 * @throws LoaderError ERR_GRAPH_LIMIT when too many versions hide each other
 */
export function layOutModules(lock: Lock): readonly Place[] {
  const layout = new ModulesLayout(lock);
  layout.fill();
  return layout.places;
}

class ModulesLayout {
  /** Every place, in the order in which they were made; the ones at the end wait for their dependencies. */
  readonly places: Place[] = [];
  readonly #lock: Lock;
  readonly #folders = new Map<string, Place>();
  /** `place name` of what is being settled: peers may ask for each other. */
  readonly #settling = new Set<string>();

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  fill(): void {
    this.#addFolders();
    for (const place of this.places) {
      for (const [name, id] of [...place.needs].toSorted(([a], [b]) => compareText(a, b)))
        this.#settle(place, name, id);
    }
  }

  /** The importers, outer ones first, and the links to those that have a name. */
  #addFolders(): void {
    const root = this.#add("", undefined, undefined, undefined, importerNeeds(lookup(this.#lock.importers, ".")));
    this.#folders.set("", root);
    for (const [path, importer] of sortedEntries(this.#lock.importers)) {
      if (path !== ".") this.#folder(path, undefined, importerNeeds(importer));
    }
    for (const [path, { name }] of sortedEntries(this.#lock.importers)) {
      if (path === "." || name === undefined) continue;
      const ids = Object.entries(this.#lock.packages).filter(
        ([, { source }]) => source.kind === "workspace" && source.path === path,
      );
      this.#put(root, name, ids[0]?.[0] ?? name, path);
    }
  }

  #folder(path: string, id: string | undefined, needs: Map<string, string>): void {
    let outer = path;
    do outer = outer.slice(0, Math.max(0, outer.lastIndexOf("/")));
    while (!this.#folders.has(outer));
    this.#folders.set(path, this.#add(path, this.#folders.get(outer), id, undefined, needs));
  }

  #add(
    path: string,
    parent: Place | undefined,
    id: string | undefined,
    link: string | undefined,
    needs: Map<string, string>,
  ): Place {
    if (this.places.length >= MAX_PLACES)
      throw new LoaderError("ERR_GRAPH_LIMIT", `node_modules would have more than ${MAX_PLACES} folders`, {
        limit: MAX_PLACES,
      });
    const place: Place = { path, parent, id, link, modules: new Map(), needs };
    this.places.push(place);
    return place;
  }

  /** Sees to it that `from` finds package `id` under `name`. */
  #settle(from: Place, name: string, id: string): void {
    const seen = find(from, name);
    if (seen?.id === id) return keepInSight(from, name, id);
    const locked = lookup(this.#lock.packages, id);
    if (locked === undefined) return;
    from.needs.set(name, id);
    this.#settlePeers(from, `${from.path} ${name}`, locked);
    const { source } = locked;
    const folder = source.kind === "path" || source.kind === "workspace" ? source.path : ancestorOf(from, id)?.path;
    if (find(from, name)?.id !== id) this.#put(this.#ownerFor(from, name, id, locked), name, id, folder);
    keepInSight(from, name, id);
  }

  /** The peers of a package come before it, so that its place can be chosen where they are seen. */
  #settlePeers(from: Place, asker: string, locked: LockedPackage): void {
    this.#settling.add(asker);
    for (const [peer, id] of sortedEntries(locked.peerDependencies)) {
      const isFree = !from.needs.has(peer) || from.needs.get(peer) === id;
      const isComing = this.#settling.has(`${from.path} ${peer}`);
      if (isFree && !isComing && find(from, peer) === undefined) this.#settle(from, peer, id);
    }
    this.#settling.delete(asker);
  }

  /** The highest place whose node_modules may have the package for `from`. */
  #ownerFor(from: Place, name: string, id: string, locked: LockedPackage): Place {
    let owner: Place | undefined;
    for (let place: Place | undefined = from; place !== undefined; place = place.parent) {
      const need = place.needs.get(name);
      if (place.modules.has(name) || (need !== undefined && need !== id)) break;
      if (seesSamePeers(place, from, locked)) owner = place;
      if (locked.bundled === true && !this.#isBundled(place)) break;
    }
    return owner ?? from;
  }

  #isBundled(place: Place): boolean {
    return place.id !== undefined && lookup(this.#lock.packages, place.id)?.bundled === true;
  }

  #put(owner: Place, name: string, id: string, folder: string | undefined): void {
    const path = `${owner.path === "" ? "" : `${owner.path}/`}node_modules/${name}`;
    const locked = lookup(this.#lock.packages, id);
    if (locked?.source.kind === "path" && folder !== undefined && !this.#folders.has(folder))
      this.#folder(folder, id, packageNeeds(locked));
    const needs = folder === undefined && locked !== undefined ? packageNeeds(locked) : new Map<string, string>();
    const place = this.#add(path, owner, id, folder, needs);
    owner.modules.set(name, place);
    for (const [need, target] of needs) if (find(place, need)?.id === target) keepInSight(place, need, target);
  }
}

/**
 * The place of a package among those that `from` is in: a cycle through two versions of each of its packages would nest for
 * ever, and is closed by a link, as npm closes it.
 */
function ancestorOf(from: Place, id: string): Place | undefined {
  let place: Place | undefined = from;
  while (place !== undefined && place.id !== id) place = place.parent;
  return place;
}

function find(from: Place, name: string): Place | undefined {
  for (let place: Place | undefined = from; place !== undefined; place = place.parent) {
    const found = place.modules.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Nothing may come between `from` and what it finds under `name`. */
function keepInSight(from: Place, name: string, id: string): void {
  for (let place: Place | undefined = from; place !== undefined; place = place.parent) {
    place.needs.set(name, id);
    if (place.modules.has(name)) return;
  }
}

/** Whether a package at `place` finds its peers where `from` does; peers that `from` finds another version of do not count. */
function seesSamePeers(place: Place, from: Place, locked: LockedPackage): boolean {
  return Object.entries(locked.peerDependencies).every(([peer, id]) => {
    const seen = find(from, peer);
    return seen?.id !== id || find(place, peer) === seen;
  });
}

function importerNeeds(importer: LockedImporter | undefined): Map<string, string> {
  const needs = new Map<string, string>();
  for (const kind of importer === undefined ? [] : IMPORTER_KINDS.toReversed()) {
    for (const [name, { id }] of Object.entries(importer?.[kind] ?? {})) if (id !== undefined) needs.set(name, id);
  }
  return needs;
}

function packageNeeds(locked: LockedPackage): Map<string, string> {
  return new Map(PACKAGE_KINDS.toReversed().flatMap((kind) => Object.entries(locked[kind])));
}

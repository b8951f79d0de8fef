import { LoaderError } from "../../errors.ts";
import {
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedRequest,
  type LockSource,
  lookup,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { type LockFields, present } from "../lock-fields.ts";
import { invalidForeign } from "./foreign-text.ts";
import { type GraphNode, lockOfGraph } from "./graph-lock.ts";
import { type Manifests, readManifests } from "./project-manifests.ts";

export const YARN_FILE = "yarn.lock";

/** More instances than any real project has: peers that lead to peers multiply. */
const MAX_NODES = 200_000;

/** One entry of a yarn.lock. */
export interface YarnEntry {
  /** `name@range` of each request that it answers. */
  readonly patterns: readonly string[];
  readonly facts: GraphNode["facts"];
  /** Name → range. */
  readonly dependencies: TextMap;
  readonly optionalDependencies: TextMap;
  readonly peerDependencies: TextMap;
}

/** Where a name leads from a package: entries by name, and the peers that its own parent gave it. */
interface Scope {
  readonly key: string;
  /** Name of the package itself. */
  readonly name: string | undefined;
  readonly entries: ReadonlyMap<string, YarnEntry>;
  readonly peers: TextMap;
  readonly parents: readonly { readonly entry: YarnEntry; readonly key: string }[];
}

/**
 * Makes a lock of the entries of a yarn.lock and the manifests of the project, which say who asks for what. Yarn writes
 * what a package asks for, not where it gets its peers: they come from the package that depends on it, as in Yarn itself.
 */
export function lockOfYarn(entries: readonly YarnEntry[], manifests: Manifests): Lock {
  return new YarnGraph(entries, manifests).lock();
}

class YarnGraph {
  readonly #patterns = new Map<string, YarnEntry>();
  readonly #nodes = new Map<string, GraphNode>();
  readonly #manifests: ReadonlyMap<string, LockFields>;
  /** Name → range, from `resolutions`. */
  readonly #resolutions: TextMap;

  constructor(entries: readonly YarnEntry[], manifests: Manifests) {
    this.#manifests = readManifests(manifests);
    this.#resolutions = this.#manifests.get(".")?.textMap("resolutions") ?? {};
    for (const [path, manifest] of this.#manifests) this.#addWorkspace(path, manifest);
    for (const entry of entries) for (const pattern of entry.patterns) this.#patterns.set(pattern, entry);
  }

  lock(): Lock {
    const importers = [...this.#manifests].map(([path, manifest]): [string, LockedImporter] => [
      path,
      this.#importer(path, manifest),
    ]);
    return lockOfGraph({
      file: YARN_FILE,
      nodes: this.#nodes,
      importers: toRecord(importers),
      rest: { overrides: this.#resolutions },
    });
  }

  /** Classic locks do not have workspaces; those of later versions say the same again. */
  #addWorkspace(path: string, manifest: LockFields): void {
    const name = manifest.optionalText("name");
    if (path === "." || name === undefined) return;
    const source: LockSource = { kind: "workspace", path };
    const facts = { name, version: manifest.optionalText("version") ?? "0.0.0", source };
    const entry = { patterns: [], facts, dependencies: {}, optionalDependencies: {}, peerDependencies: {} };
    this.#patterns.set(`${name}@workspace:${path}`, entry);
    this.#patterns.set(name, entry);
  }

  #importer(path: string, manifest: LockFields): LockedImporter {
    const kinds = IMPORTER_KINDS.map((kind) => [kind, manifest.textMap(kind) ?? {}] as const);
    const entries = kinds.flatMap(([, ranges]) =>
      Object.entries(ranges).flatMap(([name, range]): [string, YarnEntry][] => {
        const entry = this.#find(name, range);
        return entry === undefined ? [] : [[name, entry]];
      }),
    );
    const name = manifest.optionalText("name");
    const scope: Scope = { key: path, name, entries: new Map(entries), peers: {}, parents: [] };
    const requests = kinds.map(([kind, ranges]) => {
      const found = Object.entries(ranges).map(([wanted, range]): [string, LockedRequest] => {
        const id = this.#keyIn(scope, wanted);
        if (id === undefined && (kind === "dependencies" || kind === "devDependencies"))
          throw invalidForeign(YARN_FILE, `"${path}" asks for "${wanted}@${range}", which is not in it`);
        return [wanted, id === undefined ? { range } : { range, id }];
      });
      return toRecord(found);
    });
    const [dependencies = {}, devDependencies = {}, optionalDependencies = {}, peerDependencies = {}] = requests;
    return {
      ...present({ name, version: manifest.optionalText("version") }),
      dependencies,
      devDependencies,
      optionalDependencies,
      peerDependencies,
    };
  }

  /** The entry that answers a request: as it is written, as the range of a package, as resolutions change it, a workspace. */
  #find(name: string, range: string): YarnEntry | undefined {
    const ranges = [range, ...["", "**/"].flatMap((prefix) => lookup(this.#resolutions, `${prefix}${name}`) ?? [])];
    for (const wanted of ranges) {
      const entry = this.#patterns.get(`${name}@${wanted}`) ?? this.#patterns.get(`${name}@npm:${wanted}`);
      if (entry !== undefined) return entry;
    }
    return this.#patterns.get(name);
  }

  /** The key of what a scope finds under a name; the node is made if it is not there yet. */
  #keyIn(scope: Scope, name: string): string | undefined {
    const entry = scope.entries.get(name);
    if (entry === undefined) return lookup(scope.peers, name);
    const above = scope.parents.find((parent) => parent.entry === entry);
    if (above !== undefined) return above.key;
    const [pattern = `${entry.facts.name}@workspace`] = entry.patterns;
    const hasPeers = Object.keys(entry.peerDependencies).length > 0;
    const key = hasPeers ? `${pattern} in ${scope.key}` : pattern;
    if (!this.#nodes.has(key)) this.#addNode(key, entry, scope, hasPeers);
    return key;
  }

  #addNode(key: string, entry: YarnEntry, from: Scope, hasPeers: boolean): void {
    const node = { facts: entry.facts, dependencies: {}, optionalDependencies: {}, peerDependencies: {} };
    this.#nodes.set(key, node);
    if (this.#nodes.size > MAX_NODES)
      throw new LoaderError("ERR_GRAPH_LIMIT", `${YARN_FILE} has more than ${MAX_NODES} instances of packages`, {
        limit: MAX_NODES,
      });
    if (entry.facts.source.kind === "workspace") return;
    const peers = Object.keys(entry.peerDependencies).flatMap((name): [string, string][] => {
      const found = this.#keyIn(from, name) ?? (name === from.name && this.#nodes.has(from.key) ? from.key : undefined);
      return found === undefined ? [] : [[name, found]];
    });
    const ranges = { ...entry.dependencies, ...entry.optionalDependencies };
    const entries = Object.entries(ranges).flatMap(([name, range]): [string, YarnEntry][] => {
      const found = this.#find(name, range);
      if (found === undefined && !Object.hasOwn(entry.optionalDependencies, name))
        throw invalidForeign(YARN_FILE, `"${key}" depends on "${name}@${range}", which is not in it`);
      return found === undefined ? [] : [[name, found]];
    });
    const parents = hasPeers ? [...from.parents, { entry, key }] : [];
    const scope: Scope = {
      key,
      name: entry.facts.name,
      entries: new Map(entries),
      peers: toRecord(peers),
      parents,
    };
    const edges = (names: readonly string[]): TextMap =>
      toRecord(
        names.flatMap((name): [string, string][] => {
          const target = scope.entries.has(name) ? this.#keyIn(scope, name) : undefined;
          return target === undefined ? [] : [[name, target]];
        }),
      );
    const optional = Object.keys(entry.optionalDependencies);
    this.#nodes.set(key, {
      facts: entry.facts,
      dependencies: edges(Object.keys(entry.dependencies).filter((name) => !optional.includes(name))),
      optionalDependencies: edges(optional),
      peerDependencies: toRecord(peers),
    });
  }
}

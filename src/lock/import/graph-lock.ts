import {
  compareText,
  EMPTY_LOCK,
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  PACKAGE_KINDS,
  packageId,
  type RequestMap,
  requestsOf,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { verifyLock } from "../verify-lock.ts";
import { invalidForeign } from "./foreign-text.ts";

type PackageKind = (typeof PACKAGE_KINDS)[number];
type Edges = Readonly<Record<PackageKind, TextMap>>;

/** One package as another tool's lock has it. */
export interface GraphNode extends Edges {
  /** All of the package save its edges; what tells instances apart is found out. */
  readonly facts: Omit<LockedPackage, PackageKind | "instance">;
}

/** The graph of another tool's lock. Edges and requests lead to the keys that the tool has for its packages. */
export interface ForeignGraph {
  /** Name of the file, for errors. */
  readonly file: string;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly importers: Lock["importers"];
  readonly imports?: TextMap;
  /** What the lock has besides. */
  readonly rest?: Partial<Pick<Lock, "urls" | "overrides" | "catalogs" | "patches" | "trusted">>;
}

/**
 * Makes a lock of a graph in which one version may be at several places. Places that mean the same, all the way down, become
 * one package; a version with several meanings becomes several instances, told apart by what they depend on. What no
 * importer leads to is left out.
 * @throws LoaderError ERR_LOCKFILE_INVALID when the lock would not be whole
 */
export function lockOfGraph(graph: ForeignGraph): Lock {
  const nodes = reachedNodes(graph);
  const classes = classesOf(nodes);
  const instances = instancesOf(nodes, classes);
  const ids = new Map(
    [...nodes].map(([key, { facts }]) => [key, packageId({ ...facts, ...instances.get(classes.get(key)) })]),
  );
  const idOf = (key: string): string => ids.get(key) ?? key;
  const packages = [...nodes].map(([key, node]): [string, LockedPackage] => {
    const { facts } = node;
    const edges = mapKinds(PACKAGE_KINDS, (kind) => mapEdges(node[kind], idOf));
    return [idOf(key), { ...facts, ...instances.get(classes.get(key)), ...edges }];
  });
  const lock: Lock = {
    ...EMPTY_LOCK,
    ...graph.rest,
    imports: mapEdges(graph.imports ?? {}, idOf),
    importers: toRecord(Object.entries(graph.importers).map(([path, importer]) => [path, mapImporter(importer, idOf)])),
    packages: toRecord(packages.toSorted(([a], [b]) => compareText(a, b))),
  };
  const [problem] = verifyLock(lock);
  if (problem !== undefined) throw invalidForeign(graph.file, problem.reason);
  return lock;
}

/** The nodes that importers lead to, by key, in the order of keys. */
function reachedNodes({ nodes, importers, imports }: ForeignGraph): ReadonlyMap<string, GraphNode> {
  const waiting = requestsOf({ importers }).flatMap(({ id }) => id ?? []);
  waiting.push(...Object.values(imports ?? {}));
  const reached = new Map<string, GraphNode>();
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const node = nodes.get(key);
    if (node === undefined || reached.has(key)) continue;
    reached.set(key, node);
    for (const kind of PACKAGE_KINDS) waiting.push(...Object.values(node[kind]));
  }
  return new Map([...reached].toSorted(([a], [b]) => compareText(a, b)));
}

/**
 * Key → number of its class. Two nodes are of one class when their facts are the same and their edges lead to the same
 * classes: classes are split by their edges until nothing splits any more.
 */
function classesOf(nodes: ReadonlyMap<string, GraphNode>): ReadonlyMap<string, number> {
  let classes: ReadonlyMap<string, number> = new Map();
  for (let size = 0; ;) {
    const numbers = new Map<string, number>();
    const split = new Map<string, number>();
    for (const [key, node] of nodes) {
      const targets = PACKAGE_KINDS.map((kind) =>
        Object.entries(node[kind]).map(([name, target]) => [name, classes.get(target) ?? null]),
      );
      const signature = JSON.stringify([classes.get(key) ?? node.facts, targets]);
      if (!numbers.has(signature)) numbers.set(signature, numbers.size);
      split.set(key, numbers.get(signature) ?? 0);
    }
    if (numbers.size === size) return split;
    size = numbers.size;
    classes = split;
  }
}

/** Class → what tells it from the other classes of its version; nothing for the only one. */
function instancesOf(
  nodes: ReadonlyMap<string, GraphNode>,
  classes: ReadonlyMap<string, number>,
): ReadonlyMap<number | undefined, { instance?: string }> {
  const versions = new Map<string, Map<number, GraphNode>>();
  for (const [key, node] of nodes) {
    const version = packageId(node.facts);
    const found = versions.get(version) ?? new Map<number, GraphNode>();
    versions.set(version, found.set(classes.get(key) ?? -1, node));
  }
  const instances = new Map<number, { instance?: string }>();
  for (const found of versions.values()) {
    if (found.size < 2) continue;
    const suffixes = suffixesOf([...found.values()], nodes);
    const uses = Map.groupBy(suffixes, (suffix) => suffix);
    for (const [index, number] of [...found.keys()].entries()) {
      const suffix = suffixes[index] ?? "";
      const isUnique = suffix !== "" && uses.get(suffix)?.length === 1;
      instances.set(number, { instance: isUnique ? suffix : `${suffix}(${index + 1})` });
    }
  }
  return instances;
}

/** `(name@version)` of each target that not all of these nodes have under that name. */
function suffixesOf(found: readonly GraphNode[], nodes: ReadonlyMap<string, GraphNode>): string[] {
  const edges = found.map((node) =>
    PACKAGE_KINDS.flatMap((kind) =>
      Object.entries(node[kind]).map(([name, key]) => {
        const target = nodes.get(key);
        return { edge: `${kind} ${name} ${key}`, id: target === undefined ? key : packageId(target.facts), name };
      }),
    ),
  );
  const shared = (name: string, id: string) =>
    edges.every((list) => list.some((edge) => edge.name === name && edge.id === id));
  return edges.map((list) => {
    const own = list.filter(({ name, id }) => !shared(name, id)).map(({ id }) => `(${id})`);
    return [...new Set(own)].toSorted(compareText).join("");
  });
}

function mapImporter(importer: LockedImporter, idOf: (key: string) => string): LockedImporter {
  const requests = (found: RequestMap): RequestMap =>
    toRecord(
      Object.entries(found).map(([name, { range, id }]) => [
        name,
        id === undefined ? { range } : { range, id: idOf(id) },
      ]),
    );
  return { ...importer, ...mapKinds(IMPORTER_KINDS, (kind) => requests(importer[kind])) };
}

function mapEdges(edges: TextMap, idOf: (key: string) => string): TextMap {
  return toRecord(Object.entries(edges).map(([name, key]) => [name, idOf(key)]));
}

function mapKinds<Kind extends string, Value>(
  kinds: readonly Kind[],
  make: (kind: Kind) => Value,
): Record<Kind, Value> {
  return Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, Value>;
}

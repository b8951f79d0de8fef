import { compareNames } from "./compare-names.ts";
import { type GraphEdge, type GraphNode, reachable } from "./graph-node.ts";
import type { SemverCache } from "./semver-cache.ts";

/**
 * Takes versions out of a graph that it can do without: where all that ask for one would do with others that are there,
 * they get those, the highest that fits (R78, R79). Never adds a version.
 * @param nodes of the graph, folders first
 * @returns what is left, in the same order
 */
export function mergeVersions(nodes: readonly GraphNode[], semver: SemverCache): GraphNode[] {
  const folders = nodes.filter((node) => node.isFolder);
  let left = nodes;
  let several = withNamesakes(nodes);
  const users = usersOf(several, nodes);
  for (let changed = true; changed;) {
    changed = false;
    for (const versions of namesWithSeveral(several, semver)) {
      for (const instances of versions) changed = removeVersion(instances, versions.flat(), users, semver) || changed;
    }
    changed = joinAlike(several, users) || changed;
    if (changed) {
      const reached = reachable(folders);
      const isLeft = (node: GraphNode): boolean => reached.has(node);
      for (const node of left) if (!isLeft(node)) dropUser(node, users);
      left = left.filter(isLeft);
      several = several.filter(isLeft);
    }
  }
  return [...left];
}

type Users = ReadonlyMap<GraphNode, Set<GraphEdge>>;

/** Those whose name is there several times: nothing can become of the others. */
function withNamesakes(nodes: readonly GraphNode[]): GraphNode[] {
  const counts = new Map<string, number>();
  for (const { tree } of nodes) counts.set(tree.packageName, (counts.get(tree.packageName) ?? 0) + 1);
  return nodes.filter(({ tree }) => counts.get(tree.packageName) !== 1);
}

/** Who asks for each of some nodes. */
function usersOf(some: readonly GraphNode[], all: readonly GraphNode[]): Map<GraphNode, Set<GraphEdge>> {
  const users = new Map<GraphNode, Set<GraphEdge>>();
  for (const node of some) users.set(node, new Set());
  for (const node of all) for (const edge of node.edges.values()) users.get(edge.to)?.add(edge);
  return users;
}

function dropUser(node: GraphNode, users: Users): void {
  for (const edge of node.edges.values()) users.get(edge.to)?.delete(edge);
}

/** For every name with more than one version, its versions, the lowest first, each with its instances. */
function namesWithSeveral(nodes: readonly GraphNode[], semver: SemverCache): GraphNode[][][] {
  const names = Map.groupBy(
    nodes.filter(({ tree }) => tree.content.kind === "package" && tree.content.source === undefined),
    ({ tree }) => tree.packageName,
  );
  return [...names]
    .filter(([, instances]) => instances.length > 1)
    .toSorted((a, b) => compareNames(a[0], b[0]))
    .map(([, instances]) => Map.groupBy(instances, ({ tree }) => tree.version ?? ""))
    .filter((versions) => versions.size > 1)
    .map((versions) => [...versions].toSorted(([a], [b]) => semver.compare(a, b)).map(([, instances]) => instances));
}

/** True where nothing needs the version any more. */
function removeVersion(
  instances: readonly GraphNode[],
  all: readonly GraphNode[],
  users: Users,
  semver: SemverCache,
): boolean {
  const version = instances[0]?.tree.version;
  const others = all
    .filter((node) => node.tree.version !== version && (users.get(node)?.size ?? 0) > 0)
    .toSorted((a, b) => semver.compare(b.tree.version ?? "", a.tree.version ?? ""));
  const moves = new Map<GraphEdge, GraphNode>();
  for (const instance of instances) {
    const edges = [...(users.get(instance) ?? [])];
    if (edges.length === 0) return false;
    const together = others.find((other) => edges.every((edge) => fits(other, edge, semver)));
    // Peers are shared by all that see them: they move together or not at all.
    const shared = edges.some(({ asked }) => asked.peer);
    for (const edge of edges) {
      const other = together ?? (shared ? undefined : others.find((one) => fits(one, edge, semver)));
      if (other === undefined) return false;
      moves.set(edge, other);
    }
  }
  for (const [edge, to] of moves) moveEdge(edge, to, users);
  return true;
}

function fits(node: GraphNode, { asked, from }: GraphEdge, semver: SemverCache): boolean {
  const { spec } = asked;
  const { version } = node.tree;
  if (spec.kind !== "range" || version === undefined || !semver.satisfies(version, spec.range)) return false;
  if (!asked.valid) return false;
  // Its peers must be those that the dependent has under the same names.
  return [...node.edges.values()].every((peer) => {
    const own = peer.asked.peer ? from.edges.get(peer.asked.name) : undefined;
    return own === undefined || own.to === peer.to;
  });
}

/** Instances whose peers have become the same are one. */
function joinAlike(nodes: readonly GraphNode[], users: Users): boolean {
  let changed = false;
  for (const instances of Map.groupBy(nodes, ({ packageId }) => packageId).values()) {
    if (instances.length === 1) continue;
    const first = new Map<string, GraphNode>();
    for (const node of instances) {
      const key = node.isFolder ? node.packageId : node.instanceKey;
      const same = first.get(key);
      if (same === undefined) first.set(key, node);
      else changed = moveEdges(users.get(node) ?? new Set(), same, users) || changed;
    }
  }
  return changed;
}

function moveEdges(edges: ReadonlySet<GraphEdge>, to: GraphNode, users: Users): boolean {
  for (const edge of edges) moveEdge(edge, to, users);
  return edges.size > 0;
}

function moveEdge(edge: GraphEdge, to: GraphNode, users: Users): void {
  users.get(edge.to)?.delete(edge);
  edge.to = to;
  users.get(to)?.add(edge);
}

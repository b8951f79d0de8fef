import { LoaderError } from "../errors.ts";
import { type GraphEdge, GraphNode, reachable } from "./graph-node.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { TreeEdge } from "./tree-edge.ts";

/**
 * Gives every package the peers of whoever depends on it. In npm's tree a package that two folders of a project share
 * sees one set of peers, though the folders may have two: here it is there once for each, so that everything below a
 * folder that has React 17 uses that one. Packages whose peers are the same everywhere stay one.
 * @param nodes of the graph
 * @param limit nodes there may be
 * @returns the nodes of the new graph, folders first
 * @throws LoaderError ERR_GRAPH_LIMIT
 */
export function splitByPeers(nodes: readonly GraphNode[], semver: SemverCache, limit: number): GraphNode[] {
  const contested = contestedPeers(nodes);
  return contested.size === 0 ? [...nodes] : new PeerContexts(nodes, contested, semver, limit).split();
}

/** Names that packages want as peers and that mean more than one version in the graph. */
function contestedPeers(nodes: readonly GraphNode[]): Set<string> {
  const meanings = new Map<string, Set<string>>();
  for (const node of nodes) {
    if (!node.tree.hasPeers) continue;
    for (const { name, peer } of node.tree.edgesOut.values()) if (peer) meanings.set(name, new Set());
  }
  if (meanings.size === 0) return new Set();
  for (const node of nodes) for (const [name, { to }] of node.edges) meanings.get(name)?.add(to.packageId);
  return new Set([...meanings].filter(([, ids]) => ids.size > 1).map(([name]) => name));
}

/** What is around a package: the dependencies of its dependent, of that one's dependent and so on. */
interface Scope {
  readonly node: GraphNode;
  readonly outer: Scope | undefined;
}

interface Provided {
  readonly node: GraphNode;
  readonly scope: Scope;
}

class PeerContexts {
  readonly #nodes: readonly GraphNode[];
  readonly #semver: SemverCache;
  readonly #limit: number;
  /** Contested names that a package, or something below it, takes from around it. */
  readonly #free: Map<GraphNode, Set<string>>;
  /** Packages that lead to one with peers, or to a folder; the others are the same wherever they are. */
  readonly #open: ReadonlySet<GraphNode>;
  readonly #folders = new Map<GraphNode, GraphNode>();
  readonly #instances = new Map<string, GraphNode>();
  readonly #single = new Map<GraphNode, GraphNode>();

  constructor(nodes: readonly GraphNode[], contested: ReadonlySet<string>, semver: SemverCache, limit: number) {
    this.#nodes = nodes;
    this.#semver = semver;
    this.#limit = limit;
    this.#open = nodesWithPeersBelow(nodes);
    this.#free = freeNames(
      nodes.filter((node) => this.#open.has(node)),
      contested,
    );
  }

  split(): GraphNode[] {
    const folders = this.#nodes.filter((node) => node.isFolder);
    for (const folder of folders) this.#folders.set(folder, new GraphNode(folder.tree));
    const root = folders.find(({ tree }) => tree.isRoot);
    for (const folder of folders) {
      const outer = root === undefined || folder === root ? undefined : { node: root, outer: undefined };
      this.#connect(folder, this.#folders.get(folder) ?? folder, { node: folder, outer }, outer);
    }
    return [...reachable(this.#folders.values())];
  }

  #instanceOf(node: GraphNode, scope: Scope): GraphNode {
    if (!this.#open.has(node) && !node.isFolder) return node;
    const known = this.#folders.get(node) ?? this.#single.get(node);
    if (known !== undefined) return known;
    const instance = this.#makeInstance(node, scope);
    // What takes nothing from around it is the same everywhere.
    if (this.#free.get(node)?.size === 0) this.#single.set(node, instance);
    return instance;
  }

  #makeInstance(node: GraphNode, scope: Scope): GraphNode {
    const context = this.#contextOf(node, scope);
    const key = `${node.instanceKey} ${[...context].map(([name, id]) => `${name}=${id}`).join(" ")}`;
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    if (this.#instances.size >= this.#limit) {
      const message = `The peers of "${node.packageId}" make more than ${this.#limit} packages`;
      throw new LoaderError("ERR_GRAPH_LIMIT", message, { package: node.packageId, limit: this.#limit });
    }
    const instance = new GraphNode(node.tree, new Set(context.values()));
    this.#instances.set(key, instance);
    this.#connect(node, instance, { node, outer: scope }, scope);
    return instance;
  }

  #contextOf(node: GraphNode, scope: Scope): Map<string, string> {
    const context = new Map<string, string>();
    for (const name of [...(this.#free.get(node) ?? [])].toSorted()) {
      const provided = lookUp(name, scope);
      if (provided !== undefined) context.set(name, provided.node.packageId);
    }
    return context;
  }

  #connect(node: GraphNode, instance: GraphNode, inner: Scope, outer: Scope | undefined): void {
    for (const asked of node.tree.edgesOut.values()) {
      const edge = node.edges.get(asked.name);
      const to = asked.peer ? this.#peerOf(asked, edge, inner, outer) : edge && this.#instanceOf(edge.to, inner);
      if (to !== undefined) instance.edges.set(asked.name, { from: instance, asked, to });
    }
  }

  #peerOf(asked: TreeEdge, edge: GraphEdge | undefined, inner: Scope, outer: Scope | undefined): GraphNode | undefined {
    const provided = outer === undefined ? undefined : lookUp(asked.name, outer);
    if (provided !== undefined && this.#suits(provided.node, asked)) {
      return this.#instanceOf(provided.node, provided.scope);
    }
    return edge && this.#instanceOf(edge.to, inner);
  }

  #suits({ tree }: GraphNode, { spec }: TreeEdge): boolean {
    return spec.kind === "range" && tree.version !== undefined && this.#semver.satisfies(tree.version, spec.range);
  }
}

/** What a name means to those inside a scope; peers are their dependent's own business. */
function lookUp(name: string, scope: Scope): Provided | undefined {
  for (let one: Scope | undefined = scope; one !== undefined; one = one.outer) {
    const edge = one.node.edges.get(name);
    if (edge !== undefined && !edge.asked.peer) return { node: edge.to, scope: one };
  }
  return undefined;
}

/** The packages that have peers or lead to a folder of the project, and all that lead to those. */
function nodesWithPeersBelow(nodes: readonly GraphNode[]): Set<GraphNode> {
  const users = new Map<GraphNode, GraphNode[]>();
  const open = new Set<GraphNode>();
  for (const node of nodes) {
    for (const { asked, to } of node.edges.values()) {
      if (asked.peer || to.isFolder) open.add(node);
      const known = users.get(to);
      if (known === undefined) users.set(to, [node]);
      else known.push(node);
    }
  }
  for (const node of open) for (const user of users.get(node) ?? []) open.add(user);
  return open;
}

function freeNames(nodes: readonly GraphNode[], contested: ReadonlySet<string>): Map<GraphNode, Set<string>> {
  const free = new Map(
    nodes.map((node) => {
      const peers = [...node.tree.edgesOut.values()].filter(({ name, peer }) => peer && contested.has(name));
      return [node, new Set(peers.map(({ name }) => name))];
    }),
  );
  for (let grown = true; grown;) {
    grown = false;
    // Dependents come before their dependencies, so the other way round most of it is done in one go.
    for (const node of nodes.toReversed()) grown = growFree(node, free) || grown;
  }
  return free;
}

function growFree(node: GraphNode, free: ReadonlyMap<GraphNode, Set<string>>): boolean {
  const names = free.get(node);
  if (names === undefined || node.isFolder) return false;
  const before = names.size;
  for (const { to } of node.edges.values()) {
    for (const name of to.isFolder ? [] : (free.get(to) ?? [])) {
      const own = node.edges.get(name);
      if (own === undefined || own.asked.peer) names.add(name);
    }
  }
  return names.size > before;
}

import { compareNodes } from "./compare-nodes.ts";
import { GraphNode, reachable } from "./graph-node.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/**
 * The graph that a tree describes: nodes of one version whose peers are the same are one node, with the dependencies of
 * the outermost. Folders of the project come first.
 */
export function treeToGraph(folders: readonly TreeNode[]): GraphNode[] {
  const nodes = new Map<TreeNode, GraphNode>();
  const byKey = new Map<string, GraphNode>();
  for (const tree of treeNodes(folders)) {
    const key = keyOf(tree);
    const known = byKey.get(key);
    const node = known ?? new GraphNode(tree);
    if (known === undefined) byKey.set(key, node);
    nodes.set(tree, node);
  }
  for (const node of byKey.values()) addEdges(node, nodes);
  return [...reachable(folders.flatMap((folder) => nodes.get(folder) ?? []))];
}

/** Whether a dependency belongs in the graph: it is there, and if it is an optional peer, not by chance. */
function isUsed(edge: TreeEdge): boolean {
  const { to, from } = edge;
  if (to === undefined || targetOf(to).failed || isBundled(edge)) return false;
  return edge.kind !== "peerOptional" || (edge.valid && isProvided(from, edge.name, to));
}

/** Whether a dependency is in its dependent's own archive. */
export function isBundled({ from, name }: TreeEdge): boolean {
  return from.content.kind === "package" && from.content.manifest.bundleDependencies?.includes(name) === true;
}

/** What a link stands for; any other node itself. */
export function targetOf(node: TreeNode): TreeNode {
  return node.content.kind === "link" ? targetOf(node.content.target) : node;
}

/** An optional peer counts where a dependent, or the project, asks for the same thing: not where it merely lies around. */
function isProvided(owner: TreeNode, name: string, to: TreeNode): boolean {
  const [top] = [...owner.ancestry()].slice(-1);
  if (top?.edgesOut.get(name)?.to === to) return true;
  return [...owner.edgesIn].some(({ from }) => from.edgesOut.get(name)?.to === to);
}

/** All nodes that are needed, outside in. */
export function treeNodes(folders: readonly TreeNode[]): TreeNode[] {
  const reached = new Set(folders);
  for (const node of reached) {
    for (const edge of node.edgesOut.values())
      if (isUsed(edge) && edge.to !== undefined) reached.add(targetOf(edge.to));
  }
  return [...reached].toSorted(compareNodes);
}

function keyOf(node: TreeNode): string {
  if (node.content.kind === "folder") return `file:${node.content.path}`;
  const source = node.content.kind === "package" ? (node.content.source ?? "") : "";
  const key = `${node.packageName} ${node.version ?? ""} ${source}`;
  if (!node.hasPeers) return key;
  const peers: string[] = [];
  for (const edge of node.edgesOut.values()) {
    if (!edge.peer || edge.to === undefined || !isUsed(edge)) continue;
    const to = targetOf(edge.to);
    peers.push(`${edge.name}=${to.packageName}@${to.version ?? to.path}`);
  }
  return peers.length === 0 ? key : `${key} ${peers.toSorted().join(" ")}`;
}

function addEdges(node: GraphNode, nodes: ReadonlyMap<TreeNode, GraphNode>): void {
  for (const asked of node.tree.edgesOut.values()) {
    const to = asked.to === undefined || !isUsed(asked) ? undefined : nodes.get(targetOf(asked.to));
    if (to !== undefined) node.edges.set(asked.name, { from: node, asked, to });
  }
}

import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/** The nodes that can see each other, by their names, and their dependencies by theirs. */
export class TreeIndex {
  readonly edges = new Map<string, Set<TreeEdge>>();
  readonly nodes = new Map<string, Set<TreeNode>>();

  add(node: TreeNode): void {
    addTo(this.nodes, node.name, node);
    for (const edge of node.edgesOut.values()) addTo(this.edges, edge.name, edge);
  }

  remove(node: TreeNode): void {
    this.nodes.get(node.name)?.delete(node);
    for (const edge of node.edgesOut.values()) this.edges.get(edge.name)?.delete(edge);
  }
}

function addTo<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}

import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/** The nodes, all that is reached from them by the edges that count, less those that are needed from outside the set. */
export function gatherDependents(nodes: Iterable<TreeNode>, counts: (edge: TreeEdge) => boolean): Set<TreeNode> {
  const set = new Set(nodes);
  for (const node of set) {
    for (const edge of node.edgesOut.values()) if (edge.to !== undefined && counts(edge)) set.add(edge.to);
  }
  let changed = true;
  while (changed) {
    changed = false;
    for (const node of set) {
      for (const edge of node.edgesIn) {
        if (set.has(edge.from) || !counts(edge)) continue;
        set.delete(node);
        changed = true;
        break;
      }
    }
  }
  return set;
}

/** The sets of peers that a node is part of, by the edge through which each came into the tree. */
export function peerEntrySets(node: TreeNode): Map<TreeEdge, Set<TreeNode>> {
  const union = new Set([node]);
  for (const peer of union) {
    addPeers(union, peer);
    for (const edge of peer.edgesIn) if (edge.peer && edge.valid) union.add(edge.from);
  }
  const entries = new Map<TreeEdge, Set<TreeNode>>();
  for (const peer of union) {
    for (const edge of peer.edgesIn) {
      if (!edge.valid || (edge.peer && !edge.from.isTop)) continue;
      const set = new Set([peer]);
      for (const member of set) addPeers(set, member);
      if (set.has(node)) entries.set(edge, set);
    }
  }
  return entries;
}

function addPeers(set: Set<TreeNode>, node: TreeNode): void {
  for (const edge of node.edgesOut.values()) {
    if (edge.peer && edge.to !== undefined && edge.valid) set.add(edge.to);
  }
}

/** The innermost place at which a dependency of `start` could lie: a peer never inside its dependent. */
export function deepestPlace(start: TreeNode, name: string): TreeNode {
  for (let node = start; ;) {
    const above = node.resolveParent;
    if (above === undefined || node.isRoot) return node;
    if (node.edgesOut.get(name)?.peer !== true) return node;
    node = above;
  }
}

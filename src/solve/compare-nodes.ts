import { compareNames } from "./compare-names.ts";
import type { TreeNode } from "./tree-node.ts";

/** Shallow ones first, then by name: what is near the root decides what those further down can share. */
export function compareNodes(a: TreeNode, b: TreeNode): number {
  if (a.depth !== b.depth) return a.depth - b.depth;
  // Of two in one folder the names alone differ.
  return a.parent !== undefined && a.parent === b.parent ? compareNames(a.name, b.name) : compareNames(a.path, b.path);
}

import { gatherDependents } from "./dependency-sets.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { TreeNode } from "./tree-node.ts";

/**
 * Whether a node could stand where `current` stands without anybody noticing who is not replaced with it.
 * @param together names of peers that would be replaced in the same go
 */
export function canReplace(node: TreeNode, current: TreeNode, together: ReadonlySet<string> = new Set()): boolean {
  if (node.name !== current.name || node.packageName !== current.packageName) return false;
  if (current.edgesOut.size > 0 && node.overrides !== current.overrides) return false;
  const unhappy = [...current.edgesIn].filter((edge) => {
    const replaced = !current.isTop && edge.from.parent === current.parent && edge.peer && together.has(edge.from.name);
    return !replaced && !edge.satisfiedBy(node);
  });
  if (unhappy.length === 0) return true;
  // What only the replaced node needs goes with it.
  const below = gatherDependents([current], (edge) => edge.to !== current && edge.valid);
  return unhappy.every((edge) => below.has(edge.from));
}

/** Whether all that depend on a node would be as well off with what they would find without it. */
export function canDedupe(node: TreeNode, semver: SemverCache): boolean {
  const above = node.resolveParent?.resolveParent;
  if (above === undefined) return false;
  if (node.edgesIn.size === 0) return true;
  const other = above.resolve(node.name);
  if (other === undefined) return false;
  if (other.matches(node)) return true;
  if (!canReplace(other, node) || other.version === undefined || node.version === undefined) return false;
  const order = semver.compare(other.version, node.version);
  return order === 0 || (order > 0 && !node.isOverridden);
}

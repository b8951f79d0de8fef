import type { ESTree } from "meriyah";
import { isNode, type Node } from "./syntax-tree.ts";

/** What a walk does at each node. */
export interface TreeVisitor<Scope> {
  /** True where the children need no visit. */
  visit(node: Node, scope: Scope): boolean;
  /** What holds in the child that `field` leads to. */
  scopeOfChild(node: Node, field: string, scope: Scope): Scope;
}

/**
 * Visits a tree in source order, references only: names of properties and labels are left out. Without recursion, since
 * minified code nests deep, and without an allocation for each node, since whole packages go through here.
 */
export function walkTree<Scope>(tree: ESTree.Program, scope: Scope, visitor: TreeVisitor<Scope>): void {
  const nodes: Node[] = [tree as unknown as Node];
  const scopes: Scope[] = [scope];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const current = scopes.pop() as Scope;
    if (visitor.visit(node, current)) continue;
    const from = nodes.length;
    pushChildren(node, current, visitor, nodes, scopes);
    reverseFrom(nodes, from);
    reverseFrom(scopes, from);
  }
}

function pushChildren<Scope>(
  node: Node,
  scope: Scope,
  visitor: TreeVisitor<Scope>,
  nodes: Node[],
  scopes: Scope[],
): void {
  const fields = node as unknown as Record<string, unknown>;
  for (const field in fields) {
    const value = fields[field];
    if (typeof value !== "object" || value === null || field === "range" || isNameField(node, field)) continue;
    const inner = visitor.scopeOfChild(node, field, scope);
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      nodes.push(child);
      scopes.push(inner);
    }
  }
}

/** Fields that hold names, not references. */
function isNameField(node: Node, field: string): boolean {
  switch (node.type) {
    case "MemberExpression":
      return field === "property" && !node.computed;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return field === "key" && !node.computed;
    case "ExportSpecifier":
      return true;
    default:
      return field === "label";
  }
}

/** Pushed in source order, popped in reverse: the segment is turned round. */
function reverseFrom(items: unknown[], from: number): void {
  for (let low = from, high = items.length - 1; low < high; low++, high--) {
    const item = items[low];
    items[low] = items[high];
    items[high] = item;
  }
}

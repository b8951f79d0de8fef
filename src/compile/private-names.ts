import { isNode } from "./syntax-tree.ts";

/** Whether every private name in a tree is declared by a class around it. */
export function declaresPrivateNames(node: unknown, declared: ReadonlySet<string> = new Set()): boolean {
  if (Array.isArray(node)) return node.every((item) => declaresPrivateNames(item, declared));
  if (!isNode(node)) return true;
  if (node.type === "PrivateIdentifier") return declared.has(node.name);
  const inner = node.type === "ClassBody" ? new Set([...declared, ...privateMembers(node.body)]) : declared;
  return Object.values(node).every((child) => declaresPrivateNames(child, inner));
}

function privateMembers(members: readonly unknown[]): string[] {
  return members.flatMap((member) => {
    const key = isNode(member) && "key" in member ? member.key : undefined;
    return isNode(key) && key.type === "PrivateIdentifier" ? [key.name] : [];
  });
}

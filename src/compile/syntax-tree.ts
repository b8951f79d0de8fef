import type { ESTree } from "meriyah";

/** Any node; children are reached by walking its fields. */
export type Node = ESTree.Node & { readonly start: number; readonly end: number };

/** Whether a field of a node holds a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Whether it is the identifier `name`. */
export function isIdentifier(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node.name === name;
}

/** Whether it is `object.property`, not computed. */
export function isMember(node: unknown, object: (node: unknown) => boolean, property: string): boolean {
  return (
    isNode(node) &&
    node.type === "MemberExpression" &&
    !node.computed &&
    object(node.object) &&
    isIdentifier(node.property, property)
  );
}

/** Whether it is `process.env.NODE_ENV`, in any way of writing it. */
export function isNodeEnv(node: unknown): boolean {
  if (isNode(node) && node.type === "ChainExpression") return isNodeEnv(node.expression);
  return isAccess(node, "NODE_ENV") && isAccess(node.object, "env") && isIdentifier(node.object.object, "process");
}

/** Whether it is `object.name`, `object?.name` or `object["name"]`. */
export function isAccess(node: unknown, name: string): node is ESTree.MemberExpression {
  if (!isNode(node) || node.type !== "MemberExpression") return false;
  return node.computed ? stringOf(node.property) === name : isIdentifier(node.property, name);
}

/** Whether it is `import.meta`. */
export function isImportMeta(node: unknown): boolean {
  return isNode(node) && node.type === "MetaProperty" && isIdentifier(node.meta, "import");
}

/** The text of a string literal or of a template without substitutions. */
export function stringOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** The name an identifier or a string gives (module export names may be strings). */
export function nameOf(node: unknown): string {
  return isNode(node) && node.type === "Identifier" ? node.name : (stringOf(node) ?? "");
}

/** Offset of a node's first character; nodes have ranges because they are parsed with them. */
export function startOf(node: ESTree.Node): number {
  return node.start ?? 0;
}

/** Offset after a node's last character. */
export function endOf(node: ESTree.Node): number {
  return node.end ?? 0;
}

/** Whether it takes the name of what it is assigned to (ES `IsAnonymousFunctionDefinition`). */
export function isAnonymousFunction(node: ESTree.Node): boolean {
  switch (node.type) {
    case "ArrowFunctionExpression":
      return true;
    case "FunctionExpression":
    case "ClassExpression":
      return node.id === null;
    default:
      return false;
  }
}

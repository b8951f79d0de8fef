import type { TestProgram } from "../program.ts";
import { applyEdits, bodyOf, type Edit, nodesIn, type TreeNode } from "../tree.ts";

/** What is to be changed in a file. */
export type FindEdits = (body: TreeNode[], path: string, text: string) => Edit[];

/** The program with edits made in those files that have some; undefined where none has, or a file does not parse. */
export function rewrite(program: TestProgram, find: FindEdits): TestProgram | undefined {
  const files: Record<string, string> = { ...program.files };
  let changed = false;
  for (const [path, text] of Object.entries(program.files)) {
    if (path.endsWith(".json")) continue;
    const body = bodyOf(path, text);
    if (body === undefined) return undefined;
    const edits = find(body, path, text);
    if (edits.length === 0) continue;
    files[path] = applyEdits(text, edits);
    changed = true;
  }
  return changed ? { ...program, files } : undefined;
}

/** A list of one program, or of none. */
export function listOf(program: TestProgram | undefined): TestProgram[] {
  return program === undefined ? [] : [program];
}

/** The path that a specifier leads to. */
export function resolvePath(specifier: string, path: string): string {
  return decodeURIComponent(new URL(specifier, `file://${path}`).pathname);
}

/** An `import()`, and where it leads. */
export interface LateImport {
  readonly node: TreeNode;
  readonly target: string;
}

/** Every `import()` in a file whose specifier can be told. */
export function importsOf(body: readonly TreeNode[], path: string): LateImport[] {
  return [...nodesIn(body)].flatMap((node) => {
    const specifier = node.type === "ImportExpression" ? constantOf(node["source"] as TreeNode) : undefined;
    return specifier === undefined ? [] : [{ node, target: resolvePath(specifier, path) }];
  });
}

/** Every `require()` in a file whose specifier can be told, and where it leads. */
export function requiresOf(body: readonly TreeNode[], path: string): LateImport[] {
  return [...nodesIn(body)].flatMap((node) => {
    if (node.type !== "CallExpression" || (node["callee"] as TreeNode)["name"] !== "require") return [];
    const [given] = node["arguments"] as TreeNode[];
    const specifier = given && constantOf(given);
    return specifier === undefined ? [] : [{ node, target: resolvePath(specifier, path) }];
  });
}

/** The string that an expression of literals makes. */
function constantOf(node: TreeNode): string | undefined {
  if (node.type === "Literal") return String(node["value"]);
  if (node.type === "BinaryExpression") {
    const [left, right] = [constantOf(node["left"] as TreeNode), constantOf(node["right"] as TreeNode)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (node.type !== "TemplateLiteral") return undefined;
  const quasis = node["quasis"] as { readonly value: { readonly cooked: string } }[];
  const values = (node["expressions"] as TreeNode[]).map(constantOf);
  if (values.includes(undefined)) return undefined;
  return quasis.map(({ value }, index) => value.cooked + (values[index] ?? "")).join("");
}

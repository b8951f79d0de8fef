import type { TestProgram } from "../program.ts";
import { bodyOf, type TreeNode } from "../tree.ts";
import { resolvePath } from "./rewrite.ts";

/** Paths of modules by the paths of those that import them, in order. */
export type StaticImports = Readonly<Record<string, readonly string[]>>;

/** An import or export clause with `from`, and where it leads. */
export interface FromClause {
  readonly node: TreeNode;
  readonly target: string;
}

/** All such clauses of a module. */
export function fromClauses(body: readonly TreeNode[], path: string): FromClause[] {
  return body.flatMap((node) => {
    const source = node["source"] as TreeNode | null | undefined;
    if (!/^(?:Import|Export)/.test(node.type) || source === null || source === undefined) return [];
    return [{ node, target: resolvePath(String(source["value"]), path) }];
  });
}

/** What each ES module of a program imports. */
export function staticImports({ files }: TestProgram): StaticImports {
  const modules = Object.entries(files).filter(([path]) => path.endsWith(".mjs"));
  return Object.fromEntries(
    modules.map(([path, text]) => [path, fromClauses(bodyOf(path, text) ?? [], path).map(({ target }) => target)]),
  );
}

/** Modules that one reaches by static imports, itself among them, each after what it imports, save those that `isDone`. */
export function evaluationOrder(
  imports: StaticImports,
  entry: string,
  isDone: (path: string) => boolean = () => false,
): string[] {
  const seen = new Set<string>();
  const order: string[] = [];
  const visit = (path: string): void => {
    if (seen.has(path) || isDone(path)) return;
    seen.add(path);
    for (const next of imports[path] ?? []) visit(next);
    order.push(path);
  };
  visit(entry);
  return order;
}

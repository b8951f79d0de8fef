import type { ESTree } from "meriyah";
import type { NodeEnvGuard } from "../artifact/module-record.ts";
import { isNodeEnv, stringOf } from "./syntax-tree.ts";

/** How deep conditions are looked into: deeper ones guard nothing. */
const MAX_DEPTH = 16;

/** What must hold of NODE_ENV where `test` comes out as `truth`; undefined where that says nothing of it. */
export function guardWhen(test: ESTree.Node, truth: boolean, depth = 0): NodeEnvGuard | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (test.type === "UnaryExpression")
    return test.operator === "!" ? guardWhen(test.argument, !truth, depth + 1) : undefined;
  if (test.type === "LogicalExpression") {
    if (test.operator !== (truth ? "&&" : "||")) return undefined;
    return guardWhen(test.left, truth, depth + 1) ?? guardWhen(test.right, truth, depth + 1);
  }
  return test.type === "BinaryExpression" ? guardOfComparison(test, truth) : undefined;
}

function guardOfComparison(
  { left, right, operator }: ESTree.BinaryExpression,
  truth: boolean,
): NodeEnvGuard | undefined {
  const equals = operator === "===" || operator === "==";
  if (!equals && operator !== "!==" && operator !== "!=") return undefined;
  const value = isNodeEnv(left) ? stringOf(right) : isNodeEnv(right) ? stringOf(left) : undefined;
  return value === undefined ? undefined : { value, equals: equals === truth };
}

/** The guards of a module, each of them once. */
export class GuardList {
  readonly list: NodeEnvGuard[] = [];

  indexOf(guard: NodeEnvGuard): number {
    const index = this.list.findIndex(({ value, equals }) => value === guard.value && equals === guard.equals);
    return index === -1 ? this.list.push(guard) - 1 : index;
  }
}

import type { ESTree } from "meriyah";
import { stringOf } from "./syntax-tree.ts";

/** The global that is there where `typeof x === "…"` comes out as `truth`. */
export function provedGlobal(test: ESTree.Node, truth: boolean): string | undefined {
  if (test.type !== "BinaryExpression" || !/^[!=]==?$/.test(test.operator)) return undefined;
  const [operand, value] = test.left.type === "UnaryExpression" ? [test.left, test.right] : [test.right, test.left];
  const text = stringOf(value);
  if (text === undefined || operand.type !== "UnaryExpression" || operand.operator !== "typeof") return undefined;
  if (operand.argument.type !== "Identifier") return undefined;
  const holds = test.operator.startsWith("=") === truth;
  return (text === "undefined") === holds ? undefined : operand.argument.name;
}

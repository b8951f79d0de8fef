import type { ESTree } from "meriyah";
import { endOf } from "./syntax-tree.ts";

const SEMICOLON = 59;

/** Whether a statement ends by automatic semicolon insertion, so that what follows could continue it. */
export function needsSemicolon(statement: ESTree.Node, source: string): boolean {
  let last = statement;
  for (;;) {
    switch (last.type) {
      case "IfStatement":
        last = last.alternate ?? last.consequent;
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "WithStatement":
      case "LabeledStatement":
        last = last.body;
        break;
      case "ExpressionStatement":
      case "VariableDeclaration":
      case "ReturnStatement":
      case "ThrowStatement":
      case "BreakStatement":
      case "ContinueStatement":
      case "DebuggerStatement":
      case "DoWhileStatement":
        return source.charCodeAt(endOf(last) - 1) !== SEMICOLON;
      default:
        return false;
    }
  }
}

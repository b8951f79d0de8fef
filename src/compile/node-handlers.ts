import type { NodeHandlers } from "./module-walk.ts";
import { CHAINS } from "./walk-chains.ts";
import { EXPRESSIONS } from "./walk-expressions.ts";
import { FUNCTIONS } from "./walk-functions.ts";
import { walkTarget } from "./walk-patterns.ts";
import { STATEMENTS } from "./walk-statements.ts";

/** What a walk does at each type of node. */
export const NODE_HANDLERS: NodeHandlers = {
  ...STATEMENTS,
  ...FUNCTIONS,
  ...EXPRESSIONS,
  ...CHAINS,
  // Patterns are walked by what they are the left side of.
  ArrayPattern: walkTarget,
  ObjectPattern: walkTarget,
  AssignmentPattern: walkTarget,
  RestElement: walkTarget,
};

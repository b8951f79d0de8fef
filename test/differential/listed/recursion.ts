import { nodesIn, type TreeNode } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { rewrite } from "./rewrite.ts";

/** Functions that may only be called so many times: none gets as deep as the stack is. */
export const RECURSION: Cause = {
  row: "how deep a recursion gets before it throws",
  without: {
    remove: (program, { log }) => {
      if (!log.some((line) => line.includes("RangeError"))) return undefined;
      return rewrite(program, (body) =>
        [...nodesIn(body)].flatMap((node) => {
          if (!node.type.includes("Function")) return [];
          const { type, start, end } = node["body"] as TreeNode;
          if (type === "BlockStatement") return [{ start: start + 1, end: start + 1, text: " __called();" }];
          return [
            { start, end: start, text: "(__called(), " },
            { start: end, end, text: ")" },
          ];
        }),
      );
    },
    touches: /./,
  },
};

import { nodesIn, type TreeNode } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { listOf, rewrite } from "./rewrite.ts";

/** Without names that CommonJS only gets when it runs. */
export const NAMES_OF_COMMONJS: Cause = {
  row: "namespace of CommonJS",
  without: {
    remove: (program) =>
      rewrite(program, (body, path) =>
        path.endsWith(".cjs")
          ? [...nodesIn(body)].filter(isPatching).map((node) => ({
              start: (node["left"] as TreeNode).end,
              end: node.end,
              text: "",
            }))
          : [],
      ),
    touches: /patched|!TypeError/,
  },
};

function isPatching({ type, left }: TreeNode): boolean {
  if (type !== "AssignmentExpression") return false;
  const { object, property } = left as TreeNode;
  return (object as TreeNode | undefined)?.type === "CallExpression" && (property as TreeNode)["name"] === "patched";
}

/** `Object.keys` without Node's name for the whole of a CommonJS module. */
export const MODULE_EXPORTS_NAME: Cause = {
  row: "an ES module that re-exports CommonJS with `export *`",
  models: (program) =>
    listOf(
      rewrite(program, (body, _path, text) =>
        [...nodesIn(body)].filter(isObjectKeys).map(({ start, end }) => ({
          start,
          end,
          text: `${text.slice(start, end)}.filter((key) => key !== "module.exports")`,
        })),
      ),
    ),
};

function isObjectKeys({ type, callee }: TreeNode): boolean {
  const { object, property } = (callee ?? {}) as Record<string, TreeNode | undefined>;
  return type === "CallExpression" && object?.["name"] === "Object" && property?.["name"] === "keys";
}

/** Where a module looks at its `module` or `require` itself there is a word instead. */
export const OWN_PROPERTIES: Cause = {
  row: "own properties of `module` and `require`",
  without: {
    remove: (program) =>
      rewrite(program, (body, path) =>
        path.endsWith(".cjs")
          ? [...nodesIn(body)]
              .flatMap(valuesIn)
              .map(({ start, end, name }) => ({ start, end, text: `"${String(name)}"` }))
          : [],
      ),
    touches: /\{id: "|function "require"/,
  },
};

/** `module` and `require` as arguments and as results of arrow functions. */
function valuesIn({ type, arguments: given, body }: TreeNode): TreeNode[] {
  const values =
    type === "CallExpression" ? (given as TreeNode[]) : type === "ArrowFunctionExpression" ? [body as TreeNode] : [];
  return values.filter(({ name }) => name === "module" || name === "require");
}

/** Without a function of that name in a block, which hides nothing outside of it. */
export const REQUIRE_IN_A_BLOCK: Cause = {
  row: "a sloppy CommonJS module with a function called `require` in a block",
  without: {
    remove: (program) =>
      rewrite(program, (body, path) =>
        path.endsWith(".cjs")
          ? [...nodesIn(body)].filter(isBlock).flatMap((block) =>
              (block["body"] as TreeNode[]).flatMap((node) => {
                const { start, end, name } = (node["id"] ?? {}) as TreeNode;
                return node.type === "FunctionDeclaration" && name === "require"
                  ? [{ start, end, text: "required" }]
                  : [];
              }),
            )
          : [],
      ),
  },
};

function isBlock({ type }: TreeNode): boolean {
  return type === "BlockStatement";
}

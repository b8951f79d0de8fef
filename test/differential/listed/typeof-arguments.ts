import type { TestProgram } from "../program.ts";
import { bodyOf, nodesIn, type TreeNode } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { listOf, requiresOf, rewrite } from "./rewrite.ts";
import { evaluationOrder, staticImports } from "./static-imports.ts";

/** In modules that CommonJS requires, and in what those import, `typeof arguments` is that of a function. */
export const TYPEOF_ARGUMENTS: Cause = {
  row: "`typeof arguments` at the top of an ES module that runs as a function",
  models: (program) => {
    const wrapped = requiredModules(program);
    return listOf(
      rewrite(program, (body, path) =>
        wrapped.has(path)
          ? [...nodesIn(body, hasOwnArguments)]
              .filter(isTypeofArguments)
              .map(({ start, end }) => ({ start, end, text: `"object"` }))
          : [],
      ),
    );
  },
};

function requiredModules(program: TestProgram): Set<string> {
  const imports = staticImports(program);
  const required = Object.entries(program.files).flatMap(([path, text]) =>
    path.endsWith(".cjs") ? requiresOf(bodyOf(path, text) ?? [], path).map(({ target }) => target) : [],
  );
  return new Set(required.flatMap((path) => evaluationOrder(imports, path)));
}

function hasOwnArguments({ type }: TreeNode): boolean {
  return type === "FunctionDeclaration" || type === "FunctionExpression";
}

function isTypeofArguments({ type, operator, argument }: TreeNode): boolean {
  return type === "UnaryExpression" && operator === "typeof" && (argument as TreeNode)["name"] === "arguments";
}

import type { TestProgram } from "../program.ts";
import { bodyOf, nodesIn, type TreeNode } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { listOf, requiresOf, rewrite } from "./rewrite.ts";
import { evaluationOrder, staticImports } from "./static-imports.ts";

/** In modules that CommonJS requires, in what those import, and in what waits, `typeof arguments` is that of a function. */
export const TYPEOF_ARGUMENTS: Cause = {
  row: "`typeof arguments` at the top of an ES module that runs as a function",
  models: (program) => {
    const wrapped = new Set([...requiredModules(program), ...waitingModules(program)]);
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

/** Modules with top-level await, and what imports them. */
function waitingModules(program: TestProgram): string[] {
  const imports = staticImports(program);
  const awaits = (path: string): boolean =>
    [...nodesIn(bodyOf(path, program.files[path] ?? "") ?? [], ({ type }) => type.includes("Function"))].some(isAwait);
  const awaiting = new Set(Object.keys(imports).filter(awaits));
  return Object.keys(imports).filter((path) => evaluationOrder(imports, path).some((each) => awaiting.has(each)));
}

function isAwait({ type, await: waits }: TreeNode): boolean {
  return type === "AwaitExpression" || waits === true;
}

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

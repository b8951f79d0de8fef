import type { ESTree } from "meriyah";
import type { Declarations } from "./name-table.ts";

type Statement = ESTree.Statement | ESTree.Program["body"][number];

/** Declares the names that a pattern binds. */
export function declarePattern(pattern: ESTree.Node | null, into: Declarations): void {
  switch (pattern?.type) {
    case "Identifier":
      into.declare(pattern.name);
      return;
    case "ObjectPattern":
      for (const property of pattern.properties)
        declarePattern(property.type === "RestElement" ? property : property.value, into);
      return;
    case "ArrayPattern":
      for (const element of pattern.elements) declarePattern(element, into);
      return;
    case "AssignmentPattern":
      declarePattern(pattern.left, into);
      return;
    case "RestElement":
      declarePattern(pattern.argument, into);
      return;
    default:
  }
}

/** Declares what statements declare in the block they stand in: `let`, `const`, `using`, classes and functions. */
export function declareLexical(statements: readonly Statement[], into: Declarations): void {
  for (const statement of statements) {
    const inner = statement.type === "LabeledStatement" ? labelledBody(statement) : statement;
    if (inner.type === "VariableDeclaration") {
      if (inner.kind !== "var") for (const { id } of inner.declarations) declarePattern(id, into);
    } else if (inner.type === "FunctionDeclaration" || inner.type === "ClassDeclaration") {
      if (inner.id !== null) into.declare(inner.id.name);
    }
  }
}

function labelledBody(statement: ESTree.Statement): ESTree.Statement {
  let inner = statement;
  while (inner.type === "LabeledStatement") inner = inner.body;
  return inner;
}

/**
 * Declares the `var`s of the function that statements stand in, however deep they are; in sloppy code functions in
 * blocks too, which are visible outside of their block there.
 */
export function declareVars(statements: readonly Statement[], sloppy: boolean, into: Declarations): void {
  for (const statement of statements) declareVarsOf(statement, sloppy, into);
}

function declareVarsOf(start: Statement, sloppy: boolean, into: Declarations): void {
  let statement: Statement | null = start;
  while (statement !== null) statement = declareVarsStep(statement, sloppy, into);
}

/** Gives the statement that is still to be looked into, if there is one: chains of `else if` are long. */
function declareVarsStep(statement: Statement, sloppy: boolean, into: Declarations): Statement | null {
  switch (statement.type) {
    case "VariableDeclaration":
      if (statement.kind === "var") for (const { id } of statement.declarations) declarePattern(id, into);
      return null;
    case "FunctionDeclaration":
      if (sloppy && statement.id !== null) into.declare(statement.id.name);
      return null;
    case "IfStatement":
      declareVarsOf(statement.consequent, sloppy, into);
      return statement.alternate;
    case "BlockStatement":
      declareVars(statement.body, sloppy, into);
      return null;
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
      declareVarsOfLoop(statement, into);
      return statement.body;
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
    case "WithStatement":
      return statement.body;
    case "SwitchStatement":
      for (const { consequent } of statement.cases) declareVars(consequent, sloppy, into);
      return null;
    case "TryStatement":
      declareVars(statement.block.body, sloppy, into);
      if (statement.handler !== null) declareVars(statement.handler.body.body, sloppy, into);
      return statement.finalizer;
    default:
      return null;
  }
}

function declareVarsOfLoop(
  loop: ESTree.ForStatement | ESTree.ForInStatement | ESTree.ForOfStatement,
  into: Declarations,
): void {
  const head = loop.type === "ForStatement" ? loop.init : loop.left;
  if (head?.type === "VariableDeclaration") declareVarsStep(head, false, into);
}

/** Whether a statement declares something that is visible outside of it. */
export function declaresOutside(statement: ESTree.Statement, sloppy: boolean): boolean {
  let found = false;
  const into = { declare: () => (found = true) };
  declareVarsOf(statement, sloppy, into);
  if (!found) declareLexical([statement], into);
  return found;
}

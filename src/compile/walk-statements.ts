import type { ESTree } from "meriyah";
import { RECORD_FLAGS } from "../artifact/module-record.ts";
import { declareLexical, declarePattern } from "./declared-names.ts";
import type { ModuleWalk, NodeHandlers } from "./module-walk.ts";
import { walkBinding, walkTarget } from "./walk-patterns.ts";

const nothing = (): void => undefined;

/** Statements; labels are no references. */
export const STATEMENTS = {
  EmptyStatement: nothing,
  BreakStatement: nothing,
  ContinueStatement: nothing,
  DebuggerStatement: nothing,
  ExpressionStatement: (walk, node) => walk.walk(node.expression),
  BlockStatement: (walk, node) => walk.walkBlock(node.body),
  VariableDeclaration: (walk, node) => {
    if (node.kind === "await using") walk.awaits();
    if (node.kind === "var" && walk.isEsm && walk.functions === 0) noteHiddenVars(walk, node);
    for (const declarator of node.declarations) walk.walk(declarator);
  },
  VariableDeclarator: (walk, node) => {
    walk.commonjs?.declarator(node);
    walkBinding(walk, node.id);
    if (node.init !== null) walk.walkNamed(node.id, node.init);
  },
  IfStatement: (walk, node) => {
    walk.walk(node.test);
    walk.walkBranch(node.consequent, walk.guardWhen(node.test, true), true);
    if (node.alternate !== null) walk.walkBranch(node.alternate, walk.guardWhen(node.test, false), true);
  },
  ForStatement: (walk, node) =>
    inLoop(walk, node.init, () => {
      walk.walk(node.init);
      walk.walk(node.test);
      walk.walk(node.update);
      walk.walk(node.body);
    }),
  ForInStatement: walkForEach,
  ForOfStatement: (walk, node) => {
    if (node.await) walk.awaits();
    walkForEach(walk, node);
  },
  WhileStatement: (walk, node) => {
    walk.walk(node.test);
    walk.walk(node.body);
  },
  DoWhileStatement: (walk, node) => {
    walk.walk(node.body);
    walk.walk(node.test);
  },
  LabeledStatement: (walk, node) => walk.walk(node.body),
  WithStatement: (walk, node) => {
    walk.walk(node.object);
    walk.walk(node.body);
  },
  ReturnStatement: (walk, node) => walk.walk(node.argument),
  ThrowStatement: (walk, node) => walk.walk(node.argument),
  SwitchStatement: (walk, node) => {
    walk.walk(node.discriminant);
    const mark = walk.names.enter();
    for (const { consequent } of node.cases) declareLexical(consequent, walk.names);
    for (const one of node.cases) walk.walk(one);
    walk.names.leave(mark);
  },
  SwitchCase: (walk, node) => {
    walk.walk(node.test);
    walk.walkStatements(node.consequent);
  },
  TryStatement: (walk, node) => {
    walk.walk(node.block);
    walk.walk(node.handler);
    walk.walk(node.finalizer);
  },
  CatchClause: (walk, node) => {
    const mark = walk.names.enter();
    declarePattern(node.param, walk.names);
    walkBinding(walk, node.param);
    walk.walk(node.body);
    walk.names.leave(mark);
  },
} satisfies Partial<NodeHandlers>;

/**
 * `catch (e) { var e = 1 }` declares a binding of the top level and assigns another: it cannot be renamed, as if an `eval`
 * could name it.
 */
function noteHiddenVars(walk: ModuleWalk, { declarations }: ESTree.VariableDeclaration): void {
  const declare = (name: string): void => {
    if (walk.names.get(name).depth > 0) walk.flags |= RECORD_FLAGS.directEval;
  };
  for (const { id } of declarations) declarePattern(id, { declare });
}

function walkForEach(walk: ModuleWalk, node: ESTree.ForInStatement | ESTree.ForOfStatement): void {
  const { left } = node;
  inLoop(walk, left, () => {
    if (left.type === "VariableDeclaration") walkLoopVariable(walk, left);
    else walkTarget(walk, left);
    walk.walk(node.right);
    walk.walk(node.body);
  });
}

/** A `var` of a loop is assigned again and again. */
function walkLoopVariable(walk: ModuleWalk, declaration: ESTree.VariableDeclaration): void {
  walk.walk(declaration);
  if (declaration.kind !== "var") return;
  for (const { id } of declaration.declarations) declarePattern(id, { declare: (name) => walk.assigned(name) });
}

/** `let` and `const` of a loop's head have a scope of their own. */
function inLoop(walk: ModuleWalk, head: ESTree.Node | null, inside: () => void): void {
  const mark = walk.names.enter();
  if (head?.type === "VariableDeclaration" && head.kind !== "var") {
    for (const { id } of head.declarations) declarePattern(id, walk.names);
  }
  inside();
  walk.names.leave(mark);
}

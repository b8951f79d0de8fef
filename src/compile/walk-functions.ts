import type { ESTree } from "meriyah";
import { RELOCATION } from "../artifact/module-record.ts";
import { declareLexical, declarePattern, declareVars } from "./declared-names.ts";
import type { ModuleWalk, NodeHandlers } from "./module-walk.ts";
import { endOf, startOf } from "./syntax-tree.ts";
import { walkBinding } from "./walk-patterns.ts";

/** Functions and classes. */
export const FUNCTIONS = {
  FunctionDeclaration: (walk, node) => {
    if (node.id !== null) walk.declared(node.id, { shorthand: false });
    walkFunction(walk, node, true);
  },
  FunctionExpression: (walk, node) => {
    const mark = walk.names.enter();
    if (node.id !== null) walk.names.declare(node.id.name);
    walkFunction(walk, node, true);
    walk.names.leave(mark);
  },
  ArrowFunctionExpression: (walk, node) => walkFunction(walk, node, false),
  ClassDeclaration: (walk, node) => {
    const symbol = node.id === null ? -1 : topLevelSymbol(walk, node.id);
    if (symbol !== -1) walk.relocate(startOf(node), startOf(node), RELOCATION.classStart, symbol);
    walkClass(walk, node);
    if (symbol !== -1) walk.relocate(endOf(node), endOf(node), RELOCATION.classEnd, symbol);
  },
  ClassExpression: walkClass,
  ClassBody: (walk, node) => walk.walkAll(node.body),
  MethodDefinition: (walk, node) => {
    walk.walkAll(node.decorators ?? []);
    if (node.computed) walk.walk(node.key);
    walk.walk(node.value);
  },
  PropertyDefinition: walkField,
  AccessorProperty: walkField,
  StaticBlock: (walk, node) => {
    const mark = walk.names.enter();
    declareVars(node.body, false, walk.names);
    declareLexical(node.body, walk.names);
    inMember(walk, () => walk.walkStatements(node.body));
    walk.names.leave(mark);
  },
  Decorator: (walk, node) => walk.walk(node.expression),
} satisfies Partial<NodeHandlers>;

/** Parameters do not see what the body declares, but the body sees them: its names are declared after their walk. */
function walkFunction(
  walk: ModuleWalk,
  node: ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression,
  hasThis: boolean,
): void {
  const { params, body } = node;
  const mark = walk.names.enter();
  walk.functions++;
  if (hasThis) walk.thisScopes++;
  for (const parameter of params) declarePattern(parameter, walk.names);
  for (const parameter of params) walkBinding(walk, parameter);
  if (body?.type === "BlockStatement") {
    declareVars(body.body, walk.isSloppy, walk.names);
    declareLexical(body.body, walk.names);
    walk.walkStatements(body.body);
  } else walk.walk(body);
  if (hasThis) walk.thisScopes--;
  walk.functions--;
  walk.names.leave(mark);
}

function topLevelSymbol(walk: ModuleWalk, { name }: ESTree.Identifier): number {
  const { depth, symbol } = walk.names.get(name);
  return depth === 0 ? symbol : -1;
}

/** Inside of a class its name is a binding of its own, for `extends` too. */
function walkClass(walk: ModuleWalk, node: ESTree.ClassDeclaration | ESTree.ClassExpression): void {
  walk.walkAll(node.decorators ?? []);
  const mark = walk.names.enter();
  if (node.id !== null) walk.names.declare(node.id.name);
  walk.walk(node.superClass);
  walk.walk(node.body);
  walk.names.leave(mark);
}

function walkField(walk: ModuleWalk, node: ESTree.PropertyDefinition | ESTree.AccessorProperty): void {
  walk.walkAll(node.decorators ?? []);
  if (node.computed) walk.walk(node.key);
  const { value } = node;
  if (value !== null) inMember(walk, () => walk.walk(value));
}

/** Fields and static blocks run as methods do. */
function inMember(walk: ModuleWalk, inside: () => void): void {
  walk.functions++;
  walk.thisScopes++;
  inside();
  walk.thisScopes--;
  walk.functions--;
}

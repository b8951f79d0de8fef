import type { ESTree } from "meriyah";
import { RECORD_FLAGS, RELOCATION } from "../artifact/module-record.ts";
import type { ModuleWalk, NodeHandlers } from "./module-walk.ts";
import { skipSpace } from "./skip-space.ts";
import { endOf, startOf, stringOf } from "./syntax-tree.ts";
import { walkTarget } from "./walk-patterns.ts";
import { escapeWide, hasWideCharacters } from "./wide-characters.ts";

const nothing = (): void => undefined;

/** Expressions, save chains of members and calls. */
export const EXPRESSIONS = {
  Identifier: (walk, node) => walk.refer(node, RELOCATION.reference),
  Literal: literal,
  TemplateElement: nothing,
  PrivateIdentifier: nothing,
  Super: nothing,
  TemplateLiteral: template,
  ThisExpression: (walk, node) => {
    if (walk.isEsm && walk.thisScopes === 0) walk.relocate(startOf(node), endOf(node), RELOCATION.topLevelThis);
  },
  ArrayExpression: (walk, node) => walk.walkAll(node.elements),
  ObjectExpression: (walk, node) => walk.walkAll(node.properties),
  Property: property,
  SpreadElement: (walk, node) => walk.walk(node.argument),
  SequenceExpression: (walk, node) => walk.walkAll(node.expressions),
  ParenthesizedExpression: (walk, node) => walk.walk(node.expression),
  UnaryExpression: (walk, node) => {
    if (node.operator === "delete" && node.argument.type === "MemberExpression") walkTarget(walk, node.argument);
    else walk.walk(node.argument);
  },
  UpdateExpression: (walk, node) => walkTarget(walk, node.argument),
  BinaryExpression: binary,
  LogicalExpression: logical,
  ConditionalExpression: (walk, node) => {
    walk.walk(node.test);
    walk.walkBranch(node.consequent, walk.guardWhen(node.test, true), false);
    walk.walkBranch(node.alternate, walk.guardWhen(node.test, false), false);
  },
  AssignmentExpression: assignment,
  YieldExpression: (walk, node) => walk.walk(node.argument),
  AwaitExpression: (walk, node) => {
    walk.awaits();
    walk.walk(node.argument);
  },
} satisfies Partial<NodeHandlers>;

function literal(walk: ModuleWalk, node: ESTree.Literal): void {
  if (!walk.hasWide || typeof node.value !== "string" || !hasWideCharacters(node.value)) return;
  escapeWide(walk.source, startOf(node), endOf(node), walk.edits);
}

function template(walk: ModuleWalk, { quasis, expressions }: ESTree.TemplateLiteral): void {
  for (const [index, quasi] of quasis.entries()) {
    if (walk.hasWide && hasWideCharacters(quasi.value.raw))
      escapeWide(walk.source, startOf(quasi), endOf(quasi), walk.edits);
    else if (quasi.value.raw.includes("\n")) walk.edits.keep(startOf(quasi), endOf(quasi));
    walk.walk(expressions[index]);
  }
}

/** A tag sees how its template is written. */
export function walkTagged(walk: ModuleWalk, { quasis, expressions }: ESTree.TemplateLiteral): void {
  for (const [index, quasi] of quasis.entries()) {
    if (quasi.value.raw.includes("\n")) walk.edits.keep(startOf(quasi), endOf(quasi));
    walk.walk(expressions[index]);
  }
}

function property(walk: ModuleWalk, node: ESTree.Property): void {
  if (node.computed || node.key.type === "Literal") walk.walk(node.key);
  if (node.shorthand && node.value.type === "Identifier") walk.refer(node.value, RELOCATION.shorthand);
  else walk.walk(node.value);
}

function assignment(walk: ModuleWalk, node: ESTree.AssignmentExpression): void {
  const { left, right, operator } = node;
  walk.commonjs?.assignment(node);
  walkTarget(walk, left);
  const isNaming = operator === "=" || operator === "&&=" || operator === "||=" || operator === "??=";
  // `(f) = function () {}` names nothing.
  if (isNaming && startOf(left) === startOf(node)) walk.walkNamed(left, right);
  else walk.walk(right);
}

/** Without recursion to the left: generated code adds up thousands of terms. */
function binary(walk: ModuleWalk, node: ESTree.BinaryExpression): void {
  if (node.left.type !== "BinaryExpression") {
    walk.walk(node.left);
    keepFromComment(walk, node.right);
    walk.walk(node.right);
    return;
  }
  const rights: ESTree.Node[] = [];
  let left: ESTree.Node = node;
  for (; left.type === "BinaryExpression"; left = left.left) rights.push(left.right);
  walk.walk(left);
  for (let index = rights.length - 1; index >= 0; index--) {
    keepFromComment(walk, rights[index]);
    walk.walk(rights[index]);
  }
}

/** `a<!--b`: in a script, which images are, a comment begins there. */
function keepFromComment(walk: ModuleWalk, right: ESTree.Node | undefined): void {
  if (right?.type !== "UnaryExpression" || right.operator !== "!") return;
  const start = startOf(right);
  if (walk.source.startsWith("<!--", start - 1)) walk.edits.insert(start, " ");
}

/** The right side only runs where the left one is true, false, or nullish. */
function logical(walk: ModuleWalk, node: ESTree.LogicalExpression): void {
  const links: ESTree.LogicalExpression[] = [];
  let left: ESTree.Node = node;
  for (; left.type === "LogicalExpression"; left = left.left) links.push(left);
  walk.walk(left);
  for (let index = links.length - 1; index >= 0; index--) {
    const link = links[index];
    if (link === undefined) continue;
    const guard = link.operator === "??" ? undefined : walk.guardWhen(link.left, link.operator === "&&");
    walk.walkBranch(link.right, guard, false);
  }
}

/** `import("x")`, with the type that its attributes name. */
export function walkImport(walk: ModuleWalk, node: ESTree.ImportExpression): void {
  const specifier = stringOf(node.source);
  const type = attributeOf(node.options, "type");
  const mode = attributeOf(node.options, "mode") ?? undefined;
  const known = specifier !== undefined && type !== null;
  const phase = node.phase ?? undefined;
  const request = known
    ? walk.request({ specifier, kind: "dynamic", type, mode, phase, offset: startOf(node.source) })
    : -1;
  if (request === -1) walk.flags |= RECORD_FLAGS.computedImport;
  walk.relocate(startOf(node), wordEnd(walk.source, node), RELOCATION.dynamicImport, request);
  walk.walk(node.source);
  walk.walk(node.options);
}

/** The end of `import` or `import.source`, however it is spaced. */
function wordEnd(source: string, node: ESTree.ImportExpression): number {
  const end = startOf(node) + "import".length;
  if (node.phase === null || node.phase === undefined) return end;
  const dot = skipSpace(source, end);
  return skipSpace(source, dot + 1) + node.phase.length;
}

/** `type` of `{ with: { type: "json" } }`; undefined where there are no attributes, null where they cannot be told. */
function attributeOf(options: ESTree.Expression | null | undefined, name: string): string | undefined | null {
  if (options === null || options === undefined) return undefined;
  const attributes = propertyOf(options, "with");
  if (attributes === undefined || attributes === null) return attributes;
  const value = propertyOf(attributes, name);
  return value === undefined || value === null ? value : (stringOf(value) ?? null);
}

/** The value of a property of an object literal; undefined where it has none, null where that cannot be told. */
function propertyOf(object: ESTree.Node, name: string): ESTree.Node | undefined | null {
  if (object.type !== "ObjectExpression") return null;
  let found: ESTree.Node | undefined;
  for (const member of object.properties) {
    if (member.type !== "Property" || member.computed) return null;
    const { key } = member;
    if ((key.type === "Identifier" ? key.name : stringOf(key)) === name) found = member.value;
  }
  return found;
}

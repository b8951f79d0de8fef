import type { ESTree } from "meriyah";
import type { Mention, ModuleWalk } from "./module-walk.ts";

const ALONE: Mention = { shorthand: false };
const SHORTHAND: Mention = { shorthand: true };

/** The left side of a declaration, or a parameter. */
export function walkBinding(walk: ModuleWalk, pattern: ESTree.Node | null, mention = ALONE): void {
  if (pattern?.type === "Identifier") walk.declared(pattern, mention);
  else if (pattern !== null) walkPattern(walk, pattern, mention, walkBinding);
}

/** What is assigned to: the left side of an assignment, the operand of an update, a loop's variable. */
export function walkTarget(walk: ModuleWalk, target: ESTree.Node | null, mention = ALONE): void {
  if (target?.type === "Identifier") walk.assign(target, mention);
  else if (target?.type === "MemberExpression") {
    walk.walk(target.object);
    if (target.computed) walk.walk(target.property);
  } else if (target !== null) walkPattern(walk, target, mention, walkTarget);
}

function walkPattern(walk: ModuleWalk, pattern: ESTree.Node, mention: Mention, inner: typeof walkTarget): void {
  switch (pattern.type) {
    case "ObjectPattern":
      for (const property of pattern.properties) walkProperty(walk, property, inner);
      return;
    case "ArrayPattern":
      for (const element of pattern.elements) inner(walk, element);
      return;
    case "AssignmentPattern":
      inner(walk, pattern.left, mention);
      if (pattern.right !== undefined) walk.walkNamed(pattern.left, pattern.right);
      return;
    case "RestElement":
      inner(walk, pattern.argument);
      return;
    default:
      // A call as a target, which throws when it is executed.
      walk.walk(pattern);
  }
}

function walkProperty(
  walk: ModuleWalk,
  property: ESTree.AssignmentProperty | ESTree.RestElement,
  inner: typeof walkTarget,
): void {
  if (property.type === "RestElement") return inner(walk, property.argument);
  if (property.computed) walk.walk(property.key);
  inner(walk, property.value, property.shorthand ? SHORTHAND : ALONE);
}

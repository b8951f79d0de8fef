import type { ESTree } from "meriyah";
import { isMathCall, type KnownNames, primitiveType } from "./primitive-type.ts";

const COLLECTIONS = new Set(["Map", "Set", "WeakMap", "WeakSet"]);

/** Whether a call of a global function does nothing but give its value; evaluating the arguments apart. */
export function isHarmlessCall(node: ESTree.CallExpression, names: KnownNames): boolean {
  const { callee } = node;
  if (callee.type !== "Identifier") return isMathCall(node, names) || isHarmlessStatic(callee, node.arguments, names);
  if (!names.isGlobal(callee.name)) return false;
  switch (callee.name) {
    case "Boolean":
      return true;
    case "Symbol":
    case "String":
      return arePrimitive(node.arguments, names);
    case "Number":
      return node.arguments.every((argument) => {
        const type = primitiveType(argument, names);
        return type !== undefined && type !== "bigint";
      });
    default:
      return false;
  }
}

/** `Object.freeze({ … })`, `Object.create(null)`, `Symbol.for("x")` */
function isHarmlessStatic(callee: ESTree.Node, [first]: readonly ESTree.Node[], names: KnownNames): boolean {
  if (callee.type !== "MemberExpression" || callee.computed || callee.optional || first === undefined) return false;
  const { object, property } = callee;
  if (object.type !== "Identifier" || property.type !== "Identifier" || !names.isGlobal(object.name)) return false;
  switch (`${object.name}.${property.name}`) {
    case "Object.freeze":
    case "Object.seal":
    case "Object.preventExtensions":
      return first.type === "ObjectExpression" || first.type === "ArrayExpression";
    case "Object.create":
      return primitiveType(first, names) === "null";
    case "Symbol.for":
      return arePrimitive([first], names);
    default:
      return false;
  }
}

/** Whether a global constructor does nothing but make its object; evaluating the arguments apart. */
export function isHarmlessNew({ callee, arguments: given }: ESTree.NewExpression, names: KnownNames): boolean {
  if (callee.type !== "Identifier" || !names.isGlobal(callee.name)) return false;
  const { name } = callee;
  if (name === "Date") return arePrimitive(given, names);
  if (!COLLECTIONS.has(name) || given.length > 1) return false;
  const [first] = given;
  if (first === undefined) return true;
  const type = primitiveType(first, names);
  if (type === "null" || type === "undefined") return true;
  if (first.type !== "ArrayExpression") return false;
  if (name === "Set") return true;
  // Maps want entries, weak collections want objects: others throw.
  if (name !== "Map") return first.elements.length === 0;
  return first.elements.every((entry) => entry?.type === "ArrayExpression");
}

/** Whether turning the values into strings runs no code. */
export function arePrimitive(nodes: readonly ESTree.Node[], names: KnownNames): boolean {
  return nodes.every((node) => primitiveType(node, names) !== undefined);
}

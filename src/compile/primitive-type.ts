import type { ESTree } from "meriyah";
import { NUMERIC_FUNCTIONS, NUMERIC_MEMBERS } from "./pure-globals.ts";

/** The type of an expression's value, where it can be told without running it. */
export type PrimitiveType = "number" | "string" | "boolean" | "bigint" | "undefined" | "null";

/** What is known of the names that an expression uses. */
export interface KnownNames {
  /** The type of a constant of the top level. */
  typeOf(name: string): PrimitiveType | undefined;
  /** Whether the name is the global of that name. */
  isGlobal(name: string): boolean;
}

const ARITHMETIC = new Set(["-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>"]);
const COMPARISONS = new Set(["===", "!==", "==", "!=", "<", ">", "<=", ">="]);
const MAX_DEPTH = 64;

/** The primitive type of an expression; undefined where it can be an object, or cannot be told. */
export function primitiveType(node: ESTree.Node, names: KnownNames, depth = 0): PrimitiveType | undefined {
  if (depth > MAX_DEPTH) return undefined;
  switch (node.type) {
    case "Literal":
      return typeOfLiteral(node);
    case "TemplateLiteral":
      return "string";
    case "Identifier":
      return typeOfName(node.name, names);
    case "UnaryExpression":
      return typeOfUnary(node, names, depth);
    case "BinaryExpression":
      return typeOfBinary(node, names, depth);
    case "ConditionalExpression":
      return same(primitiveType(node.consequent, names, depth + 1), primitiveType(node.alternate, names, depth + 1));
    case "LogicalExpression":
      return same(primitiveType(node.left, names, depth + 1), primitiveType(node.right, names, depth + 1));
    case "MemberExpression":
      return isNumericMember(node, NUMERIC_MEMBERS.get(objectName(node)), names) ? "number" : undefined;
    case "CallExpression":
      return isMathCall(node, names) ? "number" : undefined;
    default:
      return undefined;
  }
}

/** `Math.f(…)` with numbers: gives a number and does nothing else. */
export function isMathCall(node: ESTree.CallExpression, names: KnownNames, depth = 0): boolean {
  return (
    node.callee.type === "MemberExpression" &&
    objectName(node.callee) === "Math" &&
    isNumericMember(node.callee, NUMERIC_FUNCTIONS, names) &&
    node.arguments.every((argument) => primitiveType(argument, names, depth + 1) === "number")
  );
}

function typeOfLiteral(node: ESTree.Literal): PrimitiveType | undefined {
  if ("regex" in node && node.regex !== undefined) return undefined;
  if ("bigint" in node && node.bigint !== undefined) return "bigint";
  if (node.value === null) return "null";
  const type = typeof node.value;
  return type === "number" || type === "string" || type === "boolean" ? type : undefined;
}

function typeOfName(name: string, names: KnownNames): PrimitiveType | undefined {
  if (!names.isGlobal(name)) return names.typeOf(name);
  if (name === "undefined") return "undefined";
  return name === "NaN" || name === "Infinity" ? "number" : undefined;
}

function typeOfUnary(node: ESTree.UnaryExpression, names: KnownNames, depth: number): PrimitiveType | undefined {
  switch (node.operator) {
    case "typeof":
      return "string";
    case "void":
      return "undefined";
    case "!":
      return "boolean";
    case "delete":
      return undefined;
    default: {
      const type = primitiveType(node.argument, names, depth + 1);
      return type === "bigint" ? (node.operator === "+" ? undefined : "bigint") : type && "number";
    }
  }
}

function typeOfBinary(node: ESTree.BinaryExpression, names: KnownNames, depth: number): PrimitiveType | undefined {
  if (COMPARISONS.has(node.operator)) return "boolean";
  if (node.left.type === "PrivateIdentifier") return undefined;
  const left = primitiveType(node.left, names, depth + 1);
  const right = left && primitiveType(node.right, names, depth + 1);
  if (left === undefined || right === undefined) return undefined;
  if (node.operator === "+" && (left === "string" || right === "string")) return "string";
  if (node.operator !== "+" && !ARITHMETIC.has(node.operator)) return undefined;
  return left === "bigint" || right === "bigint" ? undefined : "number";
}

function same(a: PrimitiveType | undefined, b: PrimitiveType | undefined): PrimitiveType | undefined {
  return a === b ? a : undefined;
}

function objectName(node: ESTree.MemberExpression): string {
  return node.object.type === "Identifier" ? node.object.name : "";
}

function isNumericMember(
  node: ESTree.MemberExpression,
  members: ReadonlySet<string> | undefined,
  names: KnownNames,
): boolean {
  return (
    !node.computed &&
    node.property.type === "Identifier" &&
    members?.has(node.property.name) === true &&
    names.isGlobal(objectName(node))
  );
}

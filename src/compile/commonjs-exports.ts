import type { ESTree } from "meriyah";
import { isIdentifier, isMember, isNode, nameOf, type Node, stringOf } from "./syntax-tree.ts";

/**
 * The names a CommonJS module exports, as far as its text tells: the assignments and the forms that TypeScript, Babel,
 * esbuild and Rollup write. (Same aim as Node's cjs-module-lexer, read off the syntax tree that is there anyway.)
 */
export class CommonjsExports {
  readonly names = new Set<string>();
  /** Specifiers whose exports are taken over whole. */
  readonly forwards = new Set<string>();
  /** Variable → specifier it was required from. */
  readonly #required = new Map<string, string>();

  /** `exports.x = …`, `module.exports.x = …`, `module.exports = …` */
  assignment(node: ESTree.Node): void {
    if (node.type !== "AssignmentExpression" || node.operator !== "=") return;
    const { left, right } = node;
    if (isModuleExports(left)) this.#replaced(right);
    else if (isNode(left) && left.type === "MemberExpression" && isExportsObject(left.object)) {
      const name = left.computed ? stringOf(left.property) : nameOf(left.property);
      if (name !== undefined) this.names.add(name);
    }
  }

  /** `var x = require("y")`, also through an interop call around it. */
  declarator(node: ESTree.Node): void {
    if (node.type !== "VariableDeclarator" || !isNode(node.id) || node.id.type !== "Identifier") return;
    const specifier = requiredBy(node.init);
    if (specifier !== undefined) this.#required.set(node.id.name, specifier);
  }

  /** `Object.defineProperty(exports, "x", …)`, `__exportStar(require("x"), exports)`, `__export(exports, {…})`, `Object.keys(x).forEach(…)` */
  call(node: ESTree.Node): void {
    if (node.type !== "CallExpression") return;
    const [first, second] = node.arguments as unknown[];
    if (isMember(node.callee, (object) => isIdentifier(object, "Object"), "defineProperty")) {
      const name = stringOf(second);
      if (isExportsObject(first) && name !== undefined) this.names.add(name);
      return;
    }
    const callee = calleeName(node.callee);
    if (callee === "__exportStar" || callee === "__export" || callee === "__reExport") {
      const specifier = requiredBy(first) ?? requiredBy(second);
      if (specifier !== undefined) this.forwards.add(specifier);
      if (isExportsObject(first)) this.#objectKeys(second);
    } else if (callee === "forEach") this.#keysForEach(node);
  }

  #replaced(right: unknown): void {
    const specifier = requiredBy(right);
    if (specifier !== undefined) this.forwards.add(specifier);
    else if (isNode(right) && right.type === "AssignmentExpression") this.#replaced(right.right);
    else this.#objectKeys(right);
  }

  #objectKeys(object: unknown): void {
    if (!isNode(object) || object.type !== "ObjectExpression") return;
    for (const property of object.properties as unknown as Node[]) {
      if (property.type === "Property" && !property.computed) this.names.add(nameOf(property.key));
      else if (property.type === "SpreadElement") {
        const specifier = requiredBy(property.argument);
        if (specifier !== undefined) this.forwards.add(specifier);
      }
    }
  }

  /** Babel's re-export: `Object.keys(_x).forEach(function (key) { … exports[key] = … })`. */
  #keysForEach(node: ESTree.Node): void {
    if (node.type !== "CallExpression" || !isNode(node.callee) || node.callee.type !== "MemberExpression") return;
    const keys: unknown = node.callee.object;
    if (!isNode(keys) || keys.type !== "CallExpression") return;
    if (!isMember(keys.callee, (object) => isIdentifier(object, "Object"), "keys")) return;
    const specifier = this.#required.get(nameOf(keys.arguments[0]));
    if (specifier !== undefined) this.forwards.add(specifier);
  }
}

function calleeName(callee: unknown): string {
  if (!isNode(callee)) return "";
  if (callee.type === "MemberExpression" && !callee.computed) return nameOf(callee.property);
  return nameOf(callee);
}

/** The specifier of `require("x")`, also inside one call around it. */
function requiredBy(node: unknown, depth = 0): string | undefined {
  if (!isNode(node) || node.type !== "CallExpression") return undefined;
  if (isIdentifier(node.callee, "require")) return stringOf(node.arguments[0]);
  return depth === 0 ? requiredBy(node.arguments[0], 1) : undefined;
}

function isModuleExports(node: unknown): boolean {
  return isMember(node, (object) => isIdentifier(object, "module"), "exports");
}

function isExportsObject(node: unknown): boolean {
  return isIdentifier(node, "exports") || isModuleExports(node);
}

import type { ESTree } from "meriyah";
import type { NodeEnvGuard } from "../artifact/module-record.ts";
import { arePrimitive, isHarmlessCall, isHarmlessNew } from "./harmless-calls.ts";
import { type KnownNames, primitiveType } from "./primitive-type.ts";
import { provedGlobal } from "./proved-global.ts";
import { PURE_GLOBALS, PURE_MEMBERS, PURE_METHODS } from "./pure-globals.ts";
import { both, IMPURE, impureIfGuard, PURE, type Purity, UNLESS_CYCLIC } from "./purity.ts";
import { isImportMeta, isNodeEnv, startOf, stringOf } from "./syntax-tree.ts";

/** What is known of the module that expressions stand in, at the place of one part. */
export interface PurityContext extends KnownNames {
  /** What reading a name of the top level does; undefined where it is none. */
  read(name: string): Purity | undefined;
  /** What calling a name of the top level does, its arguments apart. */
  callOf(name: string): Purity;
  isNamespace(name: string): boolean;
  /** Whether the name stands for a class, as far as can be told. */
  canExtend(name: string): boolean;
  /** Offsets of calls that are marked as pure. */
  readonly pure: ReadonlySet<number>;
  guardWhen(test: ESTree.Node, truth: boolean): NodeEnvGuard | undefined;
  guardIndex(guard: NodeEnvGuard): number;
}

/** Deeper expressions count as impure. */
const MAX_DEPTH = 200;
const DOM_CLASS = /^(?:HTML|SVG)\w*Element$/;

/** What evaluating expressions of a module's top level does. Functions are not looked into: they do not run. */
export class PureExpressions {
  readonly #context: PurityContext;
  #depth = 0;

  constructor(context: PurityContext) {
    this.#context = context;
  }

  /** What evaluating an expression does, its value being unused. */
  of(node: ESTree.Node | null | undefined): Purity {
    if (node === null || node === undefined) return PURE;
    if (this.#depth >= MAX_DEPTH) return IMPURE;
    this.#depth++;
    const purity = this.#of(node);
    this.#depth--;
    return purity;
  }

  all(nodes: readonly (ESTree.Node | null | undefined)[]): Purity {
    let purity = PURE;
    for (const node of nodes) {
      purity = both(purity, this.of(node));
      if (purity === IMPURE) return IMPURE;
    }
    return purity;
  }

  #of(node: ESTree.Node): Purity {
    switch (node.type) {
      case "Literal":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "ThisExpression":
        return PURE;
      case "Identifier":
        return this.#identifier(node.name);
      case "MetaProperty":
        return isImportMeta(node) ? PURE : IMPURE;
      case "MemberExpression":
        return this.#member(node);
      case "CallExpression":
        return this.#call(node);
      case "NewExpression":
        return this.#new(node);
      case "TaggedTemplateExpression":
        return both(
          node.tag.type === "Identifier" ? this.#context.callOf(node.tag.name) : IMPURE,
          this.all(node.quasi.expressions),
        );
      case "ClassExpression":
        return this.class(node);
      default:
        return this.#composed(node);
    }
  }

  #composed(node: ESTree.Node): Purity {
    switch (node.type) {
      case "TemplateLiteral":
        return arePrimitive(node.expressions, this.#context) ? this.all(node.expressions) : IMPURE;
      case "ArrayExpression":
        return this.all(
          node.elements.map((element) => (element?.type === "SpreadElement" ? spread(element) : element)),
        );
      case "ObjectExpression":
        return this.#object(node);
      case "UnaryExpression":
        return this.#unary(node);
      case "BinaryExpression":
        return this.#binary(node);
      case "LogicalExpression":
        return this.#logical(node);
      case "ConditionalExpression":
        return this.conditional(
          node.test,
          this.#unlessUnknown(node.test, node.consequent, true),
          this.#unlessUnknown(node.test, node.alternate, false),
        );
      case "SequenceExpression":
        return this.all(node.expressions);
      case "ParenthesizedExpression":
        return this.of(node.expression);
      default:
        return IMPURE;
    }
  }

  #identifier(name: string): Purity {
    return this.#context.read(name) ?? (isPureGlobal(name) ? PURE : IMPURE);
  }

  /** Members can be getters: only those of well-known globals and of namespaces cannot. */
  #member(node: ESTree.MemberExpression): Purity {
    const { object, property, optional } = node;
    if (isNodeEnv(node)) return this.#context.isGlobal("process") ? PURE : IMPURE;
    if (isImportMeta(object)) return node.computed ? IMPURE : PURE;
    const name = node.computed ? stringOf(property) : property.type === "Identifier" ? property.name : undefined;
    if (name === undefined || optional) return IMPURE;
    if (object.type === "Identifier") {
      if (this.#context.isNamespace(object.name)) return UNLESS_CYCLIC;
      return this.#context.isGlobal(object.name) && PURE_MEMBERS.get(object.name)?.has(name) === true ? PURE : IMPURE;
    }
    return PURE_METHODS.has(name) && this.#isPrototype(object) ? PURE : IMPURE;
  }

  /** `Array.prototype` */
  #isPrototype(node: ESTree.Node): boolean {
    return (
      node.type === "MemberExpression" &&
      !node.computed &&
      node.property.type === "Identifier" &&
      node.property.name === "prototype" &&
      this.#member(node) === PURE
    );
  }

  #call(node: ESTree.CallExpression): Purity {
    const { callee } = node;
    if (this.#context.pure.has(startOf(node)) || isHarmlessCall(node, this.#context)) return this.#arguments(node);
    if (callee.type !== "Identifier" || this.#context.isGlobal(callee.name)) return IMPURE;
    return both(this.#context.callOf(callee.name), this.#arguments(node));
  }

  #new(node: ESTree.NewExpression): Purity {
    const isPure = this.#context.pure.has(startOf(node)) || isHarmlessNew(node, this.#context);
    return isPure ? this.#arguments(node) : IMPURE;
  }

  #arguments(node: ESTree.CallExpression | ESTree.NewExpression): Purity {
    return this.all(
      node.arguments.map((argument) => (argument.type === "SpreadElement" ? spread(argument) : argument)),
    );
  }

  #object({ properties }: ESTree.ObjectExpression): Purity {
    let purity = PURE;
    for (const property of properties) {
      if (property.type === "SpreadElement") {
        // Of anything else it could call getters.
        if (property.argument.type !== "ObjectExpression" || hasGetter(property.argument)) return IMPURE;
        purity = both(purity, this.of(property.argument));
      } else if (property.type === "Property") {
        purity = both(purity, both(this.#key(property), this.of(property.value)));
      } else return IMPURE;
    }
    return purity;
  }

  /** Computed keys are turned into strings, which can run code. */
  #key({ computed, key }: { computed: boolean; key: ESTree.Node | null }): Purity {
    if (!computed || key === null) return PURE;
    if (primitiveType(key, this.#context) !== undefined) return this.of(key);
    const isSymbol =
      key.type === "MemberExpression" && key.object.type === "Identifier" && key.object.name === "Symbol";
    return isSymbol ? this.of(key) : IMPURE;
  }

  #unary({ operator, argument }: ESTree.UnaryExpression): Purity {
    switch (operator) {
      case "typeof":
        if (argument.type === "Identifier" && this.#context.isGlobal(argument.name)) return PURE;
        return this.of(argument);
      case "!":
      case "void":
        return this.of(argument);
      case "delete":
        return IMPURE;
      default: {
        const type = primitiveType(argument, this.#context);
        return type === undefined || (type === "bigint" && operator === "+") ? IMPURE : this.of(argument);
      }
    }
  }

  /** Operators that could call `valueOf` or throw only count as pure where the types are known. */
  #binary(node: ESTree.BinaryExpression): Purity {
    const { left, right, operator } = node;
    const operands = this.all([left, right]);
    if (operands === IMPURE || operator === "===" || operator === "!==") return operands;
    if (operator === "in" || operator === "instanceof") return IMPURE;
    const types = [primitiveType(left, this.#context), primitiveType(right, this.#context)];
    if ((operator === "==" || operator === "!=") && types.some((type) => type === "null" || type === "undefined"))
      return operands;
    const known = types.every((type) => type !== undefined && type !== "bigint");
    return known ? operands : IMPURE;
  }

  #logical({ left, right, operator }: ESTree.LogicalExpression): Purity {
    if (operator === "??") return this.all([left, right]);
    return operator === "&&"
      ? this.conditional(left, this.#unlessUnknown(left, right, true), PURE)
      : this.conditional(left, PURE, this.#unlessUnknown(left, right, false));
  }

  /** What a condition and its two branches do; where NODE_ENV decides which one runs, that is a condition of its own. */
  conditional(test: ESTree.Node, consequent: Purity, alternate: Purity): Purity {
    return both(this.of(test), both(this.#guarded(test, true, consequent), this.#guarded(test, false, alternate)));
  }

  #guarded(test: ESTree.Node, truth: boolean, branch: Purity): Purity {
    if (branch === PURE) return PURE;
    const guard = this.#context.guardWhen(test, truth);
    return guard === undefined ? branch : impureIfGuard(this.#context.guardIndex(guard));
  }

  /** A branch, where `typeof x` in the condition proves that the global `x` is there. */
  #unlessUnknown(test: ESTree.Node, branch: ESTree.Node, truth: boolean): Purity {
    if (branch.type === "Identifier" && provedGlobal(test, truth) === branch.name)
      return this.#context.read(branch.name) ?? PURE;
    return this.of(branch);
  }

  /** What evaluating a class does: what it extends, its keys, and what is static. */
  class(node: ESTree.ClassDeclaration | ESTree.ClassExpression): Purity {
    if ((node.decorators?.length ?? 0) > 0) return IMPURE;
    let purity = this.#superClass(node.superClass);
    for (const member of node.body.body) {
      if (purity === IMPURE) return IMPURE;
      purity = both(purity, this.#classMember(member));
    }
    return purity;
  }

  /** Extending what is no constructor throws. */
  #superClass(node: ESTree.Node | null): Purity {
    if (node === null || (node.type === "Literal" && node.value === null)) return PURE;
    if (node.type === "Identifier") return this.#context.canExtend(node.name) ? this.of(node) : IMPURE;
    return node.type === "Literal" || node.type === "ArrowFunctionExpression" ? IMPURE : this.of(node);
  }

  #classMember(member: ESTree.ClassBody["body"][number]): Purity {
    if (member.type === "StaticBlock") return member.body.length === 0 ? PURE : IMPURE;
    if (member.type === "FunctionExpression") return PURE;
    if ((member.decorators?.length ?? 0) > 0) return IMPURE;
    // A class has a `prototype` that cannot be made again.
    if (member.static && member.computed && member.key !== null && stringOf(member.key) === "prototype") return IMPURE;
    const key = this.#key({ computed: member.computed, key: member.key });
    if (member.type === "MethodDefinition" || !member.static) return key;
    return both(key, this.of(member.value));
  }
}

function isPureGlobal(name: string): boolean {
  return PURE_GLOBALS.has(name) || DOM_CLASS.test(name);
}

/** Spreading reads every property. */
function hasGetter({ properties }: ESTree.ObjectExpression): boolean {
  return properties.some((property) => property.type !== "Property" || property.kind === "get");
}

/** The elements of an array literal can be spread without calling anything. */
function spread(element: ESTree.SpreadElement): ESTree.Node {
  return element.argument.type === "ArrayExpression" ? element.argument : element;
}

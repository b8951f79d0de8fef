import type { ESTree } from "meriyah";
import { SYMBOL_FLAGS } from "../artifact/module-record.ts";
import type { Annotations } from "./annotations.ts";
import type { ModuleWalk } from "./module-walk.ts";
import type { FoundPart } from "./part-list.ts";
import { type PrimitiveType, primitiveType } from "./primitive-type.ts";
import { PureExpressions, type PurityContext } from "./pure-expressions.ts";
import { both, IMPURE, PURE, type Purity, pureIfFunction, UNLESS_CYCLIC } from "./purity.ts";

/** Tells of a module's parts, one after the other, what evaluating them does beside making their symbols. */
export class PartPurity implements PurityContext {
  readonly pure: ReadonlySet<number>;
  readonly #walk: ModuleWalk;
  readonly #expressions = new PureExpressions(this);
  /** Symbols that earlier parts have declared. */
  readonly #declared = new Set<number>();
  readonly #types = new Map<number, PrimitiveType>();
  /** Of those the functions and class expressions. */
  readonly #constructors = new Set<number>();

  constructor(walk: ModuleWalk, { pure }: Annotations) {
    this.#walk = walk;
    this.pure = pure;
  }

  /** What the next part does. */
  of({ node, declares }: FoundPart): Purity {
    const purity = this.#statement(node);
    for (const symbol of declares) {
      this.#declared.add(symbol);
      if (makesConstructor(node)) this.#constructors.add(symbol);
    }
    if (node.type === "VariableDeclarator") this.#learnType(node);
    else if (node.type === "VariableDeclaration")
      node.declarations.forEach((declarator) => this.#learnType(declarator));
    return purity;
  }

  canExtend(name: string): boolean {
    const { symbol } = this.#walk.names.get(name);
    const found = this.#walk.symbols.list[symbol];
    if (found === undefined) return /^[A-Z]/.test(name) && !NO_CLASSES.has(name);
    if (this.#walk.symbols.isImport(symbol)) return true;
    if ((found.flags & SYMBOL_FLAGS.assigned) !== 0) return false;
    // What a constant holds is taken for a class where nothing shows that it is none.
    const isUnknown = found.kind === "const" && !this.#types.has(symbol);
    return found.kind === "class" || isUnknown || this.#constructors.has(symbol);
  }

  /** The binding that `export default x` may be taken for: a function, or one that has its value and keeps it. */
  aliasOf(node: ESTree.Node): number | undefined {
    if (node.type !== "Identifier") return undefined;
    const { symbol } = this.#walk.names.get(node.name);
    const found = this.#walk.symbols.list[symbol];
    if (found === undefined || this.#walk.symbols.isImport(symbol)) return undefined;
    if ((found.flags & SYMBOL_FLAGS.assigned) !== 0) return undefined;
    return found.kind === "function" || this.#declared.has(symbol) ? symbol : undefined;
  }

  #statement(node: ESTree.Node): Purity {
    switch (node.type) {
      case "FunctionDeclaration":
        return PURE;
      case "ClassDeclaration":
        return this.#expressions.class(node);
      case "VariableDeclarator":
        return isPlainBinding(node) ? this.#expressions.of(node.init) : IMPURE;
      case "VariableDeclaration":
        if (node.kind === "using" || node.kind === "await using") return IMPURE;
        return node.declarations.reduce((purity, declarator) => both(purity, this.#statement(declarator)), PURE);
      case "ExpressionStatement":
        return this.#expressions.of(node.expression);
      case "EmptyStatement":
        return PURE;
      case "BlockStatement":
        return this.#block(node.body);
      case "TryStatement":
        return both(this.#block(node.block.body), this.#block(node.finalizer?.body ?? []));
      case "IfStatement":
        return this.#expressions.conditional(
          node.test,
          this.#statement(node.consequent),
          node.alternate === null ? PURE : this.#statement(node.alternate),
        );
      default:
        return isExpression(node) ? this.#expressions.of(node) : IMPURE;
    }
  }

  #block(statements: readonly ESTree.Statement[]): Purity {
    let purity = PURE;
    for (const statement of statements) {
      const isScoped = statement.type === "VariableDeclaration" && statement.kind !== "var";
      // Names of the block's own would be taken for those of the top level.
      if (isScoped || statement.type === "ClassDeclaration" || statement.type === "FunctionDeclaration") return IMPURE;
      purity = both(purity, this.#statement(statement));
      if (purity === IMPURE) return IMPURE;
    }
    return purity;
  }

  #learnType({ id, init }: ESTree.VariableDeclarator): void {
    if (id.type !== "Identifier" || init === null) return;
    const { symbol } = this.#walk.names.get(id.name);
    if (((this.#walk.symbols.list[symbol]?.flags ?? 0) & SYMBOL_FLAGS.assigned) !== 0) return;
    const type = primitiveType(init, this);
    if (type !== undefined) this.#types.set(symbol, type);
  }

  isGlobal(name: string): boolean {
    return this.#walk.names.get(name).symbol === -1;
  }

  isNamespace(name: string): boolean {
    return this.#walk.symbols.list[this.#walk.names.get(name).symbol]?.kind === "namespace";
  }

  typeOf(name: string): PrimitiveType | undefined {
    return this.#types.get(this.#walk.names.get(name).symbol);
  }

  /** A binding that does not have its value yet throws. */
  read(name: string): Purity | undefined {
    const { symbol } = this.#walk.names.get(name);
    const found = this.#walk.symbols.list[symbol];
    if (found === undefined) return undefined;
    if (this.#walk.symbols.isImport(symbol)) return UNLESS_CYCLIC;
    if (found.kind === "var" || found.kind === "function") return PURE;
    return this.#declared.has(symbol) ? PURE : IMPURE;
  }

  callOf(name: string): Purity {
    const { symbol } = this.#walk.names.get(name);
    const found = this.#walk.symbols.list[symbol];
    if (found?.kind === "import") return pureIfFunction(symbol);
    const isMarked = found !== undefined && (found.flags & SYMBOL_FLAGS.pureFunction) !== 0;
    return isMarked && (found.kind === "function" || this.#declared.has(symbol)) ? PURE : IMPURE;
  }

  guardWhen(test: ESTree.Node, truth: boolean) {
    return this.#walk.guardWhen(test, truth);
  }

  guardIndex(guard: Parameters<ModuleWalk["guards"]["indexOf"]>[0]): number {
    return this.#walk.guards.indexOf(guard);
  }
}

/** `a = …`, or `[a, b] = […]`, which calls nothing but the iterator of arrays. */
function isPlainBinding({ id, init }: ESTree.VariableDeclarator): boolean {
  if (id.type === "Identifier") return true;
  if (id.type !== "ArrayPattern" || init?.type !== "ArrayExpression") return false;
  return id.elements.every((element) => element === null || element.type === "Identifier");
}

function isExpression({ type }: ESTree.Node): boolean {
  return !type.endsWith("Statement");
}

/** Globals in capitals that are no classes. */
const NO_CLASSES = new Set(["Math", "JSON", "Reflect", "Atomics", "Intl", "Infinity", "NaN", "WebAssembly"]);

/** Whether a part makes one constructor, a class or a function. */
function makesConstructor(node: ESTree.Node): boolean {
  if (node.type === "FunctionDeclaration") return !node.generator && !node.async;
  if (node.type === "VariableDeclaration")
    return node.declarations.length === 1 && makesConstructor(node.declarations[0] as ESTree.Node);
  if (node.type !== "VariableDeclarator") return false;
  const { init } = node;
  if (init?.type === "ClassExpression") return true;
  return init?.type === "FunctionExpression" && !init.generator && !init.async;
}

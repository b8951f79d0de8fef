import type { ESTree } from "meriyah";
import {
  type NodeEnvGuard,
  RECORD_FLAGS,
  RELOCATION,
  RELOCATION_STRIDE,
  SYMBOL_FLAGS,
} from "../artifact/module-record.ts";
import type { CommonjsExports } from "./commonjs-exports.ts";
import { declareLexical, declaresOutside } from "./declared-names.ts";
import { NameTable } from "./name-table.ts";
import { GuardList, guardWhen } from "./node-env-guards.ts";
import { type FoundRequest, RequestList } from "./request-list.ts";
import type { SourceEdits } from "./source-edits.ts";
import { needsSemicolon } from "./statement-end.ts";
import { SymbolList } from "./symbol-list.ts";
import { endOf, isAnonymousFunction, startOf } from "./syntax-tree.ts";
import { hasWideCharacters } from "./wide-characters.ts";

/** The nodes that a walk meets: JSX is gone by then, and what is around top-level declarations is handled before. */
export type WalkedType = Exclude<
  ESTree.Node["type"],
  `JSX${string}` | `Import${"Declaration" | "Attribute"}` | `${string}Specifier` | `Export${string}` | "Program"
>;

/** What a walk does at a node of each type. */
export type NodeHandlers = {
  readonly [Type in WalkedType]: (walk: ModuleWalk, node: Extract<ESTree.Node, { type: Type }>) => void;
};

/** Which side of an assignment or declaration an identifier is on, and whether it is written `{ x }`. */
export interface Mention {
  readonly shorthand: boolean;
}

/**
 * One walk over a module's tree, in source order. It keeps the scopes, and collects what the linker must know of every
 * place: relocations, requests and free names, all at offsets of the source. What it does at which node is in the
 * handlers; here is what they share.
 */
export class ModuleWalk {
  readonly source: string;
  readonly isEsm: boolean;
  /** Functions in blocks are visible outside of them. */
  readonly isSloppy: boolean;
  readonly names = new NameTable();
  readonly symbols = new SymbolList(this.names);
  readonly requests = new RequestList();
  readonly guards = new GuardList();
  readonly edits: SourceEdits;
  /** There may be literals that `escapeWide` changes. */
  readonly hasWide: boolean;
  readonly commonjs: CommonjsExports | undefined;
  /** Of each relocation: start, end, kind, and the two numbers of the record. */
  readonly relocations: number[] = [];
  /** Properties that member relocations name, and their indices. */
  readonly properties = new Map<string, number>();
  /** Sum of `RECORD_FLAGS`. */
  flags = 0;
  /** Functions around the current place, arrow functions included. */
  functions = 0;
  /** Those of them that have a `this` and `arguments` of their own. */
  thisScopes = 0;
  /** What holds of NODE_ENV at the current place. */
  guard: NodeEnvGuard | undefined;
  /** The `new URL()` inside of a `new Worker()`. */
  workerUrl: ESTree.Node | undefined;
  /** CommonJS: `require("x")` of a `require` that is not the module's own. */
  readonly innerRequires: FoundRequest[] = [];
  /** CommonJS: the module gives its `require` to a function. */
  handsOutRequire = false;
  /** Members and calls of the chain that is walked, outermost first. */
  readonly chain: ESTree.Node[] = [];
  readonly #handlers: NodeHandlers;

  constructor(
    source: string,
    edits: SourceEdits,
    handlers: NodeHandlers,
    commonjs?: CommonjsExports,
    isSloppy = false,
  ) {
    this.source = source;
    this.edits = edits;
    this.hasWide = hasWideCharacters(source);
    this.#handlers = handlers;
    this.commonjs = commonjs;
    this.isEsm = commonjs === undefined;
    this.isSloppy = isSloppy;
  }

  walk(node: ESTree.Node | null | undefined): void {
    if (node === null || node === undefined) return;
    const handler = this.#handlers[node.type as WalkedType] as (walk: ModuleWalk, node: ESTree.Node) => void;
    handler(this, node);
  }

  walkAll(nodes: readonly (ESTree.Node | null)[]): void {
    for (const node of nodes) this.walk(node);
  }

  /** Statements in a row; what they declare is declared already. */
  walkStatements(statements: readonly ESTree.Statement[]): void {
    let previous: ESTree.Statement | undefined;
    for (const statement of statements) {
      // Linked code can begin with a parenthesis where this code begins with a name.
      if (this.isEsm && statement.type === "ExpressionStatement" && previous !== undefined) {
        if (needsSemicolon(previous, this.source)) this.edits.insert(endOf(previous), ";");
      }
      this.walk(statement);
      previous = statement;
    }
  }

  /** Statements with a scope of their own. */
  walkBlock(statements: readonly ESTree.Statement[]): void {
    const mark = this.names.enter();
    declareLexical(statements, this.names);
    this.walkStatements(statements);
    this.names.leave(mark);
  }

  relocate(start: number, end: number, kind: number, a = 0, b = 0): void {
    this.relocations.push(start, end, kind, a, b);
  }

  /** A use of a name. */
  refer(node: ESTree.Identifier, kind: number): void {
    const symbol = this.symbolOf(node);
    if (symbol !== -1) this.#relocateName(node, kind, symbol);
  }

  /** The top-level binding that a used name stands for, or -1; notes free names. */
  symbolOf(node: ESTree.Identifier): number {
    const name = this.names.get(node.name);
    if (name.depth > 0) return -1;
    if (name.symbol === -1 && (this.thisScopes === 0 || node.name !== "arguments")) name.free = true;
    return name.symbol;
  }

  /** Whether nothing in the module declares the name at this place. */
  isFree(text: string): boolean {
    const name = this.names.get(text);
    return name.depth === 0 && name.symbol === -1;
  }

  /** A name that gets a value, not by its declaration. */
  assign(node: ESTree.Identifier, { shorthand }: Mention): void {
    const symbol = this.symbolOf(node);
    if (symbol === -1) return;
    if (this.symbols.isImport(symbol)) {
      this.#relocateName(node, shorthand ? RELOCATION.assignImportShorthand : RELOCATION.assignImport, symbol);
      return;
    }
    this.symbols.flag(symbol, SYMBOL_FLAGS.assigned);
    this.#relocateName(node, shorthand ? RELOCATION.shorthand : RELOCATION.reference, symbol);
  }

  /** A name in its own declaration. */
  declared(node: ESTree.Identifier, { shorthand }: Mention): void {
    const name = this.names.get(node.name);
    if (name.depth > 0 || name.symbol === -1) return;
    this.#relocateName(node, shorthand ? RELOCATION.shorthand : RELOCATION.reference, name.symbol);
  }

  #relocateName(node: ESTree.Identifier, kind: number, symbol: number): void {
    const start = startOf(node);
    const end = endOf(node);
    // Written with escapes: relocations are as long as the name.
    if (end - start !== node.name.length) this.edits.replace(start, end, node.name);
    this.relocate(start, end, kind, symbol);
  }

  /** `target = value` and its kin, where an anonymous function takes the target's name. */
  walkNamed(target: ESTree.Node, value: ESTree.Node): void {
    if (target.type !== "Identifier" || !isAnonymousFunction(value)) return this.walk(value);
    const name = this.names.get(target.name);
    if (name.depth > 0 || name.symbol === -1 || this.symbols.isImport(name.symbol)) return this.walk(value);
    this.walkNamedBy(name.symbol, value);
  }

  walkNamedBy(symbol: number, value: ESTree.Node): void {
    this.relocate(startOf(value), startOf(value), RELOCATION.nameStart, symbol);
    this.walk(value);
    this.relocate(endOf(value), endOf(value), RELOCATION.nameEnd, symbol);
  }

  /** What NODE_ENV must be where `test` comes out as `truth`. */
  guardWhen(test: ESTree.Node, truth: boolean): NodeEnvGuard | undefined {
    const guard = guardWhen(test, truth);
    return guard !== undefined && this.isFree("process") ? guard : undefined;
  }

  /** A branch that only runs where `guard` holds. */
  walkBranch(branch: ESTree.Node, guard: NodeEnvGuard | undefined, isStatement: boolean): void {
    if (guard === undefined) return this.walk(branch);
    const outer = this.guard;
    this.guard = outer ?? guard;
    const from = this.relocations.length;
    if (isStatement && declaresOutside(branch as ESTree.Statement, this.isSloppy)) this.walk(branch);
    else {
      this.relocate(startOf(branch), endOf(branch), RELOCATION.branch, this.guards.indexOf(guard), isStatement ? 0 : 1);
      this.walk(branch);
      // Whether what ends here is inside could not be told by its position: such a branch stays.
      if (this.#endsNameAt(endOf(branch))) this.relocations.splice(from, RELOCATION_STRIDE);
    }
    this.guard = outer;
  }

  #endsNameAt(offset: number): boolean {
    const [start, , kind] = this.relocations.slice(-RELOCATION_STRIDE);
    return kind === RELOCATION.nameEnd && start === offset;
  }

  request(request: Omit<FoundRequest, "guard">): number {
    return this.requests.add({ ...request, guard: this.guard });
  }

  /** The index of a property's name for member relocations. */
  property(text: string): number {
    const known = this.properties.get(text);
    if (known !== undefined) return known;
    this.properties.set(text, this.properties.size);
    return this.properties.size - 1;
  }

  /** A top-level name gets a value again and again. */
  assigned(text: string): void {
    const { depth, symbol } = this.names.get(text);
    if (depth === 0) this.symbols.flag(symbol, SYMBOL_FLAGS.assigned);
  }

  /** `await` and its kin: the whole module waits where no function is around. */
  awaits(): void {
    if (this.functions === 0) this.flags |= RECORD_FLAGS.topLevelAwait;
  }
}

import type { ESTree } from "meriyah";
import { declarePattern, declareVars } from "./declared-names.ts";
import type { ModuleWalk } from "./module-walk.ts";
import { skipSpace } from "./skip-space.ts";
import { needsSemicolon } from "./statement-end.ts";
import { endOf, isAnonymousFunction, startOf } from "./syntax-tree.ts";

type Statement = ESTree.Program["body"][number];

/** A part while its module is compiled: a range of the source, and what is written around it. */
export interface FoundPart {
  /** What it evaluates: a statement, a declarator, or the expression of an `export default`. */
  readonly node: ESTree.Node;
  readonly from: number;
  readonly to: number;
  /** Of its statement, `export` included. */
  readonly statementStart: number;
  readonly before: string;
  readonly after: string;
  /** Where the name of an `export default` that has none is put in; at `from` it is that of a constant. */
  readonly nameAt?: number;
  readonly declares: readonly number[];
  /** Offsets in the walk's relocations. */
  readonly relocationsStart: number;
  readonly relocationsEnd: number;
}

/** Walks a module's statements and cuts them into parts; what only imports or exports is none. */
export class PartList {
  readonly list: FoundPart[] = [];
  readonly #walk: ModuleWalk;
  readonly #defaultSymbol: number;
  #statementStart = 0;

  constructor(body: readonly Statement[], walk: ModuleWalk, defaultSymbol: number) {
    this.#walk = walk;
    this.#defaultSymbol = defaultSymbol;
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    this.#statementStart = startOf(statement);
    switch (statement.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
      case "EmptyStatement":
        return;
      case "ExportNamedDeclaration":
        if (statement.declaration !== null) this.#declaration(statement, statement.declaration as ESTree.Statement);
        return;
      case "ExportDefaultDeclaration":
        return this.#exportDefault(statement);
      default:
        this.#declaration(statement, statement);
    }
  }

  /** `declaration` without what exports it. */
  #declaration(statement: Statement, declaration: ESTree.Statement): void {
    if (declaration.type === "VariableDeclaration" && canBeSplit(declaration)) return this.#declarators(declaration);
    const from = startOf(declaration);
    if (statement !== declaration && from === startOf(statement)) this.#cutExport(declaration);
    this.#add(declaration, from, endOf(declaration), this.#end(declaration), this.#symbolsOf(declaration));
  }

  /** `var a = 1, b = 2;` → `var a = 1;` `var b = 2;` */
  #declarators({ kind, declarations }: ESTree.VariableDeclaration): void {
    for (const declarator of declarations) {
      const symbols = this.#symbols((into) => declarePattern(declarator.id, into));
      this.#add(declarator, startOf(declarator), endOf(declarator), ";", symbols, `${kind} `);
    }
  }

  #exportDefault(statement: ESTree.ExportDefaultDeclaration): void {
    const { declaration } = statement;
    const from = startOf(declaration);
    const to = endOf(declaration);
    if (declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration") {
      if (from === startOf(statement)) this.#cutExport(declaration);
      if (declaration.id !== null) return this.#add(declaration, from, to, "", this.#symbolsOf(declaration));
      if (declaration.type === "FunctionDeclaration") {
        const nameAt = openingParenthesis(this.#walk.source, declaration);
        return this.#add(declaration, from, to, "", [this.#defaultSymbol], "", nameAt);
      }
      return this.#add(declaration, from, to, ";", [this.#defaultSymbol], "", from);
    }
    const { source } = this.#walk;
    // Parentheses around the expression are no part of its node.
    const start = skipSpace(source, skipSpace(source, startOf(statement) + "export".length) + "default".length);
    const end = endOf(statement) - (needsSemicolonAt(source, endOf(statement)) ? 0 : 1);
    this.#add(declaration, start, end, ";", [this.#defaultSymbol], "", start);
  }

  #add(
    node: ESTree.Node,
    from: number,
    to: number,
    after: string,
    declares: readonly number[],
    before = "",
    nameAt?: number,
  ): void {
    const relocationsStart = this.#walk.relocations.length;
    const isNamed = nameAt !== undefined && (node.type === "ClassDeclaration" || isAnonymousFunction(node));
    if (isNamed) this.#walk.walkNamedBy(this.#defaultSymbol, node);
    else this.#walk.walk(node);
    const relocationsEnd = this.#walk.relocations.length;
    const name = nameAt === undefined ? {} : { nameAt };
    const statementStart = this.#statementStart;
    this.list.push({
      node,
      from,
      to,
      statementStart,
      before,
      after,
      ...name,
      declares,
      relocationsStart,
      relocationsEnd,
    });
  }

  #end(statement: ESTree.Statement): string {
    return needsSemicolon(statement, this.#walk.source) ? ";" : "";
  }

  /** The `export` between the decorators of a class and the class. */
  #cutExport(declaration: ESTree.Node): void {
    const last = declaration.type === "ClassDeclaration" ? declaration.decorators?.at(-1) : undefined;
    if (last === undefined) return;
    const { source, edits } = this.#walk;
    const start = skipSpace(source, endOf(last));
    const end = start + "export".length;
    const next = skipSpace(source, end);
    edits.replace(start, source.startsWith("default", next) ? next + "default".length : end, "");
  }

  #symbolsOf(statement: ESTree.Statement): number[] {
    return this.#symbols((into) => {
      if (statement.type === "VariableDeclaration") {
        for (const { id } of statement.declarations) declarePattern(id, into);
      } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
        declarePattern(statement.id, into);
      } else declareVars([statement], false, into);
    });
  }

  #symbols(declare: (into: { declare(name: string): void }) => void): number[] {
    const symbols = new Set<number>();
    declare({ declare: (name) => symbols.add(this.#walk.names.get(name).symbol) });
    return [...symbols];
  }
}

/** Declared together, resources are disposed of together. */
function canBeSplit({ kind, declarations }: ESTree.VariableDeclaration): boolean {
  return declarations.length > 1 && kind !== "using" && kind !== "await using";
}

function needsSemicolonAt(source: string, end: number): boolean {
  return source[end - 1] !== ";";
}

/** Where the parameters of a function without a name begin. */
function openingParenthesis(source: string, node: ESTree.Node): number {
  let at = startOf(node);
  if (source.startsWith("async", at)) at = skipSpace(source, at + "async".length);
  at = skipSpace(source, at + "function".length);
  return source[at] === "*" ? skipSpace(source, at + 1) : at;
}

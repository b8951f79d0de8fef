import type { ESTree } from "meriyah";
import { type IndirectExport, type LocalExport, SYMBOL_FLAGS, type SymbolKind } from "../artifact/module-record.ts";
import { declarePattern, declareVars } from "./declared-names.ts";
import type { ModuleWalk } from "./module-walk.ts";
import { isAnonymousFunction, nameOf, startOf, stringOf } from "./syntax-tree.ts";

type Statement = ESTree.Program["body"][number];

/** An export before its local name is looked up. */
interface NamedExport {
  readonly name: string;
  readonly local: string;
}

/** What an ES module declares, imports and exports; read before the walk, since names may be used above. */
export class ModuleInterface {
  readonly reexports: IndirectExport[] = [];
  readonly stars: number[] = [];
  /** Of the constant, function or class that `export default` makes where the source has no name for it. */
  defaultSymbol = -1;
  readonly #walk: ModuleWalk;
  readonly #named: NamedExport[] = [];

  constructor(body: readonly Statement[], walk: ModuleWalk) {
    this.#walk = walk;
    for (const statement of body) this.#declare(statement);
  }

  /** The exports of this module's own bindings; those of imported ones join `reexports`. */
  localExports(): LocalExport[] {
    const exports: LocalExport[] = [];
    for (const { name, local } of this.#named) {
      const symbol = local === "" ? this.defaultSymbol : this.#walk.names.get(local).symbol;
      const { kind, request, imported } = this.#walk.symbols.list[symbol] ?? {};
      if (request === undefined) exports.push({ name, symbol });
      else this.reexports.push({ name, request, imported: kind === "namespace" ? "*" : (imported ?? "default") });
    }
    return exports;
  }

  #declare(statement: Statement): void {
    switch (statement.type) {
      case "ImportDeclaration":
        return this.#import(statement);
      case "ExportAllDeclaration":
        return this.#exportAll(statement);
      case "ExportNamedDeclaration":
        return this.#exportNamed(statement);
      case "ExportDefaultDeclaration":
        return this.#exportDefault(statement.declaration);
      default:
        this.#declareNames(statement);
    }
  }

  #declareNames(statement: Statement): string[] {
    const names: string[] = [];
    const { symbols } = this.#walk;
    const into = (kind: SymbolKind) => ({
      declare: (name: string) => {
        names.push(name);
        symbols.declare(name, kind);
      },
    });
    if (statement.type === "VariableDeclaration") {
      const kind = statement.kind === "var" || statement.kind === "let" ? statement.kind : "const";
      for (const { id } of statement.declarations) declarePattern(id, into(kind));
    } else if (statement.type === "FunctionDeclaration") declarePattern(statement.id, into("function"));
    else if (statement.type === "ClassDeclaration") declarePattern(statement.id, into("class"));
    else if (statement.type === "LabeledStatement" && statement.body.type === "FunctionDeclaration")
      declarePattern(statement.body.id, into("function"));
    else declareVars([statement], false, into("var"));
    return names;
  }

  #import(statement: ESTree.ImportDeclaration): void {
    const request = this.#request(statement, statement.phase ?? undefined);
    const { symbols } = this.#walk;
    for (const specifier of statement.specifiers) {
      const { name } = specifier.local;
      if (specifier.type === "ImportNamespaceSpecifier") {
        // What is deferred runs when it is looked at: its members are no bindings that could be told ahead.
        if (statement.phase === "defer") symbols.declareImport(name, "import", request, "*");
        else symbols.declareImport(name, "namespace", request);
      } else if (specifier.type === "ImportSpecifier")
        symbols.declareImport(name, "import", request, nameOf(specifier.imported));
      else symbols.declareImport(name, "import", request, statement.phase === "source" ? "*source*" : "default");
    }
  }

  #exportAll(statement: ESTree.ExportAllDeclaration): void {
    const request = this.#request(statement);
    if (statement.exported === null) this.stars.push(request);
    else this.reexports.push({ name: nameOf(statement.exported), request, imported: "*" });
  }

  #exportNamed(statement: ESTree.ExportNamedDeclaration): void {
    if (statement.declaration !== null) {
      const names = this.#declareNames(statement.declaration as Statement);
      for (const name of names) this.#named.push({ name, local: name });
    }
    const request = statement.source === null ? -1 : this.#request(statement);
    for (const { local, exported } of statement.specifiers) {
      if (request === -1) this.#named.push({ name: nameOf(exported), local: nameOf(local) });
      else this.reexports.push({ name: nameOf(exported), request, imported: nameOf(local) });
    }
  }

  #exportDefault(declaration: ESTree.ExportDefaultDeclaration["declaration"]): void {
    const isFunction = declaration.type === "FunctionDeclaration";
    const isClass = declaration.type === "ClassDeclaration";
    if ((isFunction || isClass) && declaration.id !== null) {
      this.#declareNames(declaration);
      this.#named.push({ name: "default", local: declaration.id.name });
      return;
    }
    const flags = isFunction || isClass || isAnonymousFunction(declaration) ? SYMBOL_FLAGS.anonymousDefault : 0;
    this.defaultSymbol = this.#walk.symbols.add({ name: "", kind: isFunction ? "function" : "const", flags });
    this.#named.push({ name: "default", local: "" });
  }

  #request(
    statement: ESTree.ImportDeclaration | ESTree.ExportNamedDeclaration | ESTree.ExportAllDeclaration,
    phase?: "source" | "defer",
  ): number {
    const { source } = statement;
    if (source === null) return -1;
    const attribute = (name: string): string | undefined => {
      const found = statement.attributes.find(({ key }) => nameOf(key) === name);
      return found && stringOf(found.value);
    };
    return this.#walk.requests.add({
      specifier: source.value,
      kind: "import",
      type: attribute("type"),
      mode: attribute("mode"),
      phase,
      offset: startOf(source),
    });
  }
}

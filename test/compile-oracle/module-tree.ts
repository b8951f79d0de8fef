import { type ESTree, parseModule, parseScript } from "meriyah";

type Statement = ESTree.Program["body"][number];

/** The statements of a script that may return. */
export function scriptTree(source: string): Statement[] {
  return parseScript(source, { next: true, webcompat: true, globalReturn: true, validateRegex: false }).body;
}

/**
 * The statements of a module as the compiler is to leave them: no imports, no exports, `export default x` as a constant
 * named `defaultName`, a declaration for each variable, no empty statements.
 */
export function moduleTree(source: string, defaultName: string): Statement[] {
  const { body } = parseModule(source, { next: true, webcompat: true, validateRegex: false });
  return body.flatMap((statement) => withoutExport(statement, defaultName)).flatMap(split);
}

function withoutExport(statement: Statement, defaultName: string): Statement[] {
  switch (statement.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "EmptyStatement":
      return [];
    case "ExportNamedDeclaration":
      return statement.declaration === null ? [] : [statement.declaration as Statement];
    case "ExportDefaultDeclaration":
      return [withoutDefault(statement.declaration, defaultName)];
    default:
      return [statement];
  }
}

function withoutDefault(declaration: ESTree.ExportDefaultDeclaration["declaration"], name: string): Statement {
  const id: ESTree.Identifier = { type: "Identifier", name };
  if (declaration.type === "FunctionDeclaration") return { ...declaration, id: declaration.id ?? id };
  if (declaration.type === "ClassDeclaration" && declaration.id !== null) return declaration;
  const init = (
    declaration.type === "ClassDeclaration" ? { ...declaration, type: "ClassExpression" } : declaration
  ) as ESTree.Expression;
  return { type: "VariableDeclaration", kind: "const", declarations: [{ type: "VariableDeclarator", id, init }] };
}

function split(statement: Statement): Statement[] {
  if (statement.type !== "VariableDeclaration" || statement.kind.endsWith("using")) return [statement];
  return statement.declarations.map((declarator) => ({ ...statement, declarations: [declarator] }));
}

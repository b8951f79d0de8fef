import type { TestProgram } from "../program.ts";
import type { Edit, TreeNode } from "../tree.ts";
import { importsOf, type LateImport, rewrite } from "./rewrite.ts";
import { fromClauses } from "./static-imports.ts";

/** An ES module through which others import a CommonJS module. */
export interface ModuleBetween {
  /** Whether a module is imported so. */
  readonly isFor: (path: string) => boolean;
  /** Its text, for the names that others want. */
  readonly write: (path: string, names: readonly string[]) => string;
  /** Namespaces and stars are its own, and not those of the CommonJS module. */
  readonly isAll: boolean;
}

/** The program with such modules; undefined where nothing needs one. */
export function withModulesBetween(program: TestProgram, kind: ModuleBetween): TestProgram | undefined {
  const wanted = new Map<string, Set<string>>();
  const namesOf = (path: string): Set<string> => {
    const names = wanted.get(path) ?? new Set(["default"]);
    wanted.set(path, names);
    return names;
  };
  const model = rewrite(program, (body, path, text) => [
    ...fromClauses(body, path)
      .filter(({ target }) => kind.isFor(target))
      .flatMap(({ node, target }) => clauseEdits(node, target, text, namesOf(target), kind)),
    ...importsOf(body, path)
      .filter(({ target }) => kind.isFor(target))
      .map((each) => {
        namesOf(each.target);
        return lateEdit(each, text, kind);
      }),
  ]);
  if (model === undefined) return undefined;
  const between = [...wanted].map(([path, names]) => [`${path}.mjs`, kind.write(path, [...names])] as const);
  return { ...model, files: { ...model.files, ...Object.fromEntries(between) } };
}

function betweenOf(target: string): string {
  return JSON.stringify(`.${target}.mjs`);
}

function lateEdit({ node: { start, end }, target }: LateImport, text: string, { isAll }: ModuleBetween): Edit {
  const between = `import(${betweenOf(target)})`;
  return { start, end, text: isAll ? between : `${between}.then(() => ${text.slice(start, end)})` };
}

/** Stars and namespaces that stay what they are stand behind an import of the module between. */
function clauseEdits(node: TreeNode, target: string, text: string, names: Set<string>, kind: ModuleBetween): Edit[] {
  const { start, end } = node["source"] as TreeNode;
  const between = betweenOf(target);
  const specifiers = (node["specifiers"] as TreeNode[] | undefined) ?? [];
  const isNamespace = ({ type }: TreeNode): boolean => type === "ImportNamespaceSpecifier";
  if (kind.isAll || (node.type !== "ExportAllDeclaration" && !specifiers.some(isNamespace))) {
    for (const specifier of specifiers) if (!isNamespace(specifier)) names.add(importedName(node, specifier));
    return [{ start, end, text: between }];
  }
  const [first] = specifiers;
  if (first?.type !== "ImportDefaultSpecifier")
    return [{ start: node.start, end: node.start, text: `import ${between};` }];
  const [local, namespace] = specifiers.map((each) => (each["local"] as TreeNode)["name"] as string);
  const both = `import ${local} from ${between}; import * as ${namespace} from ${text.slice(start, end)};`;
  return [{ start: node.start, end: node.end, text: both }];
}

function importedName(node: TreeNode, specifier: TreeNode): string {
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  const { name, value } = specifier[node.type === "ImportDeclaration" ? "imported" : "local"] as TreeNode;
  return String(name ?? value);
}

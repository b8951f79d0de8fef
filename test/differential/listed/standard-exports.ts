import type { TestProgram } from "../program.ts";
import { bodyOf, type TreeNode } from "../tree.ts";
import { fromClauses } from "./static-imports.ts";
import { resolvePath } from "./rewrite.ts";

/** What an export stands for: a binding of a module, or its namespace. */
export interface Resolution {
  readonly path: string;
  /** A name under which that module exports it; undefined for its namespace. */
  readonly exported: string | undefined;
  readonly local: string | undefined;
}

interface Indirect {
  readonly target: string;
  /** Undefined for the namespace. */
  readonly imported: string | undefined;
}

interface ModuleExports {
  /** Local names by exported name. */
  readonly locals: Map<string, string>;
  readonly indirect: Map<string, Indirect>;
  readonly stars: string[];
}

/** What exports mean, by the letter of the standard (`GetExportedNames`, `ResolveExport`). */
export class StandardExports {
  readonly #modules: ReadonlyMap<string, ModuleExports>;

  constructor({ files }: TestProgram) {
    const modules = Object.entries(files).filter(([path]) => path.endsWith(".mjs"));
    this.#modules = new Map(modules.map(([path, text]) => [path, readExports(bodyOf(path, text) ?? [], path)]));
  }

  /** Names that a module exports without stars. */
  ownNames(path: string): Set<string> {
    const { locals, indirect } = this.#modules.get(path) ?? {};
    return new Set([...(locals?.keys() ?? []), ...(indirect?.keys() ?? [])]);
  }

  names(path: string, seen = new Set<string>()): Set<string> {
    const module = this.#modules.get(path);
    if (module === undefined || seen.has(path)) return new Set();
    seen.add(path);
    const names = this.ownNames(path);
    for (const star of module.stars) for (const name of this.names(star, seen)) if (name !== "default") names.add(name);
    return names;
  }

  resolve(path: string, name: string, seen = new Set<string>()): Resolution | "ambiguous" | undefined {
    const module = this.#modules.get(path);
    const key = JSON.stringify([path, name]);
    if (module === undefined || seen.has(key)) return undefined;
    seen.add(key);
    const local = module.locals.get(name);
    if (local !== undefined) return { path, exported: name, local };
    const indirect = module.indirect.get(name);
    if (indirect !== undefined) {
      const { target, imported } = indirect;
      return imported === undefined
        ? { path: target, exported: undefined, local: undefined }
        : this.resolve(target, imported, seen);
    }
    return name === "default" ? undefined : this.#resolveStars(module, name, seen);
  }

  #resolveStars({ stars }: ModuleExports, name: string, seen: Set<string>): Resolution | "ambiguous" | undefined {
    let found: Resolution | undefined;
    for (const star of stars) {
      const resolution = this.resolve(star, name, seen);
      if (resolution === "ambiguous") return resolution;
      if (resolution === undefined) continue;
      if (found !== undefined && (found.path !== resolution.path || found.local !== resolution.local))
        return "ambiguous";
      found ??= resolution;
    }
    return found;
  }
}

function readExports(body: TreeNode[], path: string): ModuleExports {
  const module: ModuleExports = { locals: new Map(), indirect: new Map(), stars: [] };
  const imports = new Map<string, Indirect>();
  for (const { node, target } of fromClauses(body, path)) {
    if (node.type === "ImportDeclaration")
      for (const specifier of specifiersOf(node)) imports.set(nameOf(specifier["local"]), importOf(specifier, target));
  }
  for (const node of body) readExport(node, path, imports, module);
  return module;
}

function importOf(specifier: TreeNode, target: string): Indirect {
  if (specifier.type === "ImportNamespaceSpecifier") return { target, imported: undefined };
  return {
    target,
    imported: specifier.type === "ImportDefaultSpecifier" ? "default" : nameOf(specifier["imported"]),
  };
}

function readExport(node: TreeNode, path: string, imports: Map<string, Indirect>, module: ModuleExports): void {
  const { locals, indirect, stars } = module;
  const source = node["source"] as TreeNode | null | undefined;
  const target = source ? resolvePath(String(source["value"]), path) : "";
  if (node.type === "ExportAllDeclaration") {
    if (node["exported"] === null) stars.push(target);
    else indirect.set(nameOf(node["exported"]), { target, imported: undefined });
  } else if (node.type === "ExportDefaultDeclaration") {
    const { id } = node["declaration"] as { id?: TreeNode | null };
    locals.set("default", id ? nameOf(id) : "*default*");
  } else if (node.type === "ExportNamedDeclaration") {
    for (const specifier of specifiersOf(node)) {
      const [local, exported] = [nameOf(specifier["local"]), nameOf(specifier["exported"])];
      const imported = source ? { target, imported: local } : imports.get(local);
      if (imported === undefined) locals.set(exported, local);
      else indirect.set(exported, imported);
    }
    for (const name of declaredNames(node["declaration"] as TreeNode | null)) locals.set(name, name);
  }
}

function specifiersOf(node: TreeNode): TreeNode[] {
  return (node["specifiers"] as TreeNode[] | undefined) ?? [];
}

/** Of an identifier, or a string that stands for one. */
function nameOf(node: unknown): string {
  const { name, value } = node as { readonly name?: string; readonly value?: string };
  return name ?? value ?? "";
}

function declaredNames(declaration: TreeNode | null): string[] {
  if (declaration === null) return [];
  if (declaration.type !== "VariableDeclaration") return [nameOf(declaration["id"])];
  return (declaration["declarations"] as TreeNode[]).flatMap(({ id }) => patternNames(id as TreeNode));
}

function patternNames(pattern: TreeNode | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [nameOf(pattern)];
    case "ObjectPattern":
      return (pattern["properties"] as TreeNode[]).flatMap((property) =>
        patternNames((property.type === "RestElement" ? property : property["value"]) as TreeNode),
      );
    case "ArrayPattern":
      return (pattern["elements"] as (TreeNode | null)[]).flatMap(patternNames);
    case "RestElement":
      return patternNames(pattern["argument"] as TreeNode);
    case "AssignmentPattern":
      return patternNames(pattern["left"] as TreeNode);
    default:
      return [];
  }
}

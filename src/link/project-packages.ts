import satisfies from "semver/functions/satisfies.js";
import { LoaderError } from "../errors.ts";
import { browserRules } from "../resolve/entry-rules.ts";
import { packageFolder } from "../resolve/module-tree.ts";
import { resolvePackageImport } from "../resolve/package-entry.ts";
import { joinPath } from "../resolve/package-path.ts";
import { isInTree, resolveInTree, type TreeTarget } from "../resolve/resolve-in-tree.ts";
import type { PackageSpecifier } from "../specifier/package-specifier.ts";
import { parseSpecifier, type Specifier } from "../specifier/parse-specifier.ts";
import type { LinkContext, ResolveRequest } from "./link-context.ts";

/**
 * What a specifier means that the project itself has an answer to: `#name`, `file:` paths, workspaces, ranges of its catalogs,
 * names that are the project's own, in its `node_modules` or in its table of native modules. Undefined for all else.
 * @param from path of the file that has it
 * @throws LoaderError ERR_INVALID_LOCAL_PACKAGE and ERR_VERSION_NOT_FOUND for a workspace, ERR_INVALID_RANGE for a catalog, and what `resolvePackageImport` and
 * `resolveInTree` throw
 */
export function readInProject(
  specifier: Specifier,
  from: string,
  request: ResolveRequest,
  context: LinkContext,
): Specifier | undefined {
  switch (specifier.kind) {
    case "imports":
      return projectImport(specifier.name, from, request, context);
    case "file":
      return { kind: "relative", path: new URL(specifier.path, `file://${encodeURI(from)}`).pathname };
    case "workspace":
      return fromWorkspace(specifier.package, from, request, context);
    case "dependency": {
      const { name, spec } = specifier;
      if (spec.kind === "catalog") return fromCatalog(name, spec.catalog, request, context);
      if (spec.kind !== "workspace" || spec.path !== undefined) return undefined;
      const wanted = { name: spec.name ?? name, range: spec.range ?? "*", subpath: "." };
      return fromWorkspace(wanted, from, request, context);
    }
    case "package": {
      const { name, range, subpath } = specifier.package;
      if (range !== "*") return undefined;
      const native = subpath === "." ? fromNative(name, context) : undefined;
      return native ?? fromTree(specifier.package, from, request, context);
    }
    case "builtin":
      return specifier.explicit ? undefined : fromNative(specifier.name, context);
    default:
      return undefined;
  }
}

function fromNative(name: string, { tree }: LinkContext): Specifier | undefined {
  const native = tree.nativeModule(name);
  return native === undefined ? undefined : { kind: "native", name: native };
}

/** `name@catalog:` and `name@catalog:legacy` (P27): the range that the root's manifest has for the name there. */
function fromCatalog(name: string, catalog: string, { details }: ResolveRequest, { tree }: LinkContext): Specifier {
  const range = tree.catalogRange(name, catalog);
  if (range !== undefined) return parseSpecifier(`${name}@${range}`, details);
  const where = catalog === "default" ? "The project's catalog" : `The project's catalog "${catalog}"`;
  throw new LoaderError("ERR_INVALID_RANGE", `${where} has no "${name}"`, {
    ...details,
    package: name,
    hint: "catalogs are in the package.json or the raya.toml at the project's root",
  });
}

/** A name that the file sees in the project's files. */
function fromTree(
  { name, subpath }: PackageSpecifier,
  from: string,
  { kind, details }: ResolveRequest,
  context: LinkContext,
): Specifier | undefined {
  const { tree, mode, conditions, language } = context;
  if (!isInTree(name, from, tree)) return undefined;
  const rules = browserRules(kind, mode, conditions);
  const wanted = { tree, rules, details, ...(language !== undefined && { language }) };
  return specifierOf(resolveInTree(name + subpath.slice(1), from, wanted), context);
}

/** `workspace:name@range/subpath` (P62): a package of the project's own, in a version that it has. */
function fromWorkspace(
  wanted: PackageSpecifier,
  from: string,
  request: ResolveRequest,
  context: LinkContext,
): Specifier | undefined {
  const { name, range } = wanted;
  const folder = context.tree.workspaceFolder(name);
  if (folder === undefined) {
    const message = `The project has no workspace "${name}"`;
    throw new LoaderError("ERR_INVALID_LOCAL_PACKAGE", message, { ...request.details, package: name });
  }
  const { version } = context.tree.packageIn(folder).manifests[""] ?? {};
  const isAny = ["", "*", "^", "~"].includes(range);
  if (isAny || (typeof version === "string" && satisfies(version, range, { loose: true })))
    return fromTree(wanted, from, request, context);
  throw new LoaderError("ERR_VERSION_NOT_FOUND", `The workspace "${name}" is not in ${range}`, {
    ...request.details,
    package: name,
    expected: range,
    actual: typeof version === "string" ? version : "no version",
  });
}

function specifierOf(target: TreeTarget, { base }: LinkContext): Specifier {
  if (target.kind === "file") return { kind: "relative", path: encodeURI(target.path) + target.suffix };
  if (target.kind === "builtin") return { kind: "builtin", name: target.name, explicit: true };
  return { kind: "url", url: target.kind === "url" ? target.url : `${base}empty` };
}

/** `#name`, as the nearest package.json above the file has it. */
function projectImport(name: string, from: string, request: ResolveRequest, context: LinkContext): Specifier {
  const folder = packageFolder(from.slice(1));
  const view = context.tree.packageIn(folder);
  const path = from.slice(folder === "" ? 1 : folder.length + 2);
  const rules = browserRules(request.kind, context.mode, context.conditions);
  const target = resolvePackageImport(view, path, name, rules, request.details);
  if (target.kind === "file") return { kind: "relative", path: encodeURI(`/${joinPath(folder, target.path)}`) };
  if (target.kind === "empty") return specifierOf(target, context);
  const found = parseSpecifier(target.specifier, request.details);
  return readInProject(found, from, request, context) ?? found;
}

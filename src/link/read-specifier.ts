import { browserRules } from "../resolve/entry-rules.ts";
import { mapSpecifier } from "../resolve/import-map.ts";
import { packageFolder } from "../resolve/module-tree.ts";
import { resolvePackageImport } from "../resolve/package-entry.ts";
import { joinPath } from "../resolve/package-path.ts";
import { isInTree, resolveInTree, type TreeTarget } from "../resolve/resolve-in-tree.ts";
import { parseSpecifier, type Specifier } from "../specifier/parse-specifier.ts";
import type { LinkContext, ResolveRequest } from "./resolve-request.ts";

/** What a request says. */
export interface ReadSpecifier {
  readonly specifier: Specifier;
  /** Set where it is not what stands in the text, but what means the same everywhere in the project; says who put it there. */
  readonly mappedBy?: "import map" | "project";
}

/** What the project's files are below for an import map: `/x.ts` in a map is the project's. */
export const IMPORT_MAP_BASE = "file:///";

/**
 * Reads the specifier of a request as far as that needs no package: what the program's import map has for it, what `#name`
 * means in the project's package.json, a name that is the project's own, of a workspace, or in its `node_modules`.
 * @throws LoaderError ERR_IMPORT_MAP_BLOCKED and what `parseSpecifier`, `resolvePackageImport` and `resolveInTree` throw
 */
export function readSpecifier(request: ResolveRequest, context: LinkContext): ReadSpecifier {
  const mapped = throughImportMap(request, context);
  const specifier = parseSpecifier(mapped ?? request.specifier, request.details);
  const isOwn = request.referrer.owner.kind === "project" || mapped !== undefined;
  const own = isOwn
    ? inProject(specifier, mapped === undefined ? request.referrer.path : "/", request, context)
    : undefined;
  if (own !== undefined) return { specifier: own, mappedBy: "project" };
  return mapped === undefined ? { specifier } : { specifier, mappedBy: "import map" };
}

function throughImportMap(
  { specifier, referrer, details }: ResolveRequest,
  { importMap }: LinkContext,
): string | undefined {
  if (importMap === undefined) return undefined;
  const from = referrer.owner.kind === "project" ? new URL(referrer.path, IMPORT_MAP_BASE).href : referrer.url;
  const address = mapSpecifier(importMap, specifier, from, details);
  return address?.startsWith(IMPORT_MAP_BASE) === true ? address.slice(IMPORT_MAP_BASE.length - 1) : address;
}

/** What a specifier means that the project itself has an answer to. */
function inProject(
  specifier: Specifier,
  from: string,
  request: ResolveRequest,
  context: LinkContext,
): Specifier | undefined {
  if (specifier.kind === "imports") return projectImport(specifier.name, from, request, context);
  if (specifier.kind !== "package" || specifier.package.range !== "*") return undefined;
  const { tree, mode, language } = context;
  const { name, subpath } = specifier.package;
  if (!isInTree(name, from, tree)) return undefined;
  const rules = browserRules(request.kind, mode);
  const wanted = { tree, rules, details: request.details, ...(language !== undefined && { language }) };
  return specifierOf(resolveInTree(name + subpath.slice(1), from, wanted), context);
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
  const rules = browserRules(request.kind, context.mode);
  const target = resolvePackageImport(view, path, name, rules, request.details);
  if (target.kind === "file") return { kind: "relative", path: encodeURI(`/${joinPath(folder, target.path)}`) };
  if (target.kind === "empty") return specifierOf(target, context);
  const found = parseSpecifier(target.specifier, request.details);
  return inProject(found, from, request, context) ?? found;
}

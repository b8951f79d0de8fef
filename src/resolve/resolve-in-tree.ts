import { nearestManifest } from "../compile/read-manifests.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { isBuiltinModule, isPrefixedBuiltin } from "../specifier/builtin-modules.ts";
import { decodePath } from "../specifier/decode-path.ts";
import { type EntryRules, readsBrowserField } from "./entry-rules.ts";
import { type LanguageRules, packageNotFound, resolveLanguageEntry } from "./language-entry.ts";
import { type ModuleTree, packageFolder } from "./module-tree.ts";
import {
  notFoundCode,
  type PackageTarget,
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
  resolvePackageImport,
} from "./package-entry.ts";
import { hasExports } from "./package-exports.ts";
import { folderOf, joinPath, namesFolder, normalize } from "./package-path.ts";

/** Where an import in a tree of files leads. */
export type TreeTarget =
  /** `path` is absolute; `suffix` is the query and fragment of the import, which make an instance of its own. */
  | { readonly kind: "file"; readonly path: string; readonly suffix: string }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "url"; readonly url: string }
  /** `"browser": { "x": false }` */
  | { readonly kind: "empty" };

/** What is asked for in a tree. */
export interface TreeRequest {
  readonly tree: ModuleTree;
  readonly rules: EntryRules;
  /** A language whose packages name their entries in a field of their own. */
  readonly language?: LanguageRules;
  readonly details: ErrorDetails;
}

/** The same with who asks: a path of the tree without a slash in front. */
interface Lookup extends TreeRequest {
  readonly from: string;
}

/**
 * Node's resolution, whole: what `specifier` means in the file `from` (an absolute path), in a tree with `node_modules`
 * (seed items L23 to L31, P69). Nothing is fetched. With Node's rules the answer is Node's, and `details.nodeCode` of an
 * error is Node's code where it is not the error's own.
 * @throws LoaderError ERR_MODULE_NOT_FOUND, ERR_INVALID_MODULE_SPECIFIER, ERR_UNKNOWN_BUILTIN_MODULE, what
 * resolvePackageEntry and resolveImports throw, and for a language PKG-001 to PKG-003
 */
export function resolveInTree(specifier: string, from: string, request: TreeRequest): TreeTarget {
  const { rules, language } = request;
  const extensions = [...(language?.extensions ?? []), ...rules.extensions];
  const details = { ...request.details, specifier };
  return resolveFrom(
    specifier,
    { ...request, rules: { ...rules, extensions }, from: from.replace(/^\//, ""), details },
    false,
  );
}

/** `remapped`: the specifier is what a `browser` field has made of another, and is not looked up in it again. */
function resolveFrom(specifier: string, lookup: Lookup, remapped: boolean): TreeTarget {
  if (/^\.{0,2}\//.test(specifier) || specifier === "." || specifier === "..") return resolvePath(specifier, lookup);
  const { view, folder, path } = ownPackage(lookup);
  if (readsBrowserField(lookup.rules) && !remapped) {
    const replaced = resolveBrowserBare(view, path, specifier, lookup.rules);
    if (replaced !== undefined) return follow(replaced, folder, lookup);
  }
  if (specifier.startsWith("#")) {
    const target = resolvePackageImport(view, path, specifier, lookup.rules, lookup.details);
    // Node's require() goes on from here as import does.
    const probes = lookup.rules.probes && readsBrowserField(lookup.rules);
    return follow(target, folder, { ...lookup, rules: { ...lookup.rules, probes } });
  }
  if (isBuiltinModule(specifier)) return { kind: "builtin", name: specifier };
  if (URL.canParse(specifier)) return resolveTreeUrl(specifier, lookup);
  return resolveBare(specifier, lookup);
}

/** The package that the importing file belongs to, and the file's path in it. */
function ownPackage({ tree, from }: Pick<Lookup, "tree" | "from">): {
  view: PackageView;
  folder: string;
  path: string;
} {
  const folder = packageFolder(from);
  return { view: tree.packageIn(folder), folder, path: folder === "" ? from : from.slice(folder.length + 1) };
}

function follow(target: PackageTarget, folder: string, lookup: Lookup): TreeTarget {
  if (target.kind === "empty") return target;
  if (target.kind === "specifier") return resolveFrom(target.specifier, lookup, true);
  return { kind: "file", path: `/${joinPath(folder, target.path)}`, suffix: "" };
}

/** `./x`, `../x`, `/x`: a path to `require`, a URL to `import`. */
function resolvePath(specifier: string, lookup: Lookup): TreeTarget {
  const { rules, tree } = lookup;
  const suffix = rules.kind === "import" ? (/[?#].*$/s.exec(specifier)?.[0] ?? "") : "";
  const text = specifier.slice(0, specifier.length - suffix.length);
  if (rules.kind === "import" && /%2f|%5c/i.test(text)) throw invalid(specifier, "has an encoded / or \\", lookup);
  const decoded = rules.kind === "import" ? decodePath(text) : text;
  const full = normalize(decoded.startsWith("/") ? decoded : `${folderOf(lookup.from)}/${decoded}`);
  const folder = packageFolder(`${full}/`);
  const inside = folder === "" ? full : full.slice(folder.length + 1);
  const target = resolvePackageFile(tree.packageIn(folder), inside, rules, namesFolder(decoded));
  if (target === undefined) throw notFound(`there is no file "/${full}"`, tree.hasFolder(full), lookup);
  const found = follow(target, folder, lookup);
  return found.kind === "file" ? { ...found, suffix } : found;
}

function resolveTreeUrl(specifier: string, lookup: Lookup): TreeTarget {
  const { href, protocol, pathname, search, hash } = new URL(specifier);
  const { rules } = lookup;
  if (protocol === "node:") {
    const name = specifier.slice("node:".length);
    if (isPrefixedBuiltin(name) || rules.kind === "import") return { kind: "builtin", name };
    const details = { ...lookup.details, nodeCode: "MODULE_NOT_FOUND" };
    throw new LoaderError("ERR_UNKNOWN_BUILTIN_MODULE", `"${specifier}" is no module of Node`, details);
  }
  if (rules.kind === "require") throw notFound(`"${specifier}" is a URL, which require does not load`, false, lookup);
  return protocol === "file:" ? resolvePath(pathname + search + hash, lookup) : { kind: "url", url: href };
}

function resolveBare(specifier: string, lookup: Lookup): TreeTarget {
  const { name, subpath } = splitName(specifier, lookup);
  const self = ownScope(lookup);
  if (self.manifest?.["name"] === name && hasExports(self.manifest["exports"]))
    return resolveEntry(self.folder, subpath, lookup);
  let failure: LoaderError | undefined;
  for (const folder of candidates(name, lookup)) {
    try {
      return resolveEntry(folder, subpath, lookup);
    } catch (error) {
      const isMissing = error instanceof LoaderError && error.code === "ERR_MODULE_NOT_FOUND";
      if (!isMissing || !looksFurther(folder, subpath, lookup)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  if (lookup.language !== undefined) throw packageNotFound(name, lookup.details);
  throw notFound(`no package "${name}" is in node_modules or the workspace`, false, lookup);
}

/**
 * Whether a package that lacks a file is passed over for one of its name further out: `require` does that, unless `exports` or
 * `main` said where the file is.
 */
function looksFurther(folder: string, subpath: string, { tree, rules, language }: Lookup): boolean {
  if (rules.kind === "import" || !rules.probes || language !== undefined) return false;
  const { manifests } = tree.packageIn(folder);
  const main = manifests[normalize(subpath)]?.["main"];
  return !hasExports(manifests[""]?.["exports"]) && (typeof main !== "string" || main === "");
}

/** PACKAGE_RESOLVE's reading of a name: what is before the first `/`, or the second after an `@`. */
function splitName(specifier: string, lookup: Lookup): { name: string; subpath: string } {
  const first = specifier.indexOf("/");
  const slash = specifier.startsWith("@") && first !== -1 ? specifier.indexOf("/", first + 1) : first;
  const name = slash === -1 ? specifier : specifier.slice(0, slash);
  const noScope = specifier.startsWith("@") && first === -1;
  if (noScope || specifier === "" || /^\.|%|\\/.test(name)) throw invalid(specifier, "is not a package name", lookup);
  return { name, subpath: `.${slash === -1 ? "" : specifier.slice(slash)}` };
}

/** The nearest package.json above the importing file: whose name a package knows itself by. */
function ownScope(lookup: Pick<Lookup, "tree" | "from">) {
  const { view, folder, path } = ownPackage(lookup);
  const scope = nearestManifest(path, view.manifests);
  return { manifest: view.manifests[scope], folder: joinPath(folder, scope).replace(/^\/|\/$/g, "") };
}

/** Folders that may be the package of that name: the workspace's own before those in `node_modules`, from the inside out. */
function* candidates(name: string, { tree, from }: Pick<Lookup, "tree" | "from">): Generator<string> {
  const workspace = tree.workspaceFolder(name);
  if (workspace !== undefined) yield workspace;
  for (let at = from; at !== "";) {
    at = folderOf(at);
    const folder = joinPath(at, `node_modules/${name}`);
    if (!/(?:^|\/)node_modules$/.test(at) && tree.hasFolder(folder)) yield folder;
  }
}

/** Whether a name is the package's own that a file of the tree belongs to, or that of one which the file sees in the tree. */
export function isInTree(name: string, from: string, tree: ModuleTree): boolean {
  const lookup = { tree, from: from.replace(/^\//, "") };
  const { manifest } = ownScope(lookup);
  if (manifest?.["name"] === name && hasExports(manifest["exports"])) return true;
  return candidates(name, lookup).next().done !== true;
}

function resolveEntry(folder: string, subpath: string, lookup: Lookup): TreeTarget {
  const { tree, rules, language, details } = lookup;
  const view = tree.packageIn(folder);
  const target =
    language === undefined
      ? resolvePackageEntry(view, subpath, rules, details)
      : resolveLanguageEntry(view, subpath, rules, language, details);
  return follow(target, folder, { ...lookup, from: joinPath(folder, "package.json") });
}

function invalid(specifier: string, why: string, { rules, details }: Lookup): LoaderError {
  const nodeCode =
    rules.kind === "require" ? "MODULE_NOT_FOUND" : specifier === "" ? "ERR_MODULE_NOT_FOUND" : undefined;
  return new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${specifier}" ${why}`, {
    ...details,
    ...(nodeCode !== undefined && { nodeCode }),
  });
}

function notFound(message: string, isFolder: boolean, { rules, details, from }: Lookup): LoaderError {
  return new LoaderError("ERR_MODULE_NOT_FOUND", message, {
    referrer: `/${from}`,
    ...details,
    nodeCode: notFoundCode(isFolder, rules),
  });
}

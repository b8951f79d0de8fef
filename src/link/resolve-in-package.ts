import type { PackageArtifact } from "../artifact/package-artifact.ts";
import { type ErrorCode, isLoaderError, LoaderError } from "../errors.ts";
import { type Lock, lookup } from "../lock/lock.ts";
import { browserRules } from "../resolve/entry-rules.ts";
import { resolveLanguageEntry } from "../resolve/language-entry.ts";
import { dependencyOf } from "../resolve/locked-dependency.ts";
import {
  type PackageTarget,
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
  resolvePackageImport,
} from "../resolve/package-entry.ts";
import { folderOf, namesFolder, normalize } from "../resolve/package-path.ts";
import { isPrefixedBuiltin } from "../specifier/builtin-modules.ts";
import type { PackageSpecifier } from "../specifier/package-specifier.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import { builtinReference } from "./builtin-module.ts";
import type { LinkContext, ResolveRequest } from "./link-context.ts";
import type { ModuleReference } from "./module-graph.ts";
import { emptyReference, fileReference, viewOf } from "./module-references.ts";
import { resolveUrl } from "./resolve-url.ts";
import { unsupportedSource } from "./unsupported-source.ts";

/**
 * What a package means by a specifier: by its own manifest, and the edges that the lockfile gives it.
 * @param remapped whether the specifier is what the package's `browser` field has made of another, and is not looked up again
 * @throws LoaderError of the stages specifier, resolve, fetch and verify
 */
export async function resolveInPackage(
  request: ResolveRequest,
  key: string,
  context: LinkContext,
  remapped = false,
): Promise<ModuleReference> {
  const { referrer, specifier: text } = request;
  const view = viewOf(key, await context.sources.artifact(key, request.details.referrer ?? ""));
  const rules = browserRules(request.kind, context.mode, context.conditions);
  const isMapped = remapped || text.startsWith(".");
  const replaced = isMapped ? undefined : resolveBrowserBare(view, referrer.path, text, rules);
  if (replaced !== undefined) return followTarget(replaced, view, request, context, true);
  const specifier = parseSpecifier(text, { ...request.details, package: key });
  switch (specifier.kind) {
    case "relative":
      return relativeInPackage(specifier.path, view, request, context);
    case "imports": {
      const target = resolvePackageImport(view, referrer.path, specifier.name, rules, request.details);
      return followTarget(target, view, request, context, remapped);
    }
    case "builtin":
      if (specifier.explicit) return importedBuiltin(specifier.name, key, request, context);
      return builtinOrPackage(specifier.name, view, request, context);
    case "package":
      return dependency(specifier.package, view, request, context);
    case "url":
      return resolveUrl(specifier, request, context);
    case "native":
      return context.nativeModules.reference(specifier.name, referrer, request.details);
    default:
      throw unsupportedSource(specifier.kind, { ...request.details, package: key });
  }
}

async function relativeInPackage(
  path: string,
  view: PackageView,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  const file = normalize(`${folderOf(request.referrer.path)}/${path}`);
  const rules = browserRules(request.kind, context.mode, context.conditions);
  const target = path.startsWith("/") ? undefined : resolvePackageFile(view, file, rules, namesFolder(path));
  if (target !== undefined) return followTarget(target, view, request, context);
  throw new LoaderError(
    "ERR_MODULE_NOT_FOUND",
    `"${view.key}" has no file "${path}" beside "${request.referrer.path}"`,
    {
      ...request.details,
      package: view.key,
    },
  );
}

async function followTarget(
  target: PackageTarget,
  view: PackageView,
  request: ResolveRequest,
  context: LinkContext,
  remapped = true,
): Promise<ModuleReference> {
  if (target.kind === "empty") return emptyReference(context);
  if (target.kind === "file") {
    if (view.hasFile(target.path)) return fileReference(view.key, target.path, context);
    throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${view.key}" has no file "${target.path}"`, {
      ...request.details,
      package: view.key,
    });
  }
  return resolveInPackage(
    { ...request, specifier: target.specifier, referrer: { ...request.referrer, path: "package.json" } },
    view.key,
    context,
    remapped,
  );
}

/**
 * `events`, `buffer`, `process`: the package of that name where the package depends on it, else Node's own. Names that
 * Node took over, as `fs` and `crypto`, are published without code: they mean Node's.
 */
async function builtinOrPackage(
  name: string,
  view: PackageView,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  const [root = name] = name.split("/", 1);
  const key = context.nativeBuiltins.has(name) ? undefined : dependencyOf(context.sources.lockfile(), view.key, root);
  if (key === undefined) return importedBuiltin(name, view.key, request, context);
  try {
    return await packageReference(key, name === root ? "." : `.${name.slice(root.length)}`, request, context);
  } catch (error) {
    if (!isLoaderError(error) || error.stage !== "resolve") throw error;
    return importedBuiltin(name, view.key, request, context);
  }
}

/** The module of Node that a module names. */
export function importedBuiltin(
  name: string,
  importer: string,
  request: ResolveRequest,
  context: LinkContext,
): ModuleReference {
  if (isPrefixedBuiltin(name) || context.nativeBuiltins.has(name)) return builtinReference(name, importer, context);
  const runtime = name.startsWith("cloudflare:") ? "this runtime" : "Node";
  throw new LoaderError("ERR_UNKNOWN_BUILTIN_MODULE", `"${request.specifier}" is no module of ${runtime}`, {
    ...request.details,
    specifier: request.specifier,
  });
}

async function dependency(
  wanted: PackageSpecifier,
  view: PackageView,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  if (wanted.name === view.name && view.manifests[""]?.["exports"] !== undefined) {
    return packageReference(view.key, wanted.subpath, request, context);
  }
  const lockfile = context.sources.lockfile();
  const key = dependencyOf(lockfile, view.key, wanted.name) ?? hoisted(wanted.name, lockfile.packages);
  if (key === undefined) {
    throw new LoaderError(
      context.language === undefined ? "ERR_MODULE_NOT_FOUND" : "PKG-001",
      `"${view.key}" imports "${wanted.name}", which is not among its dependencies`,
      {
        ...request.details,
        package: view.key,
        hint: `import "${wanted.name}" in the project, and it is shared`,
      },
    );
  }
  return packageReference(key, wanted.subpath, request, context);
}

/** A package that nobody declared is found where npm's flat folder would have it: the first of that name. */
function hoisted(name: string, packages: Lock["packages"]): string | undefined {
  return Object.keys(packages)
    .toSorted()
    .find((key) => packages[key]?.name === name);
}

/**
 * The module that a subpath of a locked package means.
 * @throws LoaderError ERR_PACKAGE_NOT_BUILT where a repository does not have the file, and as `resolveInPackage`
 */
export async function packageReference(
  key: string,
  subpath: string,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  try {
    return await entryReference(key, subpath, request, context);
  } catch (error) {
    const isMissing = isLoaderError(error) && MISSING.includes(error.code);
    if (!isMissing || lookup(context.sources.lockfile().packages, key)?.source.kind !== "git") throw error;
    const message = `${error.message}: its repository does not have what it is built into`;
    const hint =
      "scripts that build a package are not run: ask for a version of it that is published, or for a commit that has what they make";
    throw new LoaderError("ERR_PACKAGE_NOT_BUILT", message, { ...error.details, hint }, error);
  }
}

/** What a package says that is not built. */
const MISSING: readonly ErrorCode[] = ["ERR_MODULE_NOT_FOUND", "ERR_NO_BROWSER_ENTRY"];

async function entryReference(
  key: string,
  subpath: string,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  const artifact = await context.sources.artifact(key, request.details.referrer ?? "");
  const view = viewOf(key, artifact);
  const rules = browserRules(request.kind, context.mode, context.conditions);
  const { language } = context;
  if (language === undefined)
    return followTarget(resolvePackageEntry(view, subpath, rules, request.details), view, request, context);
  const target = resolveLanguageEntry(await wholeView(view, artifact), subpath, rules, language, request.details);
  return followTarget(target, view, request, context);
}

/** With the fields of its package.json that compiled packages do not keep. */
async function wholeView(view: PackageView, artifact: PackageArtifact): Promise<PackageView> {
  const file = artifact.index.files.get("package.json");
  if (file === undefined) return view;
  const manifest = JSON.parse(new TextDecoder().decode(await artifact.bytes(file))) as PackageView["manifests"][string];
  return { ...view, manifests: { ...view.manifests, "": manifest } };
}

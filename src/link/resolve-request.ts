import { LoaderError, type ErrorDetails } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import { importMode, type KnownMode } from "../resolve/import-mode.ts";
import { declaredPackage, requestedPackage } from "../resolve/locked-dependency.ts";
import { requestKey } from "../resolve/package-request.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";
import { builtinReference } from "./builtin-module.ts";
import type { LinkContext, ResolveRequest } from "./link-context.ts";
import type { ModuleOwner, ModuleReference } from "./module-graph.ts";
import { projectReference } from "./module-references.ts";
import { resolveProjectFile } from "./project-files.ts";
import { readSpecifier } from "./read-specifier.ts";
import { importedBuiltin, packageReference, resolveInPackage } from "./resolve-in-package.ts";
import { besideUrl, resolveUrl } from "./resolve-url.ts";
import { wantedPackage } from "./wanted-package.ts";
import { unsupportedSource } from "./unsupported-source.ts";

/**
 * The module that a specifier means in the module that has it.
 * @throws LoaderError of the stages specifier, resolve, fetch and verify
 */
export async function resolveRequest(request: ResolveRequest, context: LinkContext): Promise<ModuleReference> {
  const { referrer } = request;
  if (referrer.owner.kind === "builtin") return resolveInBuiltin(request, referrer.owner, context);
  if (referrer.owner.kind === "package" && context.importMap === undefined)
    return resolveInPackage(request, referrer.owner.key, context);
  const { specifier, mappedBy, lockedAs } = await readSpecifier(request, context);
  if (referrer.owner.kind === "package" && mappedBy === undefined)
    return resolveInPackage(request, referrer.owner.key, context);
  if (specifier.kind === "url" && wantedPackage(specifier) === undefined)
    return resolveUrl(specifier, request, context, {
      lockedAs,
      mode: modeOf(request.specifier, "url", request, context),
    });
  if (specifier.kind === "relative" && referrer.owner.kind === "url" && mappedBy === undefined) {
    const url = besideUrl(specifier.path, request);
    return resolveUrl({ url }, request, context, { mode: modeOf(url, "url", request, context) });
  }
  modeOf(request.specifier, specifier.kind, request, context);
  if (specifier.kind !== "relative") return resolveAnywhere(specifier, request, context);
  const from = mappedBy === undefined ? referrer.path : "/";
  return projectReference(resolveProjectFile(specifier.path, from, context.sources.files, request.details), context);
}

/** Also where it changes nothing it has to fit. */
function modeOf(
  specifier: string,
  kind: Specifier["kind"],
  { mode, details }: ResolveRequest,
  { importModes }: LinkContext,
): KnownMode {
  return importMode(specifier, kind, mode, importModes, details);
}

/** Specifiers that mean the same wherever they stand in a project. */
async function resolveAnywhere(
  specifier: Specifier,
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  const wanted = wantedPackage(specifier);
  if (wanted !== undefined) {
    const { name, range, subpath } = wanted;
    const id = requestedPackage(context.sources.lockfile(), projectPath(request), { name, range });
    if (id === undefined) throw notLocked(requestKey({ name, range }), request.details);
    return packageReference(id, subpath, request, context);
  }
  if (specifier.kind === "builtin") return builtinOrDeclared(specifier, request, context);
  if (specifier.kind === "native")
    return context.nativeModules.reference(specifier.name, request.referrer, request.details);
  if (specifier.kind !== "imports") throw unsupportedSource(specifier.kind, request.details);
  throw new LoaderError(
    "ERR_PACKAGE_IMPORT_NOT_DEFINED",
    `"${request.specifier}" is not defined: the project has no imports of that kind`,
    request.details,
  );
}

/** `buffer`: the package of that name where a manifest of the project asks for it, else Node's own. */
async function builtinOrDeclared(
  { name, explicit }: Specifier & { kind: "builtin" },
  request: ResolveRequest,
  context: LinkContext,
): Promise<ModuleReference> {
  const isNative = explicit || context.nativeBuiltins.has(name);
  const id = isNative ? undefined : declaredPackage(context.sources.lockfile(), projectPath(request), name);
  return id === undefined
    ? importedBuiltin(name, "project", request, context)
    : packageReference(id, ".", request, context);
}

/** Where a request stands in the project; modules from elsewhere stand at its root. */
function projectPath({ referrer }: Pick<ResolveRequest, "referrer">): string {
  return referrer.owner.kind === "project" ? referrer.path : "/";
}

/** What a module of Node is made of: others, and the package that the lockfile has for it. */
async function resolveInBuiltin(
  request: ResolveRequest,
  { name, importer }: ModuleOwner & { kind: "builtin" },
  context: LinkContext,
): Promise<ModuleReference> {
  if (request.specifier.startsWith("node:"))
    return builtinReference(request.specifier.slice("node:".length), importer ?? "project", context);
  const locked = lookup(context.sources.lockfile().builtins, name);
  if (locked === undefined) throw notLocked(request.specifier, request.details);
  return packageReference(locked.package, locked.subpath, request, context);
}

function notLocked(request: string, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_LOCKFILE_STALE", `"${request}" is not in the lockfile`, {
    ...details,
    specifier: request,
    hint: "load the program again without the lockfile, or without frozen",
  });
}

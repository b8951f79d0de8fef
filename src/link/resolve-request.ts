import type { PackageArtifact } from "../artifact/package-artifact.ts";
import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import { type Lock, lookup } from "../lock/lock.ts";
import { browserRules, type ImportKind } from "../resolve/entry-rules.ts";
import type { ImportMap } from "../resolve/import-map.ts";
import { importMode, type KnownMode } from "../resolve/import-mode.ts";
import { type LanguageRules, resolveLanguageEntry } from "../resolve/language-entry.ts";
import type { ModuleTree } from "../resolve/module-tree.ts";
import {
  type PackageTarget,
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
  resolvePackageImport,
} from "../resolve/package-entry.ts";
import { declaredPackage, dependencyOf, requestedPackage } from "../resolve/locked-dependency.ts";
import { folderOf, isWithin, namesFolder, normalize } from "../resolve/package-path.ts";
import { packageNameOf, type PeerRequest, type PolyfillRequest, requestKey } from "../resolve/package-request.ts";
import type { PlugIns } from "../resolve/resolvers/plug-ins.ts";
import { isPrefixedBuiltin } from "../specifier/builtin-modules.ts";
import type { PackageSpecifier } from "../specifier/package-specifier.ts";
import { decodePath } from "../specifier/decode-path.ts";
import { parseSpecifier, type Specifier } from "../specifier/parse-specifier.ts";
import type { UrlSpecifier } from "../specifier/url-specifier.ts";
import type { PartialLink } from "./partial/partial-link.ts";
import { resolveProjectFile } from "./project-files.ts";
import { builtinReference } from "./builtin-module.ts";
import type { GraphModule, ModuleOwner, ModuleReference } from "./module-graph.ts";
import type { OwnModules } from "./own-modules.ts";
import { readSpecifier } from "./read-specifier.ts";
import { packageUrl, readPackageAddress } from "./package-address.ts";

/** A module that was fetched by URL. */
export interface UrlSource {
  /** After redirects. */
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** How a module by URL is asked for. */
export interface WantedUrl {
  /** SRI that the specifier asks for. */
  readonly integrity?: string | undefined;
  /** Its key in the lockfile. Default: the URL. */
  readonly lockedAs?: string;
  /** Default: `static`. */
  readonly mode?: KnownMode;
}

/** Where modules come from. Everything it gives has been verified. */
export interface ModuleSources {
  /** Absolute path → text. */
  readonly files: ReadonlyMap<string, string>;
  lockfile(): Lock;
  artifact(key: string, referrer: string): Promise<PackageArtifact>;
  /** The same where it has been loaded. */
  artifactNow(key: string): PackageArtifact | undefined;
  url(url: string, referrer: string, wanted?: WantedUrl): Promise<UrlSource>;
  /** What an earlier load has kept of the packages' modules. */
  partial(): PartialLink | undefined;
  /** Adds packages to the lockfile that others turn out to need. */
  lockPeers(peers: readonly PeerRequest[]): Promise<void>;
  /** Adds packages to the lockfile that stand in for modules of Node. */
  lockPolyfills(polyfills: readonly PolyfillRequest[]): Promise<void>;
}

/** The rest that resolution depends on. */
export interface LinkContext {
  readonly sources: ModuleSources;
  /** What was compiled on the way: its files are come by more than once. */
  readonly ownModules: OwnModules;
  /** The project's files with its workspaces and `node_modules`. */
  readonly tree: ModuleTree;
  readonly importMap: ImportMap | undefined;
  readonly plugIns: PlugIns;
  /** Modes of imports that state none, by the beginning of their specifiers. */
  readonly importModes: Readonly<Record<string, string>>;
  /** A language whose packages name their entries in a field of their own. */
  readonly language: LanguageRules | undefined;
  /** Prefix of module URLs, ends with `/`. */
  readonly base: string;
  /** `production` or `development`. */
  readonly mode: string;
  /** Conditions of `exports` and `imports` that hold beside those of browsers. */
  readonly conditions: Iterable<string>;
  /** Names of the modules of Node that the realm has itself. */
  readonly nativeBuiltins: ReadonlySet<string>;
}

/** Path of the project's files below `base`. */
export const PROJECT_FOLDER = "project";

/** What is asked for, and by whom. */
export interface ResolveRequest {
  readonly specifier: string;
  readonly kind: ImportKind;
  /** What its `mode` attribute says. */
  readonly mode?: string | undefined;
  readonly referrer: Pick<GraphModule, "url" | "owner" | "path">;
  readonly details: ErrorDetails;
}

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
  if (specifier.kind === "url")
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
  if (specifier.kind === "package") {
    const { name, range, subpath } = specifier.package;
    const id = requestedPackage(context.sources.lockfile(), projectPath(request), { name, range });
    if (id === undefined) throw notLocked(requestKey({ name, range }), request.details);
    return packageReference(id, subpath, request, context);
  }
  if (specifier.kind === "builtin") return builtinOrDeclared(specifier, request, context);
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

/** A module without a folder, as a `data:` URL is, has nothing beside it. */
function besideUrl(path: string, { referrer, details }: ResolveRequest): string {
  const url = URL.parse(path, referrer.url);
  if (url !== null) return url.href;
  const message = `"${path}" is not a path beside "${referrer.url}"`;
  throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", message, { ...details, specifier: path });
}

async function resolveUrl(
  { url, integrity }: Pick<UrlSpecifier, "url" | "integrity">,
  request: ResolveRequest,
  context: LinkContext,
  { lockedAs = url, mode }: { readonly lockedAs?: string | undefined; readonly mode?: KnownMode } = {},
): Promise<ModuleReference> {
  if (url.startsWith(context.base)) return resolveOwn(url, request, context);
  if (url.startsWith("data:")) return { url, owner: { kind: "url" }, path: url };
  const expected = integrity ?? context.importMap?.integrity.get(url);
  const wanted = { integrity: expected, lockedAs, ...(mode !== undefined && { mode }) };
  const source = await context.sources.url(url, request.details.referrer ?? "", wanted);
  return { url: source.url, owner: { kind: "url" }, path: new URL(source.url).pathname };
}

/** An address of the program itself: `import.meta.url`, `import.meta.resolve()` and `new URL()` give such. */
async function resolveOwn(
  url: string,
  { details }: Pick<ResolveRequest, "details">,
  context: LinkContext,
): Promise<ModuleReference> {
  const address = url.slice(context.base.length).replace(/[?#].*$/, "");
  const path = decodePath(address);
  if (path.startsWith(`${PROJECT_FOLDER}/`)) {
    const file = path.slice(PROJECT_FOLDER.length);
    return projectReference(resolveProjectFile(file, "/", context.sources.files, details), context);
  }
  if (path === EMPTY) return emptyReference(context);
  const { id: key, path: written } = readPackageAddress(address);
  const file = decodePath(written);
  const isLocked = lookup(context.sources.lockfile().packages, key) !== undefined;
  if (isLocked && viewOf(key, await context.sources.artifact(key, details.referrer ?? "")).hasFile(file))
    return fileReference(key, file, context);
  const message = `"${path}" is not part of the program`;
  throw new LoaderError("ERR_MODULE_NOT_FOUND", message, { ...details, specifier: url });
}

/** Path of the module that `"browser": { "x": false }` stands for. */
const EMPTY = "empty";

function emptyReference({ base }: LinkContext): ModuleReference {
  return { url: base + EMPTY, owner: { kind: "empty" }, path: EMPTY };
}

/** The reference of a project file. */
export function projectReference(path: string, context: Pick<LinkContext, "base">): ModuleReference {
  return { url: `${context.base}${PROJECT_FOLDER}${path}`, owner: { kind: "project" }, path };
}

/** `remapped`: the specifier is what the package's `browser` field has made of another, and is not looked up again. */
async function resolveInPackage(
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
function importedBuiltin(
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

async function packageReference(
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

/** The reference of a file of a package. */
export function fileReference(key: string, path: string, context: Pick<LinkContext, "base">): ModuleReference {
  return { url: packageUrl(context.base, key, path), owner: { kind: "package", key }, path };
}

/** What resolution sees of a loaded package. */
export function viewOf(key: string, { index }: PackageArtifact): PackageView {
  return {
    key,
    name: packageNameOf(key),
    manifests: index.manifests,
    hasFile: (path) => index.files.has(path),
    hasFolder: (folder) => [...index.files.keys()].some((path) => isWithin(path, folder)),
  };
}

/** Specifiers of other kinds are understood, so that errors can say what they are. */
function unsupportedSource(kind: Specifier["kind"], details: ErrorDetails): LoaderError {
  const specifier = details.specifier ?? "";
  if (kind === "file") {
    const hint = "a file of the project is imported by a path that starts with ./ or /";
    const message = `"file:" URLs cannot be imported: "${specifier}"`;
    return new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, { ...details, hint });
  }
  const what = UNSUPPORTED[kind] ?? kind;
  return new LoaderError("ERR_SOURCE_UNSUPPORTED", `"${specifier}" is ${what}, which cannot be loaded`, details);
}

const UNSUPPORTED: Partial<Record<Specifier["kind"], string>> = {
  native: "a native module",
  workspace: "a package of a workspace",
  git: "a git repository",
  dependency: "a package from elsewhere than the registry",
};

function notLocked(request: string, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_LOCKFILE_STALE", `"${request}" is not in the lockfile`, {
    ...details,
    specifier: request,
    hint: "load the program again without the lockfile, or without frozen",
  });
}

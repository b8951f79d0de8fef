import type { PackageManifest } from "../compile/compiled-package.ts";
import { nearestManifest } from "../compile/read-manifests.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { decodePath } from "../specifier/decode-path.ts";
import { type BrowserMap, browserMapOf, type BrowserValue, mappedBare, mappedFile } from "./browser-field.ts";
import { type EntryRules, readsBrowserField } from "./entry-rules.ts";
import { hasExports, resolveExports, resolveImports } from "./package-exports.ts";
import { folderOf, joinPath, namesFolder, normalize } from "./package-path.ts";

/** What resolution sees of a package. */
export interface PackageView {
  /** `name@version`. */
  readonly key: string;
  readonly name: string;
  /** Folder → package.json. */
  readonly manifests: Readonly<Record<string, PackageManifest>>;
  hasFile(path: string): boolean;
  /** Whether files are below that path; asked only to say what is wrong. */
  hasFolder(path: string): boolean;
}

/** Where something inside a package leads. */
export type PackageTarget =
  | { readonly kind: "file"; readonly path: string }
  /** `"browser": { "x": false }` */
  | { readonly kind: "empty" }
  /** `"browser": { "x": "y" }` with another package, or an entry of `imports`. */
  | { readonly kind: "specifier"; readonly specifier: string };

/** Undefined where nothing is there. */
type TargetOrNone = PackageTarget | undefined;

/**
 * The file that `subpath` (`.` or `./x`) of a package means: by `exports` where it has them, else by the fields that name
 * an entry, and probing, as far as the rules go. `details.nodeCode` of an error is the code that Node gives, where that is
 * another one.
 * @throws LoaderError ERR_PACKAGE_PATH_NOT_EXPORTED, ERR_NO_BROWSER_ENTRY, ERR_MODULE_NOT_FOUND and what resolveExports throws
 */
export function resolvePackageEntry(
  view: PackageView,
  subpath: string,
  rules: EntryRules,
  details: ErrorDetails,
): PackageTarget {
  const exports = view.manifests[""]?.["exports"];
  if (hasExports(exports)) return exportedFile(view, exports, subpath, rules, details);
  if (subpath === ".") {
    const entry = folderEntry(view, "", rules);
    if (entry === undefined) throw noEntry(view, rules, details);
    return entry;
  }
  const path = subpathFile(view, subpath, rules, details);
  const target = fileInside(view, path, "", rules, namesFolder(subpath));
  if (target === undefined) throw notFound(view, path, rules, details);
  return target;
}

/** Node's `import` reads a subpath as a URL, its `require` as a path. */
function subpathFile(view: PackageView, subpath: string, rules: EntryRules, details: ErrorDetails): string {
  const literal = normalize(subpath);
  if (rules.kind === "require" || !/[%?#]/.test(subpath) || view.hasFile(literal)) return literal;
  const path = subpath.replace(/[?#].*$/, "");
  if (!/%2f|%5c/i.test(path)) return normalize(decodePath(path));
  throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${path}" has an encoded / or \\`, {
    ...details,
    package: view.key,
  });
}

function exportedFile(
  view: PackageView,
  exports: unknown,
  subpath: string,
  rules: EntryRules,
  details: ErrorDetails,
): PackageTarget {
  const context = { package: view.key, conditions: rules.conditions, mapsFolders: rules.mapsFolders, details };
  let path: string;
  try {
    path = normalize(resolveExports(exports, subpath, context));
  } catch (error) {
    const hidden = error instanceof LoaderError && error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    throw hidden && subpath === "." ? noEntry(view, rules, details, error) : error;
  }
  if (!view.hasFile(path)) throw notFound(view, path, rules, details);
  return remappedFile(view, path, folderOf(path), rules) ?? { kind: "file", path };
}

/** A relative import inside a package; `isFolder` where it was written so that it names one. Undefined where nothing is there. */
export function resolvePackageFile(view: PackageView, path: string, rules: EntryRules, isFolder = false): TargetOrNone {
  return fileInside(view, path, folderOf(path), rules, isFolder);
}

/** `mapFolder`: whose `browser` map holds; from outside that is the package's own, from inside the nearest. */
function fileInside(
  view: PackageView,
  path: string,
  mapFolder: string,
  rules: EntryRules,
  isFolder: boolean,
): TargetOrNone {
  const remapped = remappedFile(view, path, mapFolder, rules);
  if (remapped !== undefined) return remapped;
  if (rules.probes) return isFolder ? folderEntry(view, path, rules) : fileOrFolder(view, path, rules);
  return view.hasFile(path) ? { kind: "file", path } : undefined;
}

/**
 * What `#name` means in the file `fromPath`: the nearest package.json above it says, even where it has no `imports`.
 * @throws LoaderError ERR_MODULE_NOT_FOUND and what resolveImports throws
 */
export function resolvePackageImport(
  view: PackageView,
  fromPath: string,
  name: string,
  rules: EntryRules,
  details: ErrorDetails,
): PackageTarget {
  const folder = nearestManifest(fromPath, view.manifests);
  const imports = view.manifests[folder]?.["imports"];
  // Without imports, `#name` is to require() a package's name like any other.
  const isName = rules.kind === "require" && (imports === undefined || imports === null);
  const about = isName ? { ...details, nodeCode: "MODULE_NOT_FOUND" } : details;
  const target = resolveImports(imports, name, {
    package: view.key,
    conditions: rules.conditions,
    mapsFolders: rules.mapsFolders,
    details: about,
  });
  if ("specifier" in target)
    return { kind: "specifier", specifier: packageOf(target.specifier, name, view, rules, details) };
  const path = normalize(joinPath(folder, target.path));
  if (!view.hasFile(path)) throw notFound(view, path, rules, details);
  return { kind: "file", path };
}

/** An entry of imports leads to a package, not to another entry or a path: `#x` is to Node a name that nothing has. */
function packageOf(
  specifier: string,
  name: string,
  view: PackageView,
  rules: EntryRules,
  details: ErrorDetails,
): string {
  if (!/^[.#]/.test(specifier)) return specifier;
  const [code, nodeCode] = specifier.startsWith("#")
    ? (["ERR_MODULE_NOT_FOUND", notFoundCode(false, rules)] as const)
    : (["ERR_INVALID_MODULE_SPECIFIER", "ERR_INVALID_MODULE_SPECIFIER"] as const);
  const message = `"${name}" of "${view.key}" leads to "${specifier}", which is no package`;
  throw new LoaderError(code, message, { ...details, package: view.key, nodeCode });
}

/** What the package's `browser` field says of a bare specifier in the file `fromPath`, if anything. */
export function resolveBrowserBare(
  view: PackageView,
  fromPath: string,
  specifier: string,
  rules: EntryRules,
): TargetOrNone {
  const folder = folderOf(fromPath);
  const map = browserMapOf(view.manifests, folder);
  const value = map === undefined ? undefined : mappedBare(map, folder, specifier);
  return map === undefined || value === undefined ? undefined : mappedTo(view, map, value, rules);
}

/** What the map that holds in `folder` makes of a file; undefined where it leaves it alone, or leads to nothing. */
function remappedFile(view: PackageView, path: string, folder: string, rules: EntryRules): TargetOrNone {
  if (!readsBrowserField(rules)) return undefined;
  const map = browserMapOf(view.manifests, folder);
  const value = map === undefined ? undefined : mappedFile(map, path);
  return map === undefined || value === undefined ? undefined : mappedTo(view, map, value, rules);
}

/** Where the value of a map leads: a path, another package, nothing. */
function mappedTo(view: PackageView, { folder }: BrowserMap, value: BrowserValue, rules: EntryRules): TargetOrNone {
  if (value === false) return { kind: "empty" };
  const path = normalize(joinPath(folder, value));
  if (/^\.{0,2}\//.test(value) || value === "." || value === "..") return fileOrFolder(view, path, rules);
  return view.hasFile(path) ? { kind: "file", path } : { kind: "specifier", specifier: value };
}

/** The file of that path, with an ending added where it has none, or what the folder of that path stands for. */
function fileOrFolder(view: PackageView, path: string, rules: EntryRules): TargetOrNone {
  const file = path === "" ? undefined : probeFile(view, path, rules);
  return file === undefined ? folderEntry(view, path, rules) : { kind: "file", path: file };
}

/** What the fields of the package.json in `folder` name, then its index file. */
function folderEntry(view: PackageView, folder: string, rules: EntryRules): TargetOrNone {
  for (const field of rules.fields) {
    const value = view.manifests[folder]?.[field];
    const target =
      typeof value === "string" && value !== ""
        ? mainEntry(view, folder, value, rules)
        : // CommonJS without `main` is the index file, before a field for others is looked at.
          field === "main" && rules.kind === "require"
          ? indexEntry(view, folder, rules)
          : undefined;
    if (target !== undefined) return target;
  }
  return indexEntry(view, folder, rules);
}

/** What a field that names an entry leads to: a file, or the index file of a folder, through the `browser` map. */
function mainEntry(view: PackageView, folder: string, value: string, rules: EntryRules): TargetOrNone {
  const path = normalize(joinPath(folder, value));
  const remapped = remappedFile(view, path, folder, rules);
  if (remapped !== undefined) return remapped;
  const file = path === "" ? undefined : probeFile(view, path, rules);
  return file === undefined ? indexEntry(view, path, rules) : { kind: "file", path: file };
}

function indexEntry(view: PackageView, folder: string, rules: EntryRules): TargetOrNone {
  const index = joinPath(folder, "index");
  const remapped = remappedFile(view, index, folder, rules);
  if (remapped !== undefined) return remapped;
  const extension = rules.extensions.find((candidate) => view.hasFile(index + candidate));
  return extension === undefined ? undefined : { kind: "file", path: index + extension };
}

function probeFile(view: PackageView, path: string, rules: EntryRules): string | undefined {
  if (view.hasFile(path)) return path;
  const extension = rules.extensions.find((candidate) => view.hasFile(path + candidate));
  return extension === undefined ? undefined : path + extension;
}

function notFound(view: PackageView, path: string, rules: EntryRules, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_MODULE_NOT_FOUND", `"${view.key}" has no file "${path}"`, {
    ...details,
    package: view.key,
    nodeCode: notFoundCode(rules.kind === "import" && view.hasFolder(path), rules),
  });
}

/** Node's code for a file that is not there. */
export function notFoundCode(isFolder: boolean, rules: EntryRules): string {
  if (rules.kind === "require") return "MODULE_NOT_FOUND";
  return isFolder ? "ERR_UNSUPPORTED_DIR_IMPORT" : "ERR_MODULE_NOT_FOUND";
}

function noEntry(view: PackageView, rules: EntryRules, details: ErrorDetails, cause?: LoaderError): LoaderError {
  const nodeCode = cause?.code ?? notFoundCode(false, rules);
  if (!readsBrowserField(rules)) {
    const message = `"${view.key}" has no entry: neither main nor index.js`;
    return cause ?? new LoaderError("ERR_MODULE_NOT_FOUND", message, { ...details, package: view.key, nodeCode });
  }
  const typesOnly =
    view.name.startsWith("@types/") || !["", "src/", "dist/"].some((folder) => view.hasFile(`${folder}index.js`));
  return new LoaderError(
    "ERR_NO_BROWSER_ENTRY",
    `"${view.key}" has no entry for browsers`,
    {
      ...details,
      package: view.key,
      nodeCode,
      hint: typesOnly
        ? "it holds types, a command or code for Node; import one of its files by path if there is one for browsers"
        : "import one of its files by path if there is one for browsers",
    },
    cause,
  );
}

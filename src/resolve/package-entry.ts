import { nearestManifest, type PackageManifest } from "../compile/compile-package.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { resolveExports } from "./package-exports.ts";

/** How a module is asked for: decides between `import` and `require` conditions. */
export type ImportKind = "import" | "require";

/** What resolution sees of a package. */
export interface PackageView {
  /** `name@version`. */
  readonly key: string;
  readonly name: string;
  /** Folder → package.json. */
  readonly manifests: Readonly<Record<string, PackageManifest>>;
  hasFile(path: string): boolean;
}

/** Where something inside a package leads. */
export type PackageTarget =
  | { readonly kind: "file"; readonly path: string }
  /** `"browser": { "x": false }` */
  | { readonly kind: "empty" }
  /** `"browser": { "x": "y" }` with another package, or an entry of `imports`. */
  | { readonly kind: "specifier"; readonly specifier: string };

const EXTENSIONS = [".js", ".mjs", ".cjs", ".json", ".ts", ".tsx", ".jsx", ".mts", ".cts"];

/** Conditions in force for a kind of import. Order is the package's, so a set will do. */
export function conditionsFor(kind: ImportKind, mode: string): ReadonlySet<string> {
  return new Set(kind === "import" ? ["import", "module", "browser", mode] : ["require", "browser", mode]);
}

/**
 * The file that `subpath` (`.` or `./x`) of a package means: by `exports` where it has them, else by `browser`,
 * `module`, `main`, and probing.
 * @throws LoaderError ERR_PACKAGE_PATH_NOT_EXPORTED, ERR_NO_BROWSER_ENTRY, ERR_MODULE_NOT_FOUND and what resolveExports throws
 */
export function resolvePackageEntry(
  view: PackageView,
  subpath: string,
  kind: ImportKind,
  mode: string,
  details: ErrorDetails,
): PackageTarget {
  const exports = view.manifests[""]?.["exports"];
  if (exports !== undefined && exports !== null) return exportedFile(view, exports, subpath, kind, mode, details);
  const found = subpath === "." ? legacyEntry(view, "", kind) : probe(view, normalize(subpath), kind);
  if (found === undefined) throw subpath === "." ? noEntry(view, details) : notFound(view, subpath, details);
  return throughBrowserField(view, found);
}

function exportedFile(
  view: PackageView,
  exports: unknown,
  subpath: string,
  kind: ImportKind,
  mode: string,
  details: ErrorDetails,
): PackageTarget {
  const context = { package: view.key, conditions: conditionsFor(kind, mode), details };
  let path: string;
  try {
    path = normalize(resolveExports(exports, subpath, context));
  } catch (error) {
    const hidden = error instanceof LoaderError && error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    throw hidden && subpath === "." ? noEntry(view, details, error) : error;
  }
  if (!view.hasFile(path)) throw notFound(view, `./${path}`, details);
  return throughBrowserField(view, path);
}

/** A relative import inside a package. Undefined where nothing is there. */
export function resolvePackageFile(view: PackageView, path: string, kind: ImportKind): PackageTarget | undefined {
  const mapped = browserEntry(view, path, (relative) => [`./${relative}`]);
  if (mapped !== undefined) return mapped;
  const found = probe(view, path, kind);
  return found === undefined ? undefined : throughBrowserField(view, found);
}

/** What the package's `browser` field says of a bare specifier, if anything. */
export function resolveBrowserBare(view: PackageView, fromPath: string, specifier: string): PackageTarget | undefined {
  return browserEntry(view, fromPath, () => [specifier]);
}

/** Bundlers look every file up, the ones that `exports` leads to as well. */
function throughBrowserField(view: PackageView, path: string): PackageTarget {
  const keys = (relative: string): string[] => [
    `./${relative}`,
    `./${relative.replace(/\.(?:js|json|mjs|cjs)$/, "")}`,
    relative,
  ];
  return browserEntry(view, path, keys) ?? { kind: "file", path };
}

/** The first entry of `keys` in the `browser` map that governs `fromPath`; paths in it start at the map's own folder. */
function browserEntry(
  view: PackageView,
  fromPath: string,
  keys: (relativePath: string) => string[],
): PackageTarget | undefined {
  const scope = browserScope(view, fromPath);
  if (scope === undefined) return undefined;
  const { folder, map } = scope;
  const relative = folder === "" ? fromPath : fromPath.slice(folder.length + 1);
  const key = keys(relative).find((candidate) => Object.hasOwn(map, candidate));
  const value = key === undefined ? undefined : map[key];
  if (value === false) return { kind: "empty" };
  if (typeof value !== "string") return undefined;
  if (!value.startsWith(".")) return value === key ? undefined : { kind: "specifier", specifier: value };
  const path = probe(view, normalize(join(folder, value)), "import");
  return path === undefined ? undefined : { kind: "file", path };
}

/** The nearest `browser` map at or above `path`: a package.json without one (`{"type":"module"}`) does not end the search. */
function browserScope(
  view: PackageView,
  path: string,
): { folder: string; map: Readonly<Record<string, unknown>> } | undefined {
  let folder = nearestManifest(path, view.manifests);
  for (;;) {
    const map = view.manifests[folder]?.["browser"];
    if (typeof map === "object" && map !== null && !Array.isArray(map))
      return { folder, map: map as Record<string, unknown> };
    if (folder === "") return undefined;
    folder = nearestManifest(folder, view.manifests);
  }
}

/** `browser`, `module`, `main` of the package.json in `folder`, then its index file. */
function legacyEntry(view: PackageView, folder: string, kind: ImportKind): string | undefined {
  const manifest = view.manifests[folder];
  const fields = kind === "import" ? ["browser", "module", "main"] : ["browser", "main"];
  for (const field of fields) {
    const value = manifest?.[field];
    if (typeof value !== "string" || value === "") continue;
    const found = probe(view, normalize(join(folder, value)), kind, folder);
    if (found !== undefined) return found;
  }
  return probeFile(view, join(folder, "index"));
}

/** The file itself, with an extension added, or the folder's entry. `not` stops a main that names its own folder. */
function probe(view: PackageView, path: string, kind: ImportKind, not?: string): string | undefined {
  const file = path === "" ? undefined : probeFile(view, path);
  if (file !== undefined) return file;
  if (path === not) return probeFile(view, join(path, "index"));
  return Object.hasOwn(view.manifests, path) ? legacyEntry(view, path, kind) : probeFile(view, join(path, "index"));
}

function probeFile(view: PackageView, path: string): string | undefined {
  if (view.hasFile(path)) return path;
  const extension = EXTENSIONS.find((candidate) => view.hasFile(path + candidate));
  return extension === undefined ? undefined : path + extension;
}

function join(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

/** `a/./b/../c` → `a/c`; what climbs out of the package becomes a path that no package has. */
export function normalize(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return "..";
  }
  return segments.join("/");
}

function notFound(view: PackageView, subpath: string, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_MODULE_NOT_FOUND", `"${view.key}" has no file "${subpath.replace(/^\.\//, "")}"`, {
    ...details,
    package: view.key,
  });
}

function noEntry(view: PackageView, details: ErrorDetails, cause?: unknown): LoaderError {
  const typesOnly =
    view.name.startsWith("@types/") || !["", "src/", "dist/"].some((folder) => view.hasFile(`${folder}index.js`));
  return new LoaderError(
    "ERR_NO_BROWSER_ENTRY",
    `"${view.key}" has no entry for browsers`,
    {
      ...details,
      package: view.key,
      hint: typesOnly
        ? "it holds types, a command or code for Node; import one of its files by path if there is one for browsers"
        : "import one of its files by path if there is one for browsers",
    },
    cause,
  );
}

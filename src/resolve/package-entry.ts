import type { PackageManifest } from "../compile/compiled-package.ts";
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

/** Undefined where nothing is there. */
type TargetOrNone = PackageTarget | undefined;

const EXTENSIONS = [".js", ".json", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts", ".cts"];

/** What may be left out at the end of a path that a `browser` map has. */
const MAP_ENDINGS = ["", "/index"].flatMap((end) =>
  ["", ".js", ".json", ".jsx", ".ts", ".tsx"].map((ext) => end + ext),
);

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
  if (subpath === ".") {
    const entry = folderEntry(view, "", kind);
    if (entry === undefined) throw noEntry(view, details);
    return entry;
  }
  const path = normalize(subpath);
  const found = remappedFile(view, path, browserMap(view, ""), kind) ?? fileOrFolder(view, path, kind);
  if (found === undefined) throw notFound(view, subpath, details);
  return found;
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
  return remappedFile(view, path, browserMap(view, folderOf(path)), kind) ?? { kind: "file", path };
}

/** A relative import inside a package. Undefined where nothing is there. */
export function resolvePackageFile(view: PackageView, path: string, kind: ImportKind): TargetOrNone {
  return remappedFile(view, path, browserMap(view, folderOf(path)), kind) ?? fileOrFolder(view, path, kind);
}

/**
 * What the package's `browser` field says of a bare specifier, if anything. `node:fs` is `fs` to it, and as in Browserify a
 * file beside the importing one can stand for a package: `./util` for `util`.
 */
export function resolveBrowserBare(
  view: PackageView,
  fromPath: string,
  specifier: string,
  kind: ImportKind,
): TargetOrNone {
  const folder = folderOf(fromPath);
  const map = browserMap(view, folder);
  if (map === undefined) return undefined;
  const beside = join(folder.slice(map.folder === "" ? 0 : map.folder.length + 1), specifier);
  const entry =
    mapEntry(map, specifier) ?? mapEntry(map, specifier.replace(/^node:/, "")) ?? mapEntry(map, `./${beside}`, [""]);
  return entry === undefined || entry.value === specifier ? undefined : mappedTo(view, map, entry.value, kind);
}

/** A `browser` map: paths in it start at its folder. */
interface BrowserMap {
  readonly folder: string;
  readonly entries: Readonly<Record<string, unknown>>;
}

/** The nearest map at or above `folder`: a package.json without one (`{"type":"module"}`) does not end the search. */
function browserMap(view: PackageView, folder: string): BrowserMap | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    const entries = view.manifests[at]?.["browser"];
    if (typeof entries === "object" && entries !== null && !Array.isArray(entries))
      return { folder: at, entries: entries as Record<string, unknown> };
    if (at === "") return undefined;
  }
}

/** The entry for a path or a package's name: as it is, with an ending added, as a folder's index. */
function mapEntry(
  { entries }: BrowserMap,
  name: string,
  endings = MAP_ENDINGS,
): { readonly value: string | false } | undefined {
  for (const end of endings) {
    const key = name + end;
    const value = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (typeof value === "string" || value === false) return { value };
  }
  return undefined;
}

/** What a map makes of a file of its package; undefined where it leaves it alone, or leads to nothing. */
function remappedFile(view: PackageView, path: string, map: BrowserMap | undefined, kind: ImportKind): TargetOrNone {
  if (map === undefined || path === map.folder || !isWithin(path, map.folder)) return undefined;
  const relative = map.folder === "" ? path : path.slice(map.folder.length + 1);
  // A key without an ending is meant for the file too, however it is asked for.
  const bare = relative.replace(/\.(?:js|json|mjs|cjs)$/, "");
  const entry =
    mapEntry(map, relative) ?? mapEntry(map, `./${relative}`) ?? mapEntry(map, bare) ?? mapEntry(map, `./${bare}`);
  return entry === undefined ? undefined : mappedTo(view, map, entry.value, kind);
}

/** Where the value of a map leads: a path, another package, nothing. */
function mappedTo(view: PackageView, { folder }: BrowserMap, value: string | false, kind: ImportKind): TargetOrNone {
  if (value === false) return { kind: "empty" };
  const path = normalize(join(folder, value));
  if (/^\.{0,2}\//.test(value) || value === "." || value === "..") return fileOrFolder(view, path, kind);
  return view.hasFile(path) ? { kind: "file", path } : { kind: "specifier", specifier: value };
}

/** The file of that path, with an ending added where it has none, or what the folder of that path stands for. */
function fileOrFolder(view: PackageView, path: string, kind: ImportKind): TargetOrNone {
  const file = path === "" ? undefined : probeFile(view, path);
  return file === undefined ? folderEntry(view, path, kind) : { kind: "file", path: file };
}

/** `browser`, `module`, `main` of the package.json in `folder`, then its index file. */
function folderEntry(view: PackageView, folder: string, kind: ImportKind): TargetOrNone {
  const manifest = view.manifests[folder];
  const entryOf = (field: string): TargetOrNone => {
    const value = manifest?.[field];
    return typeof value === "string" && value !== "" ? mainEntry(view, folder, value, kind) : undefined;
  };
  const index = (): TargetOrNone => indexEntry(view, folder, kind);
  const browser = entryOf("browser");
  if (browser !== undefined) return browser;
  // What is required is CommonJS, if there is any of it.
  const commonjs = (): TargetOrNone => (typeof manifest?.["main"] === "string" ? entryOf("main") : index());
  return kind === "require"
    ? (commonjs() ?? entryOf("module") ?? index())
    : (entryOf("module") ?? entryOf("main") ?? index());
}

/** What a field that names an entry leads to: a file, or the index file of a folder, through the `browser` map. */
function mainEntry(view: PackageView, folder: string, value: string, kind: ImportKind): TargetOrNone {
  const path = normalize(join(folder, value));
  const remapped = remappedFile(view, path, browserMap(view, folder), kind);
  if (remapped !== undefined) return remapped;
  const file = path === "" ? undefined : probeFile(view, path);
  return file === undefined ? indexEntry(view, path, kind) : { kind: "file", path: file };
}

function indexEntry(view: PackageView, folder: string, kind: ImportKind): TargetOrNone {
  const remapped = remappedFile(view, join(folder, "index"), browserMap(view, folder), kind);
  if (remapped !== undefined) return remapped;
  const path = probeFile(view, join(folder, "index"));
  return path === undefined ? undefined : { kind: "file", path };
}

function probeFile(view: PackageView, path: string): string | undefined {
  if (view.hasFile(path)) return path;
  const extension = EXTENSIONS.find((candidate) => view.hasFile(path + candidate));
  return extension === undefined ? undefined : path + extension;
}

function isWithin(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
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

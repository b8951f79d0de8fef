import { isLoaderError, LoaderError } from "../errors.ts";
import { type TextMap, toRecord } from "../lock/lock.ts";
import { browserRules, type EntryRules } from "../resolve/entry-rules.ts";
import { type PackageView, resolvePackageEntry } from "../resolve/package-entry.ts";
import { hasExports, resolveExports } from "../resolve/package-exports.ts";

/** Where a package leads nowhere for a subpath: it has no such entry for browsers. */
const NO_ENTRY = new Set(["ERR_PACKAGE_PATH_NOT_EXPORTED", "ERR_NO_BROWSER_ENTRY", "ERR_MODULE_NOT_FOUND"]);

/** A package to list the entries of. */
export interface PackageFolder {
  /** `name@version`, for errors. */
  readonly key: string;
  readonly name: string;
  /** Its package.json, parsed. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Paths of its files; undefined where nobody knows them, then the manifest is believed. */
  readonly files?: readonly string[];
}

/**
 * What can be imported of a package in a browser: `.` or `./subpath` → file (L20, L35). A folder is one entry, `./lib/*`;
 * other patterns are written out. A package without `exports` gives all its files.
 * @throws LoaderError what resolving its entries throws, save that there is none
 */
export function packageEntries({ key, name, manifest, files }: PackageFolder): TextMap {
  const known = files === undefined ? undefined : new Set(files);
  const view: PackageView = {
    key,
    name,
    manifests: { "": manifest },
    hasFile: (path) => known === undefined || known.has(path),
    hasFolder: (path) => files?.some((file) => file.startsWith(`${path}/`)) === true,
  };
  const rules = browserRules("import", "production");
  const { exports } = manifest;
  if (!hasExports(exports)) {
    return toRecord([...entryOf(view, ".", rules), ["./*", "./*"]]);
  }
  const subpaths = typeof exports === "object" && exports !== null ? Object.keys(exports) : [];
  const dotted = subpaths.filter((subpath) => subpath.startsWith("."));
  const asked = dotted.length === 0 ? ["."] : dotted;
  return toRecord(
    asked.flatMap((subpath) =>
      subpath.includes("*") || subpath.endsWith("/")
        ? patternEntries(view, subpath, rules, files ?? [])
        : entryOf(view, subpath, rules),
    ),
  );
}

function entryOf(view: PackageView, subpath: string, rules: EntryRules): [string, string][] {
  const target = orNone(() => resolvePackageEntry(view, subpath, rules, { package: view.key }));
  return target?.kind === "file" ? [[subpath, `./${target.path}`]] : [];
}

/** The pattern's star stands for itself, so that what comes out is the pattern of the files. */
function patternEntries(
  view: PackageView,
  pattern: string,
  rules: EntryRules,
  files: readonly string[],
): [string, string][] {
  const starred = pattern.endsWith("/") ? `${pattern}*` : pattern;
  const context = { package: view.key, conditions: rules.conditions, mapsFolders: rules.mapsFolders, details: {} };
  const target = orNone(() => resolveExports(view.manifests[""]?.["exports"], starred, context));
  if (target === undefined) return [];
  if (starred.endsWith("/*") && target.endsWith("/*")) return [[starred, target]];
  const [before = "", after = ""] = target.replace(/^\.\//, "").split("*");
  return files
    .filter((file) => file.length >= before.length + after.length && file.startsWith(before) && file.endsWith(after))
    .flatMap((file) => {
      const subpath = starred.replace("*", file.slice(before.length, file.length - after.length));
      return entryOf(view, subpath, rules);
    });
}

function orNone<Value>(resolve: () => Value): Value | undefined {
  try {
    return resolve();
  } catch (error) {
    if (isLoaderError(error) && NO_ENTRY.has(error.code)) return undefined;
    throw error;
  }
}

/** @throws LoaderError ERR_INVALID_PACKAGE_CONFIG for what is not the JSON of an object */
export function parsePackageManifest(text: string, key: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (cause) {
    const message = `The package.json of "${key}" is not JSON`;
    throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", message, { package: key }, cause);
  }
  throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `The package.json of "${key}" is not an object`, {
    package: key,
  });
}

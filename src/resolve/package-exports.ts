import { type ErrorDetails, LoaderError } from "../errors.ts";
import { decodePath } from "../specifier/decode-path.ts";

/**
 * Node's resolution of `exports` and `imports` (Node documentation, "ESM resolution algorithm":
 * PACKAGE_EXPORTS_RESOLVE, PACKAGE_IMPORTS_RESOLVE, PACKAGE_TARGET_RESOLVE). Paths are inside the package and start
 * with `./`.
 */
export interface ExportsContext {
  /** `name@version`, for messages. */
  readonly package: string;
  readonly conditions: ReadonlySet<string>;
  readonly details: ErrorDetails;
  /** Whether keys that end in `/` stand for folders, as bundlers and Node before 17 have it. Default: they mean nothing. */
  readonly mapsFolders?: boolean;
}

/** What an entry of `imports` leads to: a file of the package, or another specifier. */
export type ImportsTarget = { readonly path: string } | { readonly specifier: string };

/** Whether a package has `exports`: Node passes over what is neither a string nor an object, as if nothing were there. */
export function hasExports(exports: unknown): boolean {
  return typeof exports === "string" || (typeof exports === "object" && exports !== null);
}

/**
 * The file that `subpath` (`.` or `./x`) of a package with `exports` means.
 * @throws LoaderError ERR_PACKAGE_PATH_NOT_EXPORTED, ERR_INVALID_PACKAGE_TARGET, ERR_INVALID_PACKAGE_CONFIG,
 * ERR_INVALID_MODULE_SPECIFIER
 */
export function resolveExports(exports: unknown, subpath: string, context: ExportsContext): string {
  const keys = isObject(exports) ? Object.keys(exports) : [];
  const dotted = keys.filter((key) => key.startsWith(".")).length;
  if (dotted > 0 && dotted < keys.length) {
    throw new LoaderError(
      "ERR_INVALID_PACKAGE_CONFIG",
      `The exports of "${context.package}" mix paths and conditions`,
      { ...context.details, package: context.package },
    );
  }
  if (subpath !== "." && !subpath.startsWith("./")) throw notExported(subpath, context);
  const table = isObject(exports) && (dotted > 0 || keys.length === 0) ? exports : { ".": exports };
  const target = resolveKey(table, subpath, context, false);
  if (target !== undefined && target !== null && "path" in target) return target.path;
  throw notExported(subpath, context);
}

/**
 * What `#name` means in a package with `imports`.
 * @throws LoaderError ERR_PACKAGE_IMPORT_NOT_DEFINED, ERR_INVALID_PACKAGE_TARGET, ERR_INVALID_MODULE_SPECIFIER
 */
export function resolveImports(imports: unknown, name: string, context: ExportsContext): ImportsTarget {
  if (name === "#" || (name.endsWith("/") && context.mapsFolders !== true)) {
    throw new LoaderError(
      "ERR_INVALID_MODULE_SPECIFIER",
      `"${name}" is not a name of package.json's imports`,
      context.details,
    );
  }
  const target = isObject(imports) ? resolveKey(imports, name, context, true) : undefined;
  if (target !== undefined && target !== null) return target;
  throw new LoaderError("ERR_PACKAGE_IMPORT_NOT_DEFINED", `"${name}" is not in the imports of "${context.package}"`, {
    ...context.details,
    package: context.package,
  });
}

function notExported(subpath: string, context: ExportsContext): LoaderError {
  const what = subpath === "." ? "no entry" : `no "${subpath}"`;
  return new LoaderError(
    "ERR_PACKAGE_PATH_NOT_EXPORTED",
    `"${context.package}" exports ${what} for ${[...context.conditions].join(", ")}`,
    {
      ...context.details,
      package: context.package,
    },
  );
}

/** PACKAGE_IMPORTS_EXPORTS_RESOLVE. A pattern may end in `/`: Node's documentation rules it out, Node itself does not. */
function resolveKey(
  table: Readonly<Record<string, unknown>>,
  key: string,
  context: ExportsContext,
  internal: boolean,
): ImportsTarget | null | undefined {
  if (Object.hasOwn(table, key) && !key.includes("*") && !key.endsWith("/"))
    return resolveTarget(table[key], { key, internal, context });
  const pattern = Object.keys(table)
    .filter((candidate) => matches(candidate, key, context))
    .toSorted(comparePatterns)[0];
  if (pattern === undefined) return null;
  const folder = isFolderKey(pattern);
  const [prefix = "", suffix = ""] = folder ? [pattern] : pattern.split("*");
  const match = key.slice(prefix.length, key.length - suffix.length);
  return resolveTarget(table[pattern], { key: pattern, match, folder, internal, context });
}

function isFolderKey(key: string): boolean {
  return key.endsWith("/") && !key.includes("*");
}

function matches(pattern: string, key: string, { mapsFolders }: ExportsContext): boolean {
  if (isFolderKey(pattern)) return mapsFolders === true && key.startsWith(pattern);
  const [prefix = "", suffix, ...more] = pattern.split("*");
  if (suffix === undefined || more.length > 0) return false;
  return key.length >= pattern.length && key.startsWith(prefix) && key.endsWith(suffix);
}

/** PATTERN_KEY_COMPARE: the longest part before the * first, then the longest key. */
function comparePatterns(a: string, b: string): number {
  return lengthOfBase(b) - lengthOfBase(a) || b.length - a.length;
}

function lengthOfBase(key: string): number {
  return isFolderKey(key) ? key.length : key.indexOf("*");
}

/** An entry of the table on the way to its target. */
interface TableEntry {
  readonly key: string;
  /** What `*` of a pattern stands for. */
  readonly match?: string;
  /** Whether `match` is what follows a key that ends in `/`. */
  readonly folder?: boolean;
  /** Whether the table is `imports`, which may lead to other packages. */
  readonly internal: boolean;
  readonly context: ExportsContext;
}

/** PACKAGE_TARGET_RESOLVE. Undefined: no condition is met, go on; null: shut. */
function resolveTarget(target: unknown, entry: TableEntry): ImportsTarget | null | undefined {
  if (typeof target === "string") return resolveStringTarget(target, entry);
  if (Array.isArray(target)) return resolveFirst(target, entry);
  if (target === null) return null;
  if (isObject(target)) return resolveConditions(target, entry);
  throw invalidTarget(target, entry);
}

function resolveConditions(
  target: Readonly<Record<string, unknown>>,
  entry: TableEntry,
): ImportsTarget | null | undefined {
  const { conditions, details, package: key } = entry.context;
  if (Object.keys(target).some((condition) => /^\d+$/.test(condition))) {
    const message = `The exports of "${key}" have a number for a condition`;
    throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", message, { ...details, package: key });
  }
  for (const [condition, value] of Object.entries(target)) {
    if (condition !== "default" && !conditions.has(condition)) continue;
    const resolved = resolveTarget(value, entry);
    if (resolved !== undefined) return resolved;
  }
  return undefined;
}

/** The first of a list that is allowed: whether it is there is not asked. */
function resolveFirst(targets: readonly unknown[], entry: TableEntry): ImportsTarget | null | undefined {
  let failure: LoaderError | undefined;
  let last: null | undefined = targets.length === 0 ? null : undefined;
  for (const target of targets) {
    try {
      const resolved = resolveTarget(target, entry);
      if (resolved !== undefined && resolved !== null) return resolved;
      if (resolved === null) [failure, last] = [undefined, null];
    } catch (error) {
      if (!(error instanceof LoaderError) || error.code !== "ERR_INVALID_PACKAGE_TARGET") throw error;
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return last;
}

const FORBIDDEN_SEGMENT = new RegExp(
  `(?:^|[\\\\/])(?:(?:\\.|%2e){1,2}|${"node_modules".split("").map(encodedOrNot).join("")})(?:[\\\\/]|$)`,
  "i",
);

/** A letter, or how a URL may write it. */
function encodedOrNot(letter: string): string {
  const codes = [letter, letter.toUpperCase()].map((one) => `%${one.charCodeAt(0).toString(16)}`);
  return `(?:${letter}|${codes.join("|")})`;
}

/** Stands for the package's folder where targets are read as the URLs they are. */
const PACKAGE_URL = "https://package/folder/";

function resolveStringTarget(written: string, entry: TableEntry): ImportsTarget {
  const { match, context } = entry;
  if (entry.folder === true && !written.endsWith("/")) throw invalidTarget(written, entry);
  const target = entry.folder === true ? `${written}*` : written;
  if (!target.startsWith("./")) return { specifier: otherSpecifier(target, entry) };
  if (FORBIDDEN_SEGMENT.test(target.slice(2))) throw invalidTarget(target, entry);
  if (match !== undefined && FORBIDDEN_SEGMENT.test(match)) {
    throw invalidSpecifier(`"${match}" leaves the package "${context.package}"`, context);
  }
  const path = match === undefined ? target : target.replaceAll("*", () => match);
  return { path: PLAIN_PATH.test(path) ? path : `./${pathOfUrl(target, match, context)}` };
}

/** Most targets: what they name needs no URL to tell. */
const PLAIN_PATH = /^\.(?:\/[\w@+~-][\w.@+~-]*)+$/;

/** Targets are URLs: `sp%20ce.js` is the file `sp ce.js`, and `a.js?x` is `a.js`. */
function pathOfUrl(target: string, match: string | undefined, context: ExportsContext): string {
  const { href } = new URL(target, PACKAGE_URL);
  const { pathname } = new URL(match === undefined ? href : href.replaceAll("*", () => match));
  const path = pathname.slice("/folder/".length);
  if (/%2f|%5c/i.test(path)) throw invalidSpecifier(`"./${path}" has an encoded / or \\`, context);
  return decodePath(path);
}

/** An import may lead to another package, but not to a URL: `node:` too is one. */
function otherSpecifier(target: string, entry: TableEntry): string {
  const isName = entry.internal && !target.startsWith("../") && !target.startsWith("/") && !URL.canParse(target);
  if (!isName) throw invalidTarget(target, entry);
  return entry.match === undefined ? target : target.replaceAll("*", () => entry.match ?? "");
}

function invalidSpecifier(message: string, { package: key, details }: ExportsContext): LoaderError {
  return new LoaderError("ERR_INVALID_MODULE_SPECIFIER", message, { ...details, package: key });
}

function invalidTarget(target: unknown, { key, context }: TableEntry): LoaderError {
  const shown = JSON.stringify(target) ?? typeof target;
  return new LoaderError(
    "ERR_INVALID_PACKAGE_TARGET",
    `"${context.package}" maps "${key}" to ${shown}, which is not allowed`,
    {
      ...context.details,
      package: context.package,
    },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

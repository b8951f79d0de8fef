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
}

/** What an entry of `imports` leads to: a file of the package, or another specifier. */
export type ImportsTarget = { readonly path: string } | { readonly specifier: string };

/**
 * The file that `subpath` (`.` or `./x`) of a package with `exports` means.
 * @throws LoaderError ERR_PACKAGE_PATH_NOT_EXPORTED, ERR_INVALID_PACKAGE_TARGET, ERR_INVALID_PACKAGE_CONFIG
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
  const table = dotted === 0 ? { ".": exports } : (exports as Record<string, unknown>);
  const target = resolveKey(table, subpath, context, false);
  if (target !== undefined && target !== null && "path" in target) return target.path;
  throw notExported(subpath, context);
}

/**
 * What `#name` means in a package with `imports`.
 * @throws LoaderError ERR_PACKAGE_IMPORT_NOT_DEFINED, ERR_INVALID_PACKAGE_TARGET, ERR_INVALID_MODULE_SPECIFIER
 */
export function resolveImports(imports: unknown, name: string, context: ExportsContext): ImportsTarget {
  if (name === "#") {
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

/** PACKAGE_IMPORTS_EXPORTS_RESOLVE */
function resolveKey(
  table: Record<string, unknown>,
  key: string,
  context: ExportsContext,
  internal: boolean,
): ImportsTarget | null | undefined {
  if (key.endsWith("/")) return null;
  if (Object.hasOwn(table, key) && !key.includes("*"))
    return resolveTarget(table[key], undefined, key, context, internal);
  const patterns = Object.keys(table)
    .filter((pattern) => pattern.split("*").length === 2)
    .toSorted(comparePatterns);
  for (const pattern of patterns) {
    const [prefix = "", suffix = ""] = pattern.split("*");
    const matches = key.startsWith(prefix) && key !== prefix && key.endsWith(suffix) && key.length >= pattern.length;
    if (!matches) continue;
    return resolveTarget(
      table[pattern],
      key.slice(prefix.length, key.length - suffix.length),
      pattern,
      context,
      internal,
    );
  }
  return null;
}

/** PATTERN_KEY_COMPARE: the longest part before the * first, then the longest key. */
function comparePatterns(a: string, b: string): number {
  return b.indexOf("*") - a.indexOf("*") || b.length - a.length;
}

/** PACKAGE_TARGET_RESOLVE */
function resolveTarget(
  target: unknown,
  match: string | undefined,
  key: string,
  context: ExportsContext,
  internal: boolean,
): ImportsTarget | null | undefined {
  if (typeof target === "string") return resolveStringTarget(target, match, key, context, internal);
  if (Array.isArray(target)) return resolveFirst(target, match, key, context, internal);
  if (target === null) return null;
  if (!isObject(target)) throw invalidTarget(target, key, context);
  for (const [condition, value] of Object.entries(target)) {
    if (/^\d+$/.test(condition)) {
      const message = `The exports of "${context.package}" have a number for a condition`;
      throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", message, { ...context.details, package: context.package });
    }
    if (condition !== "default" && !context.conditions.has(condition)) continue;
    const resolved = resolveTarget(value, match, key, context, internal);
    if (resolved !== undefined) return resolved;
  }
  return undefined;
}

function resolveFirst(
  targets: readonly unknown[],
  match: string | undefined,
  key: string,
  context: ExportsContext,
  internal: boolean,
): ImportsTarget | null | undefined {
  let last: ImportsTarget | null | undefined = null;
  let failure: unknown;
  for (const target of targets) {
    try {
      last = resolveTarget(target, match, key, context, internal);
      failure = undefined;
    } catch (error) {
      if (!(error instanceof LoaderError) || error.code !== "ERR_INVALID_PACKAGE_TARGET") throw error;
      failure = error;
      continue;
    }
    if (last !== undefined && last !== null) return last;
  }
  if (failure !== undefined) throw failure;
  return last;
}

const FORBIDDEN_SEGMENT = /(?:^|[\\/])(?:\.\.?|%2e|\.%2e|%2e\.|%2e%2e|node_modules)(?:[\\/]|$)/i;

function resolveStringTarget(
  target: string,
  match: string | undefined,
  key: string,
  context: ExportsContext,
  internal: boolean,
): ImportsTarget {
  const fill = (text: string): string => (match === undefined ? text : text.replaceAll("*", () => match));
  if (!target.startsWith("./")) {
    if (!internal || target.startsWith("../") || target.startsWith("/")) throw invalidTarget(target, key, context);
    return { specifier: fill(target) };
  }
  if (FORBIDDEN_SEGMENT.test(target.slice(2))) throw invalidTarget(target, key, context);
  if (match !== undefined && FORBIDDEN_SEGMENT.test(match)) {
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${match}" leaves the package "${context.package}"`, {
      ...context.details,
      package: context.package,
    });
  }
  const path = fill(target);
  if (/%2f|%5c/i.test(path)) {
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${path}" has an encoded / or \\`, {
      ...context.details,
      package: context.package,
    });
  }
  // Targets are URLs: sp%20ce.js is the file "sp ce.js".
  return { path: decodePath(path) };
}

function invalidTarget(target: unknown, key: string, context: ExportsContext): LoaderError {
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

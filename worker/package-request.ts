import parseVersion from "semver/functions/parse.js";
import { LoaderError } from "../src/errors.ts";
import { isPackageName } from "../src/specifier/package-specifier.ts";

/** What a path under `/npm/` asks for: a packument, with `version` an archive, with `selector` one version's manifest. */
export interface PackageRequest {
  readonly name: string;
  readonly version?: string;
  /** An exact version or a tag. */
  readonly selector?: string;
}

/** A package's name and its exact version. */
export interface ExactPackage {
  readonly name: string;
  readonly version: string;
}

/** `name`, `@scope/name` or `@scope%2fname`, and after it perhaps `/-/file` or `/selector`. */
const PATH = /^(?<name>(?:(?:@|%40)[^/]*?(?:\/|%2f))?[^/]+)(?:\/-\/(?<file>[^/]+)|\/(?<selector>[^/]+))?$/i;
const TAG = /^[a-z][\w.-]*$/i;
/** What is under it is no package's: one is called `-`, but its archives are under `-/-/`. */
const API = /^-\/(?!-\/)/;
/** The same name, `@`, and a version. */
const EXACT = /^(?<name>(?:(?:@|%40)[^/]*?(?:\/|%2f))?[^/@]+?)(?:@|%40)(?<version>[^/@]+)$/i;
const ARCHIVE_SUFFIX = ".tgz";

/**
 * Parses what follows `/npm/` in a request's path, still encoded. Nothing is decoded but the `@` and the `/` of a scope,
 * so no other encoded character gets past the rules for names and versions.
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parsePackageRequest(path: string): PackageRequest {
  const groups = API.test(path) ? undefined : PATH.exec(path)?.groups;
  if (groups?.["name"] === undefined) throw noSuchRoute(path);
  const name = readPackageName(groups["name"]);
  const { file, selector } = groups;
  if (file !== undefined) return { name, version: versionOfArchive(name, file) };
  return selector === undefined ? { name } : { name, selector: readSelector(name, selector) };
}

/**
 * Parses `<name>@<version>` in a request's path, still encoded, by the same rules.
 * @param hint what such paths look like
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parseExactPackage(path: string, hint: string): ExactPackage {
  const groups = EXACT.exec(path)?.groups;
  if (groups?.["name"] === undefined || groups["version"] === undefined) {
    throw new LoaderError("ERR_ROUTE_NOT_FOUND", `"${path}" is not a package and its exact version`, { hint });
  }
  const name = readPackageName(groups["name"]);
  const version = decodePlus(groups["version"]);
  if (isExactVersion(version)) return { name, version };
  throw new LoaderError("ERR_INVALID_RANGE", `"${version}" is not a version`, { package: name, specifier: path });
}

/**
 * A name as a path has it: only the `@` and the `/` of a scope may be encoded.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function readPackageName(encoded: string): string {
  const name = encoded.replace(/^%40/i, "@").replace(/^(@[^/%]*)%2f/i, "$1/");
  if (isPackageName(name)) return name;
  throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${name}" is not a package name`, { specifier: name });
}

function versionOfArchive(name: string, file: string): string {
  const prefix = `${name.slice(name.indexOf("/") + 1)}-`;
  if (!file.startsWith(prefix) || !file.endsWith(ARCHIVE_SUFFIX)) throw noSuchRoute(`${name}/-/${file}`);
  const version = decodePlus(file.slice(prefix.length, -ARCHIVE_SUFFIX.length));
  if (!isExactVersion(version)) {
    throw new LoaderError("ERR_INVALID_RANGE", `"${version}" is not a version`, {
      package: name,
      specifier: file,
      hint: `an archive is asked for by an exact version, as in ${prefix}1.0.0${ARCHIVE_SUFFIX}`,
    });
  }
  return version;
}

function readSelector(name: string, encoded: string): string {
  const selector = decodePlus(encoded);
  if (TAG.test(selector) || isExactVersion(selector)) return selector;
  const message = `"${selector}" is neither a version nor a tag`;
  throw new LoaderError("ERR_INVALID_RANGE", message, { package: name, specifier: selector });
}

/** The one character of a version that clients encode. */
function decodePlus(encoded: string): string {
  return encoded.replace(/%2b/gi, "+");
}

/** semver also takes `v1.0.0` and blanks around it, which would be a second name for the same archive. */
export function isExactVersion(text: string): boolean {
  const parsed = parseVersion(text);
  if (parsed === null) return false;
  return text === [parsed.version, ...(parsed.build.length > 0 ? [parsed.build.join(".")] : [])].join("+");
}

function noSuchRoute(path: string): LoaderError {
  return new LoaderError("ERR_ROUTE_NOT_FOUND", `"/npm/${path}" is neither a package nor an archive`, {
    hint: "packages are at /npm/<name>, archives at /npm/<name>/-/<name without its scope>-<version>.tgz",
  });
}

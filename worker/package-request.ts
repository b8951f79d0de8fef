import parseVersion from "semver/functions/parse.js";
import { LoaderError } from "../src/errors.ts";
import { isPackageName } from "../src/specifier/package-specifier.ts";

/** What a path under `/npm/` asks for: a packument, or with `version` an archive. */
export interface PackageRequest {
  readonly name: string;
  readonly version?: string;
}

/** `name`, `@scope/name` or `@scope%2fname`, and after it perhaps `/-/file`. */
const PATH = /^(?<name>(?:(?:@|%40)[^/]*?(?:\/|%2f))?[^/]+)(?:\/-\/(?<file>[^/]+))?$/i;
/** The same name, `@`, and a version. */
const EXACT = /^(?<name>(?:(?:@|%40)[^/]*?(?:\/|%2f))?[^/@]+?)(?:@|%40)(?<version>[^/@]+)$/i;
const ARCHIVE_SUFFIX = ".tgz";

/**
 * Parses what follows `/npm/` in a request's path, still encoded. Nothing is decoded but the `@` and the `/` of a scope,
 * so no other encoded character gets past the rules for names and versions.
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parsePackageRequest(path: string): PackageRequest {
  const groups = PATH.exec(path)?.groups;
  if (groups?.["name"] === undefined) throw noSuchRoute(path);
  const name = readName(groups["name"]);
  const file = groups["file"];
  return file === undefined ? { name } : { name, version: versionOfArchive(name, file) };
}

/**
 * Parses `<name>@<version>` in a request's path, still encoded, by the same rules.
 * @param hint what such paths look like
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parseExactPackage(path: string, hint: string): Required<PackageRequest> {
  const groups = EXACT.exec(path)?.groups;
  if (groups?.["name"] === undefined || groups["version"] === undefined) {
    throw new LoaderError("ERR_ROUTE_NOT_FOUND", `"${path}" is not a package and its exact version`, { hint });
  }
  const name = readName(groups["name"]);
  const version = groups["version"];
  if (isExactVersion(version)) return { name, version };
  throw new LoaderError("ERR_INVALID_RANGE", `"${version}" is not a version`, { package: name, specifier: path });
}

function readName(encoded: string): string {
  const name = encoded.replace(/^%40/i, "@").replace(/^(@[^/%]*)%2f/i, "$1/");
  if (isPackageName(name)) return name;
  throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${name}" is not a package name`, { specifier: name });
}

function versionOfArchive(name: string, file: string): string {
  const prefix = `${name.slice(name.indexOf("/") + 1)}-`;
  if (!file.startsWith(prefix) || !file.endsWith(ARCHIVE_SUFFIX)) throw noSuchRoute(`${name}/-/${file}`);
  const version = file.slice(prefix.length, -ARCHIVE_SUFFIX.length);
  if (!isExactVersion(version)) {
    throw new LoaderError("ERR_INVALID_RANGE", `"${version}" is not a version`, {
      package: name,
      specifier: file,
      hint: `an archive is asked for by an exact version, as in ${prefix}1.0.0${ARCHIVE_SUFFIX}`,
    });
  }
  return version;
}

/** semver also takes `v1.0.0` and blanks around it, which would be a second name for the same archive. */
function isExactVersion(text: string): boolean {
  const parsed = parseVersion(text);
  if (parsed === null) return false;
  return text === [parsed.version, ...(parsed.build.length > 0 ? [parsed.build.join(".")] : [])].join("+");
}

function noSuchRoute(path: string): LoaderError {
  return new LoaderError("ERR_ROUTE_NOT_FOUND", `"/npm/${path}" is neither a package nor an archive`, {
    hint: "packages are at /npm/<name>, archives at /npm/<name>/-/<name without its scope>-<version>.tgz",
  });
}

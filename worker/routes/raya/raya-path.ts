import { LoaderError } from "../../../src/errors.ts";
import { isExactVersion, readPackageName } from "../../package-request.ts";

export const PACKAGES_PREFIX = "/packages/";

/** What is done with a version besides reading what is known of it. */
export type VersionAction = "download" | "yank" | "deprecation";

/** What a path below `/packages/` names. */
export type RayaPath =
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "tags"; readonly name: string; readonly tag?: string }
  | { readonly kind: "version"; readonly name: string; readonly version: string; readonly action?: VersionAction };

/** A name, and what is below it. */
const PATH = /^(?<name>(?:(?:@|%40)[^/]*?(?:\/|%2f))?[^/]+)(?:\/(?<rest>.+))?$/i;
const ACTIONS: readonly VersionAction[] = ["download", "yank", "deprecation"];

/**
 * Parses what follows `/packages/` in a request's path, still encoded, by the rules of `/npm/`'s.
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parseRayaPath(path: string): RayaPath {
  const { name: encoded, rest } = PATH.exec(path)?.groups ?? {};
  if (encoded === undefined) throw noSuchRoute(path);
  const name = readPackageName(encoded);
  if (rest === undefined) return { kind: "package", name };
  const [first = "", second, ...others] = rest.split("/");
  if (others.length > 0) throw noSuchRoute(path);
  if (first === "tags") return { kind: "tags", name, ...(second === undefined ? {} : { tag: second }) };
  const version = first.replace(/%2b/gi, "+");
  if (!isExactVersion(version))
    throw new LoaderError("ERR_INVALID_RANGE", `"${version}" is not a version`, { package: name, specifier: path });
  if (second === undefined) return { kind: "version", name, version };
  const action = ACTIONS.find((known) => known === second);
  if (action === undefined) throw noSuchRoute(path);
  return { kind: "version", name, version, action };
}

/**
 * The compiler that a request names, if it does.
 * @throws LoaderError ERR_REQUEST_INVALID for what is none's name
 */
export function readCompiler(name: string | undefined): string | undefined {
  if (name === undefined || /^[\w-][\w.-]{0,63}$/.test(name)) return name;
  throw new LoaderError("ERR_REQUEST_INVALID", `"${name}" is not the name of a compiler`, { actual: name });
}

function noSuchRoute(path: string): LoaderError {
  return new LoaderError("ERR_ROUTE_NOT_FOUND", `"${PACKAGES_PREFIX}${path}" is nothing of a package`, {
    hint: "there are /packages/<name>, …/<version>, …/<version>/download, …/<version>/yank, …/<version>/deprecation and …/tags",
  });
}

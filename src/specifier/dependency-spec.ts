import validVersion from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import type { ErrorDetails } from "../errors.ts";
import { type GitSource, readGitSource } from "./git-source.ts";
import { afterName, readPackageName } from "./package-specifier.ts";
import { type SpecifierText, skip, specifierError, textOf } from "./specifier-error.ts";

/** What a registry is asked for. */
export type RegistrySpec =
  /** One version, written as npm does: without `v` or `=` in front. */
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "range"; readonly range: string }
  | { readonly kind: "tag"; readonly tag: string };

/** What a dependency of a manifest asks for; kinds that npm has too have npm-package-arg's names. */
export type DependencySpec =
  | RegistrySpec
  /** `npm:name@range`: another package under the dependency's name. */
  | { readonly kind: "alias"; readonly name: string; readonly wanted: RegistrySpec }
  | GitSource
  /** An archive at a URL. */
  | { readonly kind: "remote"; readonly url: string }
  /** An archive, or a folder, of the project; the path is as written, from the manifest that names it. */
  | { readonly kind: "file" | "directory"; readonly path: string }
  /** A folder that is used in its place, as `link:` has it. */
  | { readonly kind: "link"; readonly path: string }
  /** A package of the workspace: by a range that its version must be in, or by its folder; under `name` where that differs. */
  | { readonly kind: "workspace"; readonly name?: string; readonly range?: string; readonly path?: string }
  /** The range that a catalog of the workspace has for the name. */
  | { readonly kind: "catalog"; readonly catalog: string };

/** A package that somebody wants to add: `name@range`, `alias@npm:name@range`, `owner/repo`, a URL, a path. */
export interface PackageArgument {
  /** Unknown until the package is read, where it is named by its place alone. */
  readonly name?: string;
  readonly spec: DependencySpec;
}

const ARCHIVE = /\.(?:tgz|tar\.gz|tar)$/i;
const PATH = /^(?:\.|~\/|\/|[a-z]:)/i;
const URL_LIKE = /^(?:git\+)?[a-z]+:/i;

/**
 * Parses what a manifest's dependencies have after the name (seed items P33 to P41, P62 to P65).
 * @throws LoaderError ERR_INVALID_RANGE for what could not be a version, a range or a tag; ERR_UNSUPPORTED_ESM_URL_SCHEME;
 * ERR_INVALID_MODULE_SPECIFIER; ERR_INVALID_PACKAGE_NAME. `details.start` and `details.end` are the bad part's offsets
 */
export function parseDependencySpec(spec: string, details: ErrorDetails): DependencySpec {
  return readDependencySpec({ whole: spec, start: 0, details });
}

/** The same for a part of a text. */
export function readDependencySpec(text: SpecifierText): DependencySpec {
  const spec = textOf(text);
  const scheme = /^([a-z]+):/i.exec(spec)?.[1]?.toLowerCase();
  const rest = scheme === undefined ? text : skip(text, scheme.length + 1);
  if (scheme === "workspace") return readWorkspace(textOf(rest));
  if (scheme === "catalog") return { kind: "catalog", catalog: textOf(rest).trim() || "default" };
  if (scheme === "link" || scheme === "portal") return { kind: "link", path: textOf(rest) };
  if (scheme === "file") return pathSpec(textOf(rest));
  if (scheme === "npm") return readAlias(rest);
  if (PATH.test(spec)) return pathSpec(spec);
  const git = readGitSource(text);
  if (git !== undefined) return git;
  if (URL_LIKE.test(spec)) return readRemote(spec, text);
  if (spec.includes("/") || ARCHIVE.test(spec)) return pathSpec(spec);
  return readRegistrySpec(text);
}

/**
 * Parses what a person writes to add a package (seed items P17, R52, R55).
 * @throws LoaderError as parseDependencySpec
 */
export function parsePackageArgument(argument: string, details: ErrorDetails): PackageArgument {
  const text: SpecifierText = { whole: argument, start: 0, details };
  const at = argument.indexOf("@", 1);
  const namePart = at > 0 ? argument.slice(0, at) : argument;
  const isPlace =
    URL_LIKE.test(argument) ||
    /^[^@\s]+@[^:.\s]+\.[^:\s]+:.+$/.test(argument) ||
    PATH.test(argument) ||
    (!argument.startsWith("@") && (namePart.includes("/") || ARCHIVE.test(namePart)));
  if (isPlace) {
    const spec = readDependencySpec(text);
    return spec.kind === "alias" ? { name: spec.name, spec: spec.wanted } : { spec };
  }
  const { name, rest } = readPackageName(text);
  if (rest.startsWith("/")) {
    const message = `"${argument}" names a file of a package, which cannot be added`;
    throw specifierError("ERR_INVALID_PACKAGE_NAME", message, text, { from: name.length });
  }
  return { name, spec: rest.length < 2 ? { kind: "range", range: "*" } : readDependencySpec(afterName(text, name)) };
}

function pathSpec(path: string): DependencySpec {
  return { kind: ARCHIVE.test(path) ? "file" : "directory", path };
}

/** `*`, `^`, `~`, a range; a folder; `name@range`. */
function readWorkspace(spec: string): DependencySpec {
  if (PATH.test(spec) || (spec.includes("/") && !spec.startsWith("@"))) return { kind: "workspace", path: spec };
  const at = spec.indexOf("@", 1);
  if (at > 0) return { kind: "workspace", name: spec.slice(0, at), range: spec.slice(at + 1) };
  return { kind: "workspace", range: spec === "" ? "*" : spec };
}

function readAlias(text: SpecifierText): DependencySpec {
  const { name, rest } = readPackageName(text);
  if (rest !== "" && !rest.startsWith("@")) {
    const message = `"${textOf(text)}" names a file of a package, which cannot be depended on`;
    throw specifierError("ERR_INVALID_RANGE", message, text, { from: name.length });
  }
  const wanted = rest.length < 2 ? { kind: "range" as const, range: "*" } : readRegistrySpec(afterName(text, name));
  return { kind: "alias", name, wanted };
}

function readRemote(spec: string, text: SpecifierText): DependencySpec {
  const url = URL.parse(spec);
  if (url === null) throw specifierError("ERR_INVALID_MODULE_SPECIFIER", `"${spec}" is not a URL`, text);
  if (url.protocol === "https:" || url.protocol === "http:") return { kind: "remote", url: spec };
  const message = `"${url.protocol}" is no place that packages come from: "${spec}"`;
  throw specifierError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, text, { length: url.protocol.length });
}

/** A version, a range or a tag; nothing is any version. */
function readRegistrySpec(text: SpecifierText): RegistrySpec {
  const spec = textOf(text).trim();
  const version = validVersion(spec, { loose: true });
  if (version !== null) return { kind: "version", version };
  if (validRange(spec, { loose: true }) !== null) return { kind: "range", range: spec === "" ? "*" : spec };
  if (encodeURIComponent(spec) === spec) return { kind: "tag", tag: spec };
  throw specifierError("ERR_INVALID_RANGE", `"${spec}" is not a semver range or a tag`, text);
}

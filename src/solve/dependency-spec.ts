import { isPackageName } from "../specifier/package-specifier.ts";
import type { SemverCache } from "./semver-cache.ts";

/** What a manifest asks for under a name, once parsed. */
export type DependencySpec =
  /** Of a registry; `range` is semver. */
  | { readonly kind: "range"; readonly name: string; readonly range: string }
  /** Of a registry, by dist-tag. */
  | { readonly kind: "tag"; readonly name: string; readonly tag: string }
  /** A folder of the project, by its path from the root; `""` is the root itself. */
  | { readonly kind: "folder"; readonly path: string }
  /** A workspace of the project, by its name. */
  | { readonly kind: "workspace"; readonly name: string; readonly range: string }
  /** A forge, a URL or an archive: what the host makes of it. */
  | { readonly kind: "remote"; readonly source: string }
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * Parses the text beside a dependency's name, as npm does.
 * @param alias the name it is imported by
 * @param folder of the manifest, from the project's root; undefined for a package of a registry
 */
export function parseDependencySpec(
  alias: string,
  text: string,
  folder: string | undefined,
  semver: SemverCache,
): DependencySpec {
  const spec = text.trim();
  if (!isPackageName(alias)) return { kind: "invalid", reason: `"${alias}" is not a package name` };
  if (spec.startsWith("npm:")) return parseAlias(spec.slice(4), semver);
  if (spec.startsWith("workspace:")) return parseWorkspace(alias, spec.slice(10), folder, semver);
  if (spec.startsWith("catalog:")) return { kind: "invalid", reason: `no catalog has "${alias}" for "${spec}"` };
  if (/^(?:file|link|portal):/.test(spec) || /^(?:\.{1,2}(?:\/|$)|\/|~\/)/.test(spec)) return parsePath(spec, folder);
  if (spec.includes(":") || /^[^@/]+\/[^/]+$/.test(spec)) return { kind: "remote", source: spec };
  return parseRegistry(alias, spec, semver);
}

function parseRegistry(name: string, text: string, semver: SemverCache): DependencySpec {
  if (text === "" || text === "*") return { kind: "range", name, range: "*" };
  if (semver.range(text) !== undefined) return { kind: "range", name, range: text };
  if (encodeURIComponent(text) === text) return { kind: "tag", name, tag: text };
  return { kind: "invalid", reason: `"${text}" is not a semver range or a tag` };
}

function parseAlias(text: string, semver: SemverCache): DependencySpec {
  const at = text.indexOf("@", 1);
  const name = at === -1 ? text : text.slice(0, at);
  if (!isPackageName(name)) return { kind: "invalid", reason: `"${name}" is not a package name` };
  return parseRegistry(name, at === -1 ? "" : text.slice(at + 1).trim(), semver);
}

/** `workspace:^1.0.0`, `workspace:*`, `workspace:^`, `workspace:other@*`, `workspace:../other`. */
function parseWorkspace(alias: string, text: string, folder: string | undefined, semver: SemverCache): DependencySpec {
  if (folder === undefined) return { kind: "invalid", reason: `"workspace:${text}" has no meaning outside a project` };
  if (/^\.{0,2}\//.test(text)) return parsePath(text, folder);
  const at = text.indexOf("@", 1);
  const name = at === -1 ? alias : text.slice(0, at);
  const range = at === -1 ? text : text.slice(at + 1);
  if (["", "*", "^", "~"].includes(range)) return { kind: "workspace", name, range: "*" };
  if (semver.range(range) !== undefined) return { kind: "workspace", name, range };
  return { kind: "invalid", reason: `"workspace:${text}" names neither a range nor a path` };
}

function parsePath(text: string, folder: string | undefined): DependencySpec {
  if (folder === undefined)
    return { kind: "invalid", reason: `"${text}" is a path, and a package of a registry has no project` };
  const path = text.replace(/^(?:file|link|portal):/, "").replace(/^\/\/(?=\.)/, "");
  if (/\.(?:tgz|tar|tar\.gz)$/i.test(path)) return { kind: "remote", source: text };
  if (path.startsWith("/") || path.startsWith("~")) {
    return { kind: "invalid", reason: `"${text}" lies outside the project` };
  }
  const joined = joinPath(folder, path);
  if (joined === undefined) return { kind: "invalid", reason: `"${text}" lies outside the project` };
  return { kind: "folder", path: joined };
}

/** Undefined where the path leaves the root. */
function joinPath(folder: string, path: string): string | undefined {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

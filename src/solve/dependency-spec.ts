import validRange from "semver/ranges/valid.js";
import { isLoaderError } from "../errors.ts";
import { joinPath, normalize } from "../resolve/package-path.ts";
import {
  type DependencySpec as ParsedSpec,
  parseDependencySpec,
  type RegistrySpec,
} from "../specifier/dependency-spec.ts";
import { isPackageName } from "../specifier/package-specifier.ts";

import { readSimpleRange } from "./simple-range.ts";

/** What a manifest asks for under a name, where it stands. */
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

/** A range as nearly all are written: there is nothing else that it could be. */
const USUAL = /^(?:\^|~|>=)?(?:0|[1-9]\d{0,4})(?:\.(?:0|[1-9]\d{0,4})){0,2}$|^\*$/;

/**
 * What the text beside a dependency's name means where it stands, as npm has it.
 * @param alias the name it is imported by
 * @param folder of the manifest, from the project's root; undefined for a package of a registry
 */
export function resolveDependencySpec(alias: string, text: string, folder: string | undefined): DependencySpec {
  const source = text.trim();
  if (!isPackageName(alias)) return invalid(`"${alias}" is not a package name`);
  if (USUAL.test(source) || readSimpleRange(source) !== undefined) return { kind: "range", name: alias, range: source };
  try {
    return placeSpec(parseDependencySpec(source, {}), { alias, source, folder });
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    return invalid(error.message);
  }
}

/** Where a spec stands. */
interface Place {
  readonly alias: string;
  readonly source: string;
  readonly folder: string | undefined;
}

function placeSpec(spec: ParsedSpec, place: Place): DependencySpec {
  switch (spec.kind) {
    case "version":
    case "range":
    case "tag":
      return registrySpec(place.alias, spec);
    case "alias":
      return registrySpec(spec.name, spec.wanted);
    case "git":
    case "remote":
      return { kind: "remote", source: place.source };
    case "file":
    case "directory":
    case "link":
      return pathSpec(spec, place);
    case "workspace":
      return workspaceSpec(spec, place);
    default:
      return invalid(`no catalog has "${place.alias}" for "${place.source}"`);
  }
}

function registrySpec(name: string, wanted: RegistrySpec): DependencySpec {
  if (wanted.kind === "tag") return { kind: "tag", name, tag: wanted.tag };
  return { kind: "range", name, range: wanted.kind === "version" ? wanted.version : wanted.range };
}

/** `workspace:^1.0.0`, `workspace:*`, `workspace:^`, `workspace:other@*`, `workspace:../other`. */
function workspaceSpec(spec: Extract<ParsedSpec, { kind: "workspace" }>, place: Place): DependencySpec {
  const { name = place.alias, range = "*", path } = spec;
  if (place.folder === undefined) return invalid(`"${place.source}" has no meaning outside a project`);
  if (path !== undefined) return pathSpec({ kind: "directory", path }, place);
  if (["", "*", "^", "~"].includes(range)) return { kind: "workspace", name, range: "*" };
  if (validRange(range, { loose: true }) !== null) return { kind: "workspace", name, range };
  return invalid(`"${place.source}" names neither a range nor a path`);
}

function pathSpec(spec: { readonly kind: string; readonly path: string }, { source, folder }: Place): DependencySpec {
  if (folder === undefined) return invalid(`"${source}" is a path, and a package of a registry has no project`);
  if (spec.kind === "file") return { kind: "remote", source };
  // `file://./x` is written too.
  const written = spec.path.replace(/^\/\/(?=\.)/, "");
  const path = /^[/~]/.test(written) ? ".." : normalize(joinPath(folder, written));
  return path === ".." ? invalid(`"${source}" lies outside the project`) : { kind: "folder", path };
}

function invalid(reason: string): DependencySpec {
  return { kind: "invalid", reason };
}

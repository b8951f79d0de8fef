import type { ErrorDetails } from "../errors.ts";
import { isBuiltinModule } from "./builtin-modules.ts";
import { type DependencySpec, type RegistrySpec, readDependencySpec } from "./dependency-spec.ts";
import { type GitSource, readGitSource } from "./git-source.ts";
import { afterName, type PackageSpecifier, readPackageName, readPackageSpecifier } from "./package-specifier.ts";
import { type SpecifierText, skip, specifierError, textOf } from "./specifier-error.ts";
import { readUrlSpecifier, type UrlSpecifier } from "./url-specifier.ts";

/** What an import says, by kind. */
export type Specifier =
  /** `./x`, `../x`, `/x`: against the referrer. */
  | { readonly kind: "relative"; readonly path: string }
  /** `https://…`, `http://…`, `data:…`, with `#sha256-…` or `?sha256=…` where the digest is known. */
  | UrlSpecifier
  /** `#name`: the imports of the referrer's own package.json. */
  | { readonly kind: "imports"; readonly name: string }
  /**
   * `node:fs`; also `fs`, unless a package of that name is meant: `explicit` tells the two apart. `cloudflare:workers`, a
   * module of another runtime, keeps its scheme.
   */
  | { readonly kind: "builtin"; readonly name: string; readonly explicit: boolean }
  /** `native:name`: what the host gives. */
  | { readonly kind: "native"; readonly name: string }
  /** `name@range/subpath`, `npm:name`, `alias@npm:name@range`: a package of the registry. */
  | { readonly kind: "package"; readonly package: PackageSpecifier }
  /** `workspace:name/subpath`: a package of the project's own. */
  | { readonly kind: "workspace"; readonly package: PackageSpecifier }
  /** `file:./x`, `file:///x`: a path of the project. */
  | { readonly kind: "file"; readonly path: string }
  /** `github:owner/repo#tag`, `git+https://…`, a forge's web address. */
  | GitSource
  /** `name@workspace:*`, `name@catalog:`, `name@github:owner/repo`: a package of a name, from where its dependency says. */
  | { readonly kind: "dependency"; readonly name: string; readonly spec: Exclude<DependencySpec, RegistrySpec> };

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
/** `git@host.example:owner/repo`, as ssh has it. */
const SCP = /^[\w-]+@[\w-]+(?:\.[\w-]+)+:/;
const GIT = /^(?:github|gitlab|bitbucket|gist|sourcehut|git|git\+[a-z]+):/i;

/**
 * Parses the text of an import. `details` names the referrer for errors; an error's `details.start` and `details.end` are
 * offsets of the part that is wrong.
 * @throws LoaderError ERR_INVALID_MODULE_SPECIFIER, ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parseSpecifier(text: string, details: ErrorDetails): Specifier {
  const whole: SpecifierText = { whole: text, start: 0, details };
  if (text === "")
    throw specifierError("ERR_INVALID_MODULE_SPECIFIER", "An import needs a specifier, this one is empty", whole);
  if (/^\.{0,2}\//.test(text) || text === "." || text === "..") return { kind: "relative", path: text };
  if (text.startsWith("#")) return { kind: "imports", name: text };
  if (SCHEME.test(text)) return readSchemed(whole);
  const repository = SCP.test(text) ? readGitSource(whole) : undefined;
  if (repository !== undefined) return repository;
  if (isBuiltinModule(text)) return { kind: "builtin", name: text, explicit: false };
  return readNamed(whole);
}

/** What starts with a scheme. */
function readSchemed(text: SpecifierText): Specifier {
  const [scheme = ""] = SCHEME.exec(text.whole) ?? [];
  const rest = skip(text, scheme.length);
  switch (scheme.toLowerCase()) {
    case "node:":
      return { kind: "builtin", name: textOf(rest), explicit: true };
    case "cloudflare:":
      return { kind: "builtin", name: text.whole, explicit: true };
    case "native:":
      if (textOf(rest) !== "") return { kind: "native", name: textOf(rest) };
      throw specifierError("ERR_INVALID_MODULE_SPECIFIER", `"${text.whole}" names nothing of the host`, text);
    case "npm:":
      return { kind: "package", package: readPackageSpecifier(rest) };
    case "workspace:":
      return { kind: "workspace", package: readPackageSpecifier(rest) };
    case "file:":
      return { kind: "file", path: filePath(textOf(rest)) };
    default:
      return (GIT.test(scheme) ? readGitSource(text) : undefined) ?? readUrlSpecifier(text);
  }
}

/** `file:///a` and `file:/a` are `/a`; `file:./a` is beside the referrer. */
function filePath(rest: string): string {
  return rest.replace(/^\/\/(?=\/)/, "");
}

/** What starts with a package's name. Where a scheme follows the `@`, all that is left is where the package comes from. */
function readNamed(text: SpecifierText): Specifier {
  const { name, rest } = readPackageName(text);
  if (!rest.startsWith("@") || !SCHEME.test(rest.slice(1)))
    return { kind: "package", package: readPackageSpecifier(text) };
  const source = afterName(text, name);
  if (/^@npm:/i.test(rest)) return { kind: "package", package: readPackageSpecifier(skip(source, "npm:".length)) };
  const spec = readDependencySpec(source);
  if (spec.kind !== "version" && spec.kind !== "range" && spec.kind !== "tag")
    return { kind: "dependency", name, spec };
  return { kind: "package", package: readPackageSpecifier(text) };
}

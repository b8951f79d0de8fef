import { isPackageName, type PackageSpecifier } from "../specifier/package-specifier.ts";
import type { GitSource } from "../specifier/git-source.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";

/**
 * The package that a specifier asks for: one of a registry, or an archive at a URL or of a repository, under the name that it has
 * here. Undefined for all else.
 */
export function wantedPackage(specifier: Specifier): PackageSpecifier | undefined {
  switch (specifier.kind) {
    case "package":
      return specifier.package;
    case "git":
      return archive(nameOf(specifier.repository), repositoryText(specifier));
    case "url":
      return specifier.isArchive === true && specifier.integrity === undefined
        ? archive(nameOf(new URL(specifier.url).pathname), specifier.url)
        : undefined;
    case "dependency": {
      const { name, spec } = specifier;
      if (spec.kind === "remote") return archive(name, spec.url);
      return spec.kind === "git" ? archive(name, repositoryText(spec)) : undefined;
    }
    default:
      return undefined;
  }
}

function archive(name: string, range: string | undefined): PackageSpecifier | undefined {
  return range === undefined ? undefined : { name, range, subpath: "." };
}

/** Of forges that are known, whose archives can be had at a tag, a branch or a commit. */
function repositoryText({ forge, repository, ref, range, folder, integrity }: GitSource): string | undefined {
  if (forge === undefined || folder !== undefined || integrity !== undefined) return undefined;
  const wanted = range === undefined ? ref : `semver:${range}`;
  return `${forge}:${repository}${wanted === undefined ? "" : `#${wanted}`}`;
}

/** What a place is called by: its last part, as far as a package could be called that. */
function nameOf(path: string): string {
  const last = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.(?:tgz|tar\.gz|tar|git)$/i, "")
    .replaceAll(/[^\w.~-]/g, "-")
    .replace(/^[._]+/, "");
  return isPackageName(last) ? last : "archive";
}

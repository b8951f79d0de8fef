import { IMPORTER_KINDS, type Lock, lookup, PACKAGE_KINDS } from "../lock/lock.ts";
import { type PackageRequest, requestKey } from "./package-request.ts";
import { isWithin } from "./package-path.ts";

/** Id of the package that `name` means in the package `owner`. */
export function dependencyOf(lock: Lock, owner: string, name: string): string | undefined {
  const locked = lookup(lock.packages, owner);
  for (const kind of locked === undefined ? [] : PACKAGE_KINDS) {
    const id = locked && lookup(locked[kind], name);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * Id of the package that a file of the project means by a request: a name alone is what the manifests of the file's folders
 * ask for, the nearest first; a name that they do not have, and one with a range, is what the lockfile has for the text.
 * @param path of the file, `/packages/a/main.ts`
 */
export function requestedPackage(
  lock: Lock,
  path: string,
  request: Pick<PackageRequest, "name" | "range">,
): string | undefined {
  const declared = request.range === "*" ? declaredPackage(lock, path, request.name) : undefined;
  return declared ?? lookup(lock.imports, requestKey(request));
}

/** Id of the package that a manifest of the project has under that name, for a file of it. */
export function declaredPackage({ importers }: Lock, path: string, name: string): string | undefined {
  const around = Object.keys(importers).filter((folder) => isWithin(path.slice(1), folder === "." ? "" : folder));
  for (const folder of around.toSorted((a, b) => b.length - a.length || (a === "." ? 1 : -1))) {
    for (const kind of IMPORTER_KINDS) {
      const { id } = lookup(importers[folder]?.[kind] ?? {}, name) ?? {};
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

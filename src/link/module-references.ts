import type { PackageArtifact } from "../artifact/package-artifact.ts";
import type { PackageView } from "../resolve/package-entry.ts";
import { isWithin } from "../resolve/package-path.ts";
import { packageNameOf } from "../resolve/package-request.ts";
import type { LinkContext } from "./link-context.ts";
import type { ModuleReference } from "./module-graph.ts";
import { packageUrl } from "./package-address.ts";

/** Path of the project's files below `base`. */
export const PROJECT_FOLDER = "project";

/** The reference of a project file. */
export function projectReference(path: string, context: Pick<LinkContext, "base">): ModuleReference {
  return { url: `${context.base}${PROJECT_FOLDER}${path}`, owner: { kind: "project" }, path };
}

/** Path of the module that `"browser": { "x": false }` stands for. */
export const EMPTY = "empty";

export function emptyReference({ base }: Pick<LinkContext, "base">): ModuleReference {
  return { url: base + EMPTY, owner: { kind: "empty" }, path: EMPTY };
}

/** The reference of a file of a package. */
export function fileReference(key: string, path: string, context: Pick<LinkContext, "base">): ModuleReference {
  return { url: packageUrl(context.base, key, path), owner: { kind: "package", key }, path };
}

/** What resolution sees of a loaded package. */
export function viewOf(key: string, { index }: PackageArtifact): PackageView {
  return {
    key,
    name: packageNameOf(key),
    manifests: index.manifests,
    hasFile: (path) => index.files.has(path),
    hasFolder: (folder) => [...index.files.keys()].some((path) => isWithin(path, folder)),
  };
}

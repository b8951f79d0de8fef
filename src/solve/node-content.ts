import type { ProjectManifest } from "./project-manifest.ts";
import type { VersionMetadata } from "./reduce-metadata.ts";
import type { TreeNode } from "./tree-node.ts";

/** What a node stands for. */
export type NodeContent =
  /** The project's root or a folder in it. */
  | { readonly kind: "folder"; readonly path: string; readonly manifest: ProjectManifest; readonly workspace: boolean }
  /** A package; `source` where it came from elsewhere than a registry. */
  | { readonly kind: "package"; readonly manifest: VersionMetadata; readonly source?: string }
  /** Another node of the tree under a name. */
  | { readonly kind: "link"; readonly target: TreeNode }
  /** A dependency that cannot be had, and why. */
  | { readonly kind: "failure"; error(): Error };

/** What package it is. @param name by which it is found */
export function identityOf(content: NodeContent, name: string): Pick<TreeNode, "packageName" | "version"> {
  if (content.kind === "link") return content.target;
  if (content.kind === "failure") return { packageName: name, version: undefined };
  return { packageName: content.manifest.name ?? name, version: content.manifest.version };
}

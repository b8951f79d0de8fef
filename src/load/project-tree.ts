import { readManifests } from "../project/read-project-state.ts";
import { createModuleTree, type ModuleTree } from "../resolve/module-tree.ts";
import { resolveDependencySpec } from "../solve/dependency-spec.ts";
import type { ProjectManifests } from "../solve/project-manifest.ts";
import { readProject } from "../solve/read-project.ts";
import { manifestTexts } from "./program-manifests.ts";

/**
 * The files of a project with its workspaces, and the folders that its manifests depend on by path (L29, P65).
 * @param files absolute path → text
 * @throws (when a name is looked up) LoaderError ERR_INVALID_PACKAGE_CONFIG
 */
export function createProjectTree(files: ReadonlyMap<string, string>): ModuleTree {
  let folders: ReadonlyMap<string, string> | undefined;
  return createModuleTree(files, (name) => {
    folders ??= foldersByName(readManifests(manifestTexts(files)).manifests);
    return folders.get(name);
  });
}

function foldersByName(manifests: ProjectManifests): Map<string, string> {
  if (!manifests.has("")) return new Map();
  const paths = [...manifests].flatMap(([folder, { dependencies, devDependencies, optionalDependencies }]) =>
    Object.entries({ ...optionalDependencies, ...devDependencies, ...dependencies }).flatMap(([name, text]) => {
      const spec = typeof text === "string" ? resolveDependencySpec(name, text, folder) : undefined;
      return spec?.kind === "folder" ? [[name, spec.path] as const] : [];
    }),
  );
  return new Map([...paths, ...readProject(manifests).workspaces]);
}

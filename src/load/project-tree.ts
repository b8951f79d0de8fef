import { lookup } from "../lock/lock.ts";
import { readManifests, rootRules } from "../project/read-project-state.ts";
import { createModuleTree, type ModuleTree } from "../resolve/module-tree.ts";
import { resolveDependencySpec } from "../solve/dependency-spec.ts";
import type { ProjectManifests } from "../solve/project-manifest.ts";
import { readProject } from "../solve/read-project.ts";
import { manifestTexts } from "./program-manifests.ts";

/**
 * The files of a project with its workspaces, the folders that its manifests depend on by path (L29, P65), its catalogs (P27)
 * and the names that it has for native modules (R33).
 * @param files absolute path → text
 * @throws (when a name is looked up) LoaderError ERR_INVALID_PACKAGE_CONFIG
 */
export function createProjectTree(files: ReadonlyMap<string, string>): ModuleTree {
  let names: ReturnType<typeof readNames> | undefined;
  const known = () => (names ??= readNames(readManifests(manifestTexts(files)).manifests));
  return createModuleTree(files, {
    workspaceFolder: (name) => known().folders.get(name),
    catalogRange: (name, catalog) => lookup(lookup(known().catalogs, catalog) ?? {}, name),
    nativeModule: (name) => lookup(known().native, name),
  });
}

function readNames(manifests: ProjectManifests) {
  const { native = {} } = manifests.get("") ?? {};
  return { folders: foldersByName(manifests), catalogs: rootRules(manifests).catalogs, native };
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

import type { PackageManifest } from "../compile/compiled-package.ts";
import { LoaderError } from "../errors.ts";
import type { PackageView } from "./package-entry.ts";
import { folderOf, joinPath } from "./package-path.ts";

/** What a project's manifests say of names. */
export interface TreeNames {
  /** Folder of the workspace package of that name. */
  workspaceFolder(name: string): string | undefined;
  /** What a catalog has for a package. */
  catalogRange(name: string, catalog: string): string | undefined;
  /** The native module that a name stands for. */
  nativeModule(name: string): string | undefined;
}

/** Files of a project with its `node_modules`, as they would lie on a disk. Paths have no slash in front. */
export interface ModuleTree extends TreeNames {
  hasFile(path: string): boolean;
  hasFolder(path: string): boolean;
  /**
   * The package in a folder, without those in `node_modules` below it.
   * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where its package.json is not a JSON object
   */
  packageIn(folder: string): PackageView;
}

const NO_NAMES: TreeNames = {
  workspaceFolder: () => undefined,
  catalogRange: () => undefined,
  nativeModule: () => undefined,
};

/** @param files absolute path → text */
export function createModuleTree(files: ReadonlyMap<string, string>, names: Partial<TreeNames> = {}): ModuleTree {
  const folders = new Set<string>([""]);
  const manifestPaths = new Map<string, string[]>();
  for (const absolute of files.keys()) {
    const path = absolute.slice(1);
    for (let folder = folderOf(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
    if (path !== "package.json" && !path.endsWith("/package.json")) continue;
    const owner = packageFolder(path);
    manifestPaths.set(owner, [...(manifestPaths.get(owner) ?? []), path]);
  }
  const views = new Map<string, PackageView>();
  const tree: ModuleTree = {
    ...NO_NAMES,
    ...names,
    hasFile: (path) => files.has(`/${path}`),
    hasFolder: (path) => folders.has(path),
    packageIn(folder) {
      const view = views.get(folder) ?? viewOf(folder, readManifests(folder, manifestPaths, files), tree);
      views.set(folder, view);
      return view;
    },
  };
  return tree;
}

/** The outermost folder of the package that a file belongs to: below the last `node_modules`, or the project's. */
export function packageFolder(path: string): string {
  return /^(?:.*\/)?node_modules\/(?:@[^/]*\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? "";
}

function viewOf(folder: string, manifests: PackageView["manifests"], tree: ModuleTree): PackageView {
  const { name, version } = manifests[""] ?? {};
  const shownName = typeof name === "string" ? name : folder.replace(/^.*node_modules\//, "");
  return {
    key: typeof version === "string" ? `${shownName}@${version}` : shownName,
    name: shownName,
    manifests,
    hasFile: (path) => tree.hasFile(joinPath(folder, path)),
    hasFolder: (path) => tree.hasFolder(path === "" ? folder : joinPath(folder, path)),
  };
}

function readManifests(
  folder: string,
  manifestPaths: ReadonlyMap<string, readonly string[]>,
  files: ReadonlyMap<string, string>,
): PackageView["manifests"] {
  const manifests: Record<string, PackageManifest> = Object.create(null);
  for (const path of manifestPaths.get(packageFolder(joinPath(folder, "package.json"))) ?? []) {
    const own = joinPath(folder, "package.json");
    if (path !== own && !(folder === "" || path.startsWith(`${folder}/`))) continue;
    const manifest = parseManifest(files.get(`/${path}`) ?? "");
    if (manifest !== undefined) manifests[folderOf(folder === "" ? path : path.slice(folder.length + 1))] = manifest;
    // Folders below a package may hold broken ones as test data.
    else if (path === own) throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `"/${path}" is not a JSON object`);
  }
  return manifests;
}

function parseManifest(text: string): PackageManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PackageManifest) : undefined;
}

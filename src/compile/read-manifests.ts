import { LoaderError } from "../errors.ts";
import type { CompiledPackage, PackageManifest } from "./compiled-package.ts";

/** What the linker and the compiler read of a package.json. */
const FIELDS = [
  "name",
  "version",
  "type",
  "main",
  "module",
  "browser",
  "exports",
  "imports",
  "sideEffects",
  "peerDependencies",
];

/**
 * The package.json files of an archive, by folder.
 * @param fields those that are kept
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where the package has no readable one of its own
 */
export function readManifests(
  files: ReadonlyMap<string, Uint8Array>,
  key: string,
  fields: readonly string[] = FIELDS,
): CompiledPackage["manifests"] {
  const manifests: Record<string, PackageManifest> = Object.create(null);
  for (const path of [...files.keys()].toSorted()) {
    if (path !== "package.json" && !path.endsWith("/package.json")) continue;
    const folder = path.slice(0, -"package.json".length).replace(/\/$/, "");
    const manifest = parseManifest(files.get(path) ?? new Uint8Array(), fields);
    if (manifest !== undefined) manifests[folder] = manifest;
    else if (folder === "") throw invalidConfig(key, "its package.json is not a JSON object");
  }
  if (manifests[""] === undefined) throw invalidConfig(key, "it has no package.json");
  return manifests;
}

function parseManifest(bytes: Uint8Array, fields: readonly string[]): PackageManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Folders below the package may hold broken ones as test data; the caller refuses the package's own.
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([field]) => fields.includes(field)));
}

function invalidConfig(key: string, reason: string): LoaderError {
  return new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `"${key}" cannot be loaded: ${reason}`, { package: key });
}

/** `type` of the nearest package.json above `path`. */
export function packageType(path: string, manifests: CompiledPackage["manifests"]): string | undefined {
  const type = manifests[nearestManifest(path, manifests)]?.["type"];
  return typeof type === "string" ? type : undefined;
}

/** Folder of the nearest package.json at or above the file. */
export function nearestManifest(path: string, manifests: CompiledPackage["manifests"]): string {
  let folder = path;
  while (folder !== "") {
    folder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "";
    if (Object.hasOwn(manifests, folder)) return folder;
  }
  return "";
}

import { EMPTY_LOCK, IMPORTER_KINDS, type Lock, type LockedImporter, sortedEntries } from "../lock/lock.ts";
import { MANIFEST_FILES, readManifests, rootRules } from "../project/read-project-state.ts";
import { type PackageRequest, requestKey } from "../resolve/package-request.ts";
import { isWithin } from "../resolve/package-path.ts";
import type { ProjectManifest, ProjectManifests } from "../solve/project-manifest.ts";
import type { WantedPackages } from "./solve-roots.ts";

/** What the manifests of a program say: those among its files, else what its lockfile knows of them. */
export interface ProgramManifests extends Pick<WantedPackages, "manifests" | "rules" | "hasImporters"> {
  /** How conflicts are to be settled, where a manifest says. */
  readonly conflicts?: "relaxed" | "strict";
  /** Whether the lockfile has to say the same; it has if it is all that is known of them. */
  readonly areBinding: boolean;
}

/**
 * Reads the manifests of a program.
 * @param files absolute path → text
 * @param overrides package, or chain of packages joined by `>` → what is used whatever is asked
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG with file and line
 */
export function readProgramManifests(
  files: ReadonlyMap<string, string>,
  lock: Lock,
  overrides: Readonly<Record<string, string>> = {},
): ProgramManifests {
  const texts = manifestTexts(files);
  const areFiles = [...texts.keys()].some((path) => !path.includes("/"));
  const read = areFiles ? readManifests(texts) : { manifests: manifestsOf(lock), settings: {} };
  const areBinding = areFiles || Object.keys(overrides).length > 0;
  const manifests = new Map(read.manifests).set("", withOverrides(read.manifests.get("") ?? {}, overrides));
  const hasImporters = areFiles || Object.keys(lock.importers).length > 0;
  const rules = areBinding ? rootRules(manifests) : { overrides: lock.overrides, catalogs: lock.catalogs };
  return { ...read.settings, manifests, hasImporters, areBinding, rules };
}

/** The manifests among files: path without a slash in front → text. */
export function manifestTexts(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].flatMap(([path, text]) => (isManifest(path) ? [[path.slice(1), text] as const] : [])));
}

function isManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return path.startsWith("/") && MANIFEST_FILES.some((file) => file === name) && !path.includes("/node_modules/");
}

/** They hold for what the project itself asks for too, as yarn's resolutions do. */
function withOverrides(root: ProjectManifest, overrides: Readonly<Record<string, string>>): ProjectManifest {
  const chains = Object.entries(overrides).map(([chain, text]) => [chain.split(/\s*>\s*/).join("/"), text] as const);
  if (chains.length === 0) return root;
  return { ...root, resolutions: { ...root.resolutions, ...Object.fromEntries(chains) } };
}

/** What a lock says of the manifests that it was made of. */
function manifestsOf(lock: Lock): ProjectManifests {
  const manifests = new Map(
    Object.entries(lock.importers).map(([path, importer]) => [path === "." ? "" : path, manifestOf(importer)]),
  );
  const workspaces = [...manifests.keys()].filter((path) => path !== "");
  const root = withOverrides(manifests.get("") ?? {}, lock.overrides);
  return manifests.set("", { ...root, catalogs: lock.catalogs, ...(workspaces.length > 0 && { workspaces }) });
}

function manifestOf({ name, version, ...importer }: LockedImporter): ProjectManifest {
  const kinds = IMPORTER_KINDS.map((kind) => {
    const asked = Object.entries(importer[kind]).map(([alias, { range }]) => [alias, range] as const);
    return [kind, Object.fromEntries(asked)] as const;
  });
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...Object.fromEntries(kinds.filter(([, asked]) => Object.keys(asked).length > 0)),
  };
}

/** The request of a manifest that a source text's is, if one has that name: a range of its own is another request. */
export function declaredBy(
  { name, range, referrer }: PackageRequest,
  manifests: ProjectManifests,
): PackageRequest | undefined {
  if (range !== "*") return undefined;
  const path = referrer.startsWith("/") ? referrer.slice(1) : "";
  const folders = [...manifests.keys()].filter((folder) => isWithin(path, folder));
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) {
    for (const kind of IMPORTER_KINDS) {
      const text = manifests.get(folder)?.[kind]?.[name];
      if (typeof text === "string") return { name, range: text, referrer: manifestPath(folder) };
    }
  }
  return undefined;
}

/** What manifests ask for and a lock has no answer to; of development's dependencies those that `used` names. */
export function openDeclared(manifests: ProjectManifests, lock: Lock, used: ReadonlySet<string>): PackageRequest[] {
  return [...manifests].flatMap(([folder, manifest]) => {
    const importer = lock.importers[folder === "" ? "." : folder];
    return IMPORTER_KINDS.flatMap((kind) =>
      sortedEntries(manifest[kind] ?? {}).flatMap(([name, range]): PackageRequest[] => {
        const isWanted = kind !== "devDependencies" || used.has(name);
        const isLocked =
          importer !== undefined && IMPORTER_KINDS.some((other) => importer[other][name]?.range === range);
        if (!isWanted || isLocked || typeof range !== "string") return [];
        return [{ name, range, referrer: manifestPath(folder) }];
      }),
    );
  });
}

/** What a lock has of manifests and they ask for no more, as `name@range`. */
export function leftDeclared(manifests: ProjectManifests, lock: Lock): string[] {
  return Object.entries(lock.importers).flatMap(([path, importer]) => {
    const manifest = manifests.get(path === "." ? "" : path) ?? {};
    return IMPORTER_KINDS.flatMap((kind) =>
      Object.entries(importer[kind]).flatMap(([name, { range }]) =>
        manifest[kind]?.[name] === range ? [] : [requestKey({ name, range })],
      ),
    );
  });
}

/** Whether a lock was made under the same rules. */
export function hasSameRules({ overrides, catalogs }: WantedPackages["rules"], lock: Lock = EMPTY_LOCK): boolean {
  return JSON.stringify(sorted(overrides)) === JSON.stringify(sorted(lock.overrides)) && sameCatalogs(catalogs, lock);
}

function sameCatalogs(catalogs: Lock["catalogs"], lock: Lock): boolean {
  const all = (of: Lock["catalogs"]) => sortedEntries(of).map(([name, ranges]) => [name, sorted(ranges)]);
  return JSON.stringify(all(catalogs)) === JSON.stringify(all(lock.catalogs));
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return sortedEntries(record);
}

function manifestPath(folder: string): string {
  return folder === "" ? "/package.json" : `/${folder}/package.json`;
}

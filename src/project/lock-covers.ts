import { IMPORTER_KINDS, type Lock, type LockedImporter, lookup } from "../lock/lock.ts";
import type { ProjectManifest, ProjectManifests } from "../solve/project-manifest.ts";
import { readProject } from "../solve/read-project.ts";
import { rootRules } from "./read-project-state.ts";

/**
 * Whether a lock answers all that the manifests ask for, word for word, so that nothing has to be solved (P53). False for a
 * project with folders that are no workspaces: a lock does not have what those ask for.
 */
export function lockCovers(lock: Lock, manifests: ProjectManifests): boolean {
  if (Object.values(lock.packages).some(({ source }) => source.kind === "path")) return false;
  const { overrides, catalogs } = rootRules(manifests);
  if (!sameContent({ overrides, catalogs }, { overrides: lock.overrides, catalogs: lock.catalogs })) return false;
  const folders = ["", ...readProject(manifests).workspaces.values()];
  if (folders.length !== Object.keys(lock.importers).length) return false;
  return folders.every((folder) => {
    const importer = lookup(lock.importers, folder === "" ? "." : folder);
    const manifest = manifests.get(folder) ?? {};
    return importer !== undefined && answers(importer, manifest) && (folder === "" || sameIdentity(importer, manifest));
  });
}

/** The lock with the root's name and version as its manifest has them now. */
export function withRootIdentity(lock: Lock, manifests: ProjectManifests): Lock {
  const importer = lookup(lock.importers, ".");
  const { name, version } = manifests.get("") ?? {};
  if (importer === undefined || sameIdentity(importer, manifests.get("") ?? {})) return lock;
  const { name: _name, version: _version, ...others } = importer;
  const identity = { ...(name !== undefined && { name }), ...(version !== undefined && { version }) };
  return { ...lock, importers: { ...lock.importers, ".": { ...identity, ...others } } };
}

function sameIdentity(importer: LockedImporter, { name, version }: ProjectManifest): boolean {
  return importer.name === name && importer.version === version;
}

/** What is asked for twice, as a peer and for development say, is locked once. */
function answers(importer: LockedImporter, manifest: ProjectManifest): boolean {
  const isAsked = IMPORTER_KINDS.every((kind) =>
    Object.entries(importer[kind]).every(([name, { range }]) => lookup(manifest[kind] ?? {}, name) === range),
  );
  const isLocked = (name: string): boolean => IMPORTER_KINDS.some((kind) => Object.hasOwn(importer[kind], name));
  const asked = IMPORTER_KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  return isAsked && asked.every(([name, range]) => typeof range !== "string" || isLocked(name));
}

function sameContent(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))
      : inner,
  );
}

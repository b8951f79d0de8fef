import { IMPORTER_KINDS, sortedEntries, toRecord } from "../lock/lock.ts";
import { namePattern } from "../resolve/name-pattern.ts";
import { matchesGlob } from "../solve/match-glob.ts";
import type { ProjectManifests } from "../solve/project-manifest.ts";
import { readProject } from "../solve/read-project.ts";

/** A package of the project's own (P49). */
export interface ListedWorkspace {
  readonly name: string;
  /** From the project's root. */
  readonly path: string;
  readonly version?: string;
  /** Name → range, of every kind. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The project's workspaces, by name (P48).
 * @param filters names and paths of those that are wanted: `ui`, `@acme/*`, `./packages/**`; `!` before one takes out (P50).
 * Without any, and where all of them take out, it is all to begin with
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG
 */
export function listWorkspaces(manifests: ProjectManifests, filters: readonly string[] = []): ListedWorkspace[] {
  const project = readProject(manifests);
  const wanted = filters.filter((filter) => !filter.startsWith("!")).map(workspaceFilter);
  const unwanted = filters.filter((filter) => filter.startsWith("!")).map((filter) => workspaceFilter(filter.slice(1)));
  return sortedEntries(toRecord(project.workspaces))
    .map(([name, path]): ListedWorkspace => {
      const manifest = manifests.get(path) ?? {};
      const { version } = manifest;
      const asked = IMPORTER_KINDS.toReversed().flatMap((kind) => Object.entries(manifest[kind] ?? {}));
      return { name, path, ...(version !== undefined && { version }), dependencies: toRecord(asked) };
    })
    .filter(
      (workspace) =>
        (wanted.length === 0 || wanted.some((matches) => matches(workspace))) &&
        !unwanted.some((matches) => matches(workspace)),
    );
}

function workspaceFilter(filter: string): (workspace: ListedWorkspace) => boolean {
  const [, glob] = /^\.?\/(.*?)\/*$/.exec(filter) ?? [];
  if (glob !== undefined) return ({ path }) => matchesGlob(path, glob);
  const matches = namePattern(filter);
  return ({ name }) => matches(name);
}

import { LoaderError } from "../../../src/errors.ts";
import type { ProjectManifest } from "../../../src/solve/project-manifest.ts";
import type { PackageMetadata, VersionMetadata } from "../../../src/solve/reduce-metadata.ts";
import { type Solution, type SolveOptions, solveProject } from "../../../src/solve/solve-project.ts";

/** `name@version` → fields of its manifest; the last stable one written is `latest`. */
export type World = Readonly<Record<string, Partial<Omit<VersionMetadata, "name" | "version">>>>;

/** Noon of some day; what the world has is older, unless it says otherwise. */
export const NOW = Date.UTC(2026, 5, 15, 12);

interface SolveInput {
  readonly options?: Partial<SolveOptions>;
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly remote?: Readonly<Record<string, VersionMetadata>>;
  /** Ticks before the answer to the nth question. */
  readonly delay?: (turn: number) => number;
}

/** The root's manifest alone, or every folder's by path. */
export type ProjectInput = ProjectManifest | { readonly folders: Readonly<Record<string, ProjectManifest>> };

/** Solves a project against a registry that has just what `world` says. */
export async function solve(world: World, project: ProjectInput, input: SolveInput = {}): Promise<Solution> {
  const packages = packagesOf(world, input.tags ?? {});
  const folders = "folders" in project ? project.folders : { "": project };
  let turn = 0;
  const { remote } = input;
  const context = {
    packument: async (name: string): Promise<PackageMetadata> => {
      const ticks = input.delay?.(turn++) ?? 0;
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      const found = packages.get(name);
      if (found === undefined)
        throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no "${name}"`, { package: name });
      return found;
    },
    ...(remote !== undefined && {
      remote: async (source: string): Promise<VersionMetadata> => {
        const found = remote[source];
        if (found === undefined) throw new LoaderError("ERR_FETCH_STATUS", `Nothing at ${source}`, { url: source });
        return found;
      },
    }),
  };
  return solveProject(new Map(Object.entries(folders)), context, { now: NOW, ...input.options });
}

/** Ids of the nodes, which are sorted. */
export async function idsOf(solution: Promise<Solution>): Promise<string[]> {
  return Object.keys((await solution).graph.nodes);
}

/** What a solve fails with. */
export async function errorOf(solution: Promise<Solution>): Promise<LoaderError> {
  const outcome = await solution.then(
    ({ graph }) => new Error(`solved: ${Object.keys(graph.nodes).join(" ")}`),
    (error: unknown) => error,
  );
  if (outcome instanceof LoaderError) return outcome;
  throw outcome;
}

/** By name. */
export function packagesOf(world: World, tags: SolveInput["tags"] & object): Map<string, PackageMetadata> {
  const packages = new Map<string, PackageMetadata>();
  for (const [key, fields] of Object.entries(world)) {
    const at = key.lastIndexOf("@");
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const metadata = packages.get(name) ?? { name, "dist-tags": {}, versions: {} };
    const published = Date.UTC(2025, 0, 1);
    metadata.versions[version] = { name, version, published, dist: { integrity: `sha512-${key}` }, ...fields };
    if (!version.includes("-")) metadata["dist-tags"]["latest"] = version;
    Object.assign(metadata["dist-tags"], tags[name]);
    packages.set(name, metadata);
  }
  return packages;
}

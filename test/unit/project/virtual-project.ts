import { LoaderError } from "../../../src/errors.ts";
import type { Advisory } from "../../../src/project/audit-lock.ts";
import { createMemoryProjectFiles, type MemoryProjectFiles } from "../../../src/project/project-files.ts";
import type { ProjectRegistry } from "../../../src/project/verb-options.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import type { PackageMetadata, VersionMetadata } from "../../../src/solve/reduce-metadata.ts";

/** `name@version` → fields of its manifest; the last stable one written is `latest`. */
export type World = Readonly<Record<string, Partial<Omit<VersionMetadata, "name" | "version">>>>;

export const NOW = Date.UTC(2026, 5, 15, 12);

interface Setup {
  readonly remote?: Readonly<Record<string, VersionMetadata>>;
  readonly advisories?: Readonly<Record<string, readonly Advisory[]>>;
}

export interface VirtualProject {
  readonly files: MemoryProjectFiles;
  readonly verbs: ProjectVerbs;
  readonly registry: ProjectRegistry;
  /** Names that the registry was asked about. */
  readonly asked: string[];
  /** Lets the registry have something else from now on. */
  readonly publish: (world: World) => void;
}

/** A project in memory and a registry that has just what `world` says. */
export function createProject(
  world: World,
  files: Readonly<Record<string, unknown>>,
  setup: Setup = {},
): VirtualProject {
  const packages = new Map<string, PackageMetadata>();
  const asked: string[] = [];
  const texts = Object.entries(files).map(([path, file]) => [path, typeof file === "string" ? file : json(file)]);
  const stored = createMemoryProjectFiles(Object.fromEntries(texts) as Record<string, string>);
  const { remote, advisories } = setup;
  const registry = {
    bases: ["https://registry.example/"],
    packument: async (name: string): Promise<PackageMetadata> => {
      asked.push(name);
      const found = packages.get(name);
      if (found === undefined)
        throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no "${name}"`, { package: name });
      return found;
    },
    ...(remote !== undefined && { remote: async (source: string) => remote[source] as VersionMetadata }),
    ...(advisories !== undefined && { advisories: async () => advisories }),
  };
  const verbs = new ProjectVerbs({ files: stored, registry: () => registry, now: () => NOW });
  const publish = (more: World): void => addTo(packages, more);
  publish(world);
  return { files: stored, verbs, registry, asked, publish };
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function sri(text: string): string {
  return `sha512-${btoa(text.padEnd(64, "."))}`;
}

/** What a verb fails with. */
export async function errorOf(outcome: Promise<unknown>): Promise<LoaderError> {
  const error = await outcome.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof LoaderError) return error;
  throw error;
}

function addTo(packages: Map<string, PackageMetadata>, world: World): void {
  for (const [key, fields] of Object.entries(world)) {
    const at = key.lastIndexOf("@");
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const before = packages.get(name) ?? { name, "dist-tags": {}, versions: {} };
    const metadata = { ...before, "dist-tags": { ...before["dist-tags"] }, versions: { ...before.versions } };
    const published = Date.UTC(2025, 0, 1);
    metadata.versions[version] = { name, version, published, dist: { integrity: sri(key) }, ...fields };
    metadata["dist-tags"][version.includes("-") ? "next" : "latest"] = version;
    packages.set(name, metadata);
  }
}

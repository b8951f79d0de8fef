import type { WantedDependency } from "./gather-metadata.ts";
import type { ProjectManifest } from "./project-manifest.ts";
import type { VersionMetadata } from "./reduce-metadata.ts";
import type { SpecCache } from "./spec-cache.ts";

interface WantedOptions {
  readonly specs: SpecCache;
  /** Peers are not installed. */
  readonly ignorePeers: boolean;
  /** Workspaces are there already. */
  readonly isWorkspace: (name: string) => boolean;
}

type PeerFields = Pick<VersionMetadata, "peerDependencies" | "peerDependenciesMeta">;
type Ranges = Readonly<Record<string, string>>;

/** Lists what a manifest asks for: whose metadata solving is going to need. */
export class WantedDependencies {
  readonly #options: WantedOptions;

  constructor(options: WantedOptions) {
    this.#options = options;
  }

  /** @param path of the root or a workspace */
  ofFolder(manifest: ProjectManifest, path: string): WantedDependency[] {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const asked = { ...this.#requiredPeers(manifest), ...devDependencies, ...dependencies, ...optionalDependencies };
    return this.list(asked, path === "" ? "the project" : path, path);
  }

  ofVersion(version: VersionMetadata): WantedDependency[] {
    const { dependencies = {}, optionalDependencies, bundleDependencies = [] } = version;
    const isPlain = (optionalDependencies ?? version.peerDependencies) === undefined && bundleDependencies.length === 0;
    const asked = isPlain
      ? dependencies
      : { ...this.#requiredPeers(version), ...dependencies, ...optionalDependencies };
    for (const name of bundleDependencies) delete asked[name];
    return this.list(asked, `${version.name}@${version.version}`, undefined);
  }

  /** @param folder of the manifest; undefined for a package of a registry */
  list(asked: Ranges, referrer: string, folder: string | undefined): WantedDependency[] {
    const { isWorkspace, specs } = this.#options;
    const wanted: WantedDependency[] = [];
    for (const name of Object.keys(asked)) {
      if (!isWorkspace(name)) wanted.push({ name, spec: specs.parse(name, asked[name] ?? "", folder), referrer });
    }
    return wanted;
  }

  /** What it takes for a peer if somebody else asks for it. */
  optionalPeersOf(version: VersionMetadata): WantedDependency[] {
    return this.list(this.#peers(version, true), `${version.name}@${version.version}`, undefined);
  }

  #requiredPeers(manifest: PeerFields): Record<string, string> {
    return this.#peers(manifest, false);
  }

  #peers({ peerDependencies, peerDependenciesMeta = {} }: PeerFields, optional: boolean): Record<string, string> {
    if (this.#options.ignorePeers || peerDependencies === undefined) return {};
    const isOptional = (name: string): boolean => peerDependenciesMeta[name]?.optional === true;
    return Object.fromEntries(Object.entries(peerDependencies).filter(([name]) => isOptional(name) === optional));
  }
}

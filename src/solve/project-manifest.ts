import type { OverrideRules } from "./override-set.ts";

/** What solving reads of a package.json of the project. Fields of other types than these are read as if they were not there. */
export interface ProjectManifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  /** Only the root's count, as do overrides, resolutions and catalogs. */
  readonly workspaces?: readonly string[] | WorkspaceSettings;
  /** npm's, nested or flat. */
  readonly overrides?: OverrideRules;
  /** Yarn's: `name` or `parent/name`, each step with an optional `@range`; globs before a name change nothing. */
  readonly resolutions?: Readonly<Record<string, string>>;
  readonly catalog?: Catalog;
  readonly catalogs?: Readonly<Record<string, Catalog>>;
  /** Names for modules of the host: `crypto` → `crypto` for `native:crypto`. */
  readonly native?: Readonly<Record<string, string>>;
}

/** Name → range, for `catalog:` and `catalog:name`. */
export type Catalog = Readonly<Record<string, string>>;

/** The long form of `workspaces`, with the catalogs that Bun keeps there. */
export interface WorkspaceSettings {
  readonly packages?: readonly string[];
  readonly catalog?: Catalog;
  readonly catalogs?: Readonly<Record<string, Catalog>>;
}

/** The manifests of a project by folder: `""` is the root, the others have their path from it, `packages/a`. */
export type ProjectManifests = ReadonlyMap<string, ProjectManifest>;

import type { GitOrigin } from "./reduce-metadata.ts";

/** A whole project, solved. Every record is sorted by its keys: equal inputs give equal bytes. */
export interface SolvedGraph {
  /** Folders of the project by their path: `""` is the root, workspaces and `file:` folders have theirs. */
  readonly importers: Readonly<Record<string, SolvedImporter>>;
  /**
   * Packages by id: `name@version`, with the peers behind it, `name@version(react@19.0.0)`, only where one version is
   * there several times because its peers differ.
   */
  readonly nodes: Readonly<Record<string, SolvedNode>>;
}

/** Name it is imported by → what it is. */
export type SolvedDependencies = Readonly<Record<string, SolvedDependency>>;

/** One dependency of a folder of the project. */
export interface SolvedDependency {
  /** Of a node, or `file:path` for a folder of the project. */
  readonly id: string;
  /** As it was asked for, before overrides. */
  readonly range: string;
}

/** A folder of the project. Kinds without an entry are left out. */
export interface SolvedImporter {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: SolvedDependencies;
  readonly devDependencies?: SolvedDependencies;
  readonly optionalDependencies?: SolvedDependencies;
  readonly peerDependencies?: SolvedDependencies;
  /** The root's workspaces. */
  readonly workspaces?: SolvedDependencies;
}

/** A package in the graph. The ids in its records are of nodes, or `file:path`. Records without an entry are left out. */
export interface SolvedNode {
  readonly name: string;
  readonly version: string;
  /** SRI. */
  readonly integrity?: string;
  /** URL, where it is not the registry's usual one. */
  readonly tarball?: string;
  /** The author's signature of it, and the key that it is checked with. */
  readonly signature?: string;
  readonly publicKey?: string;
  /** Compiler id → `sha256:<hex>` of the index of what that compiler made of it, where the registry has that. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** What was asked for, where it is not of a registry: a forge, a URL. */
  readonly source?: string;
  /** What that was when it was solved, where it is a repository. */
  readonly git?: GitOrigin;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** Peers as they were resolved; optional ones where the project or a dependent has them. */
  readonly peerDependencies?: Readonly<Record<string, string>>;
  /** Names of peers that may be missing. */
  readonly optionalPeers?: readonly string[];
  /** Dependencies that are in its archive. */
  readonly bundled?: readonly string[];
  /** Nothing fails without it. */
  readonly optional?: true;
  /** Only dev dependencies lead here. */
  readonly dev?: true;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly deprecated?: string;
}

/** Something a person should see that is no failure. */
export interface SolveNotice {
  readonly kind: "deprecated" | "optional-skipped" | "peer-unmet" | "optional-peer-missing" | "cycle" | "lock-unmet";
  /** Id of the node that it is about, or the path of an importer. */
  readonly subject: string;
  readonly message: string;
}

import { LoaderError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { buildTree } from "./build-tree.ts";
import { peerConflictError } from "./conflict-error.ts";
import { collectDecisions, type SolveDecision } from "./decision-log.ts";
import { DependencySource, MetadataNeeded } from "./dependency-source.ts";
import { assertNoFailures } from "./failures.ts";
import { MetadataGatherer, type SolveContext, type WantedDependency } from "./gather-metadata.ts";
import { assertRunsOn, assertSingleVersions, type Platform } from "./graph-checks.ts";
import type { GraphNode } from "./graph-node.ts";
import { versionsOf } from "./lazy-versions.ts";
import { mergeVersions } from "./merge-versions.ts";
import { metadataQuestion } from "./metadata-question.ts";
import { VersionNotSent } from "./metadata-text.ts";
import type { AgeOptions } from "./newest-allowed.ts";
import { type OverrideRules, OverrideSet } from "./override-set.ts";
import { splitByPeers } from "./peer-contexts.ts";
import { printGraph } from "./print-graph.ts";
import type { Catalog, ProjectManifests } from "./project-manifest.ts";
import { type Project, readProject } from "./read-project.ts";
import type { PackageMetadata } from "./reduce-metadata.ts";
import { SemverCache } from "./semver-cache.ts";
import { collectNotices } from "./solve-notices.ts";
import type { SolvedGraph, SolveNotice } from "./solved-graph.ts";
import { SpecCache } from "./spec-cache.ts";
import { TreeNode } from "./tree-node.ts";
import { TreeRules } from "./tree-rules.ts";
import { treeNodes, treeToGraph } from "./tree-to-graph.ts";
import { type PreferredVersions, VersionPicker, type VersionPolicy, versionPolicy } from "./version-picker.ts";
import { WantedDependencies } from "./wanted-dependencies.ts";

/** How a project is to be solved. */
export interface SolveOptions extends AgeOptions {
  /** `strict` fails on any second version of a package; `relaxed`, the default, has as few as the ranges allow. */
  readonly conflicts?: "relaxed" | "strict";
  /** `ignore` leaves peers to chance, as npm's legacy-peer-deps: none is installed, none is an error. Default `install`. */
  readonly peers?: "install" | "ignore";
  /** Where it is to run: a required package that excludes it is an error. Default: anywhere, nothing is checked. */
  readonly platform?: Platform;
  /** Node's version, to choose versions by whose engines allow it. Default: engines are not looked at. */
  readonly nodeVersion?: string;
  /** Versions to stay with where they still meet what is asked: those of a lock, say. Default: none. */
  readonly preferred?: PreferredVersions | undefined;
  /** Catalogs by name beside the manifest's own; `default` is the one without a name. */
  readonly catalogs?: Readonly<Record<string, Catalog>>;
  /** Packages that a graph may hold. */
  readonly maxPackages?: number;
  /** Hears of every request of the graph what it got, and why (M77). */
  readonly onDecision?: (decision: SolveDecision) => void;
}

/** A solved project and what there is to say about it. */
export interface Solution {
  readonly graph: SolvedGraph;
  readonly notices: readonly SolveNotice[];
}

/**
 * Chooses a version for everything that a project needs: the versions that npm would, then as few of them as the ranges
 * allow. The graph covers every platform; `os` and `cpu` are kept for whoever fetches. The answer depends on the
 * manifests, the metadata and the options alone, not on the order in which metadata arrives.
 * @param manifests the project's package.json files by folder, the root's under `""`
 * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND, ERR_VERSION_CONFLICT (peers of what the project asks
 * for, or any second version where conflicts are strict), ERR_OVERRIDE_CONFLICT, ERR_INVALID_RANGE,
 * ERR_INVALID_LOCAL_PACKAGE, ERR_INVALID_PACKAGE_CONFIG, ERR_UNSUPPORTED_DEPENDENCY, ERR_UNSUPPORTED_PLATFORM,
 * ERR_INTEGRITY_REQUIRED, ERR_GRAPH_LIMIT and what `context` throws
 */
export async function solveProject(
  manifests: ProjectManifests,
  context: SolveContext,
  options: SolveOptions,
): Promise<Solution> {
  return new ProjectSolver(readProject(manifests, options.catalogs), context, options).solve();
}

class ProjectSolver {
  readonly #project: Project;
  readonly #options: SolveOptions;
  readonly #semver = new SemverCache();
  readonly #specs = new SpecCache();
  readonly #wants: WantedDependencies;
  readonly #policy: VersionPolicy;
  readonly #picker: VersionPicker;
  readonly #metadata: MetadataGatherer;

  constructor(project: Project, context: SolveContext, options: SolveOptions) {
    this.#project = project;
    this.#options = options;
    this.#policy = versionPolicy(options);
    this.#picker = new VersionPicker(this.#semver, this.#policy);
    this.#wants = new WantedDependencies({
      specs: this.#specs,
      ignorePeers: options.peers === "ignore",
      isWorkspace: (name) => project.workspaces.has(name),
    });
    this.#metadata = new MetadataGatherer(context, {
      pick: (metadata, spec) => this.#picker.pick(metadata, spec),
      dependenciesOf: (version) => this.#wants.ofVersion(version),
    });
  }

  get #limit(): number {
    return this.#options.maxPackages ?? DEFAULT_LIMITS.packages;
  }

  async solve(): Promise<Solution> {
    const wanted = this.#wantedByProject();
    await this.#metadata.prefetch(() => metadataQuestion(wanted, this.#options));
    await this.#metadata.gather(wanted);
    for (;;) {
      try {
        return this.#solveOnce();
      } catch (error) {
        if (error instanceof MetadataNeeded) await this.#metadata.gather([error.wanted]);
        else if (error instanceof VersionNotSent) await this.#metadata.fetch(error.package, "the project");
        else throw error;
      }
    }
  }

  #solveOnce(): Solution {
    const rules = this.#createRules();
    const source = new DependencySource(this.#project, this.#createRoot(rules), rules, this.#metadata, this.#picker);
    buildTree({
      rules,
      root: source.root,
      limit: this.#limit,
      find: (edge) => source.find(edge),
      isAskedFor: (name) => this.#metadata.asked.has(name) || this.#project.workspaces.has(name),
      conflict: (edge, candidate) => {
        throw peerConflictError(edge, candidate, (name) => this.#newestVersions(name));
      },
    });
    const folders = [...source.folders.values()].filter((folder) => folder.isProject);
    const skipped = assertNoFailures(folders);
    if (this.#options.peers === "ignore") for (const node of treeNodes(folders)) node.addPeers();
    return this.#finish(treeToGraph(folders), skipped);
  }

  #finish(all: GraphNode[], skipped: readonly SolveNotice[]): Solution {
    const nodes = splitByPeers(mergeVersions(all, this.#semver), this.#semver, this.#limit);
    if (this.#options.conflicts === "strict") assertSingleVersions(nodes);
    if (this.#options.platform !== undefined) assertRunsOn(nodes, this.#options.platform);
    const { graph, ids } = printGraph(nodes);
    this.#tellDecisions(nodes, ids);
    return { graph, notices: [...skipped, ...collectNotices(nodes, ids, this.#semver)] };
  }

  #tellDecisions(nodes: readonly GraphNode[], ids: ReadonlyMap<GraphNode, string>): void {
    const { onDecision } = this.#options;
    if (onDecision === undefined) return;
    const context = {
      ids,
      semver: this.#semver,
      picker: this.#picker,
      policy: this.#policy,
      metadataOf: (name: string) => this.#metadataOf(name),
    };
    for (const decision of collectDecisions(nodes, context)) onDecision(decision);
  }

  #createRules(): TreeRules {
    return new TreeRules(this.#semver, this.#project.root, this.#project.workspaces, {
      specs: this.#specs,
      ignorePeers: this.#options.peers === "ignore",
      taggedVersion: (name, tag) => {
        const metadata = this.#metadataOf(name);
        return metadata && this.#picker.pick(metadata, { kind: "tag", name, tag })?.version;
      },
    });
  }

  #createRoot(rules: TreeRules): TreeNode {
    const { root: manifest, overrides } = this.#project;
    const set = Object.keys(overrides).length === 0 ? undefined : new OverrideSet(overrides);
    const content = { kind: "folder", path: "", manifest, workspace: false } as const;
    const root = TreeNode.top(manifest.name ?? "", content, rules, { overrides: set });
    for (const edge of root.edgesOut.values()) {
      if (edge.text === edge.rawText || edge.overrides?.value.startsWith("$") === true) continue;
      const message = `The override "${edge.name}": "${edge.text}" contradicts the project's own dependency in ${edge.rawText}`;
      const hint =
        'write the same range in both places, or "$name" as the override, which stands for the project\'s own range';
      const details = { package: edge.name, expected: edge.text, actual: edge.rawText, file: "package.json", hint };
      throw new LoaderError("ERR_OVERRIDE_CONFLICT", message, details);
    }
    return root;
  }

  #wantedByProject(): WantedDependency[] {
    const { manifests, workspaces, overrides } = this.#project;
    const folders = new Set(["", ...workspaces.values()]);
    const ofFolders = [...manifests].flatMap(([path, manifest]) =>
      folders.has(path) ? this.#wants.ofFolder(manifest, path) : [],
    );
    return [...ofFolders, ...this.#wants.list(overrideValues(overrides), "the project's overrides", "")];
  }

  /** Undefined where nobody has asked for it, or there is none. */
  #metadataOf(name: string): PackageMetadata | undefined {
    const found = this.#metadata.packages.get(name);
    return found !== undefined && "versions" in found ? found : undefined;
  }

  /** Of every major. */
  #newestVersions(name: string): string[] {
    const metadata = this.#metadataOf(name);
    const versions = metadata === undefined ? [] : versionsOf(metadata);
    const stable = versions.filter((version) => this.#semver.version(version)?.prerelease.length === 0);
    const majors = Map.groupBy(
      stable.toSorted((a, b) => this.#semver.compare(b, a)),
      (version) => version.split(".")[0],
    );
    return [...majors.values()].flatMap(([newest]) => newest ?? []).slice(0, 12);
  }
}

function overrideValues(rules: OverrideRules, parent = ""): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, rule] of Object.entries(rules)) {
    const at = key.indexOf("@", 1);
    const name = key === "." ? parent : at === -1 ? key : key.slice(0, at);
    if (typeof rule !== "string") Object.assign(values, overrideValues(rule, name));
    else if (!rule.startsWith("$") && rule !== "") values[name] = rule;
  }
  return values;
}

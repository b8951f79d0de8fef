import { LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import type { ProjectManifest } from "./project-manifest.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { SpecCache } from "./spec-cache.ts";
import type { EdgeKind } from "./tree-edge.ts";
import type { NodeContent } from "./node-content.ts";
import type { TreeNode } from "./tree-node.ts";

interface Dependency {
  readonly name: string;
  readonly text: string;
  readonly kind: EdgeKind;
}

interface TreeRulesOptions {
  readonly specs: SpecCache;
  /** Peers are neither installed nor checked, as before npm 7. */
  readonly ignorePeers: boolean;
  /** The version that a dist-tag leads to. */
  taggedVersion(name: string, tag: string): string | undefined;
}

/** What holds for every node of a tree: how a dependency is read and what meets it. */
export class TreeRules {
  readonly semver: SemverCache;
  readonly #root: ProjectManifest;
  readonly #workspaces: ReadonlyMap<string, string>;
  readonly #options: TreeRulesOptions;
  readonly #dependencies = new Map<object, readonly Dependency[]>();

  /** @param workspaces name → path */
  constructor(
    semver: SemverCache,
    root: ProjectManifest,
    workspaces: ReadonlyMap<string, string>,
    options: TreeRulesOptions,
  ) {
    this.semver = semver;
    this.#root = root;
    this.#workspaces = workspaces;
    this.#options = options;
  }

  /** The dependencies of a node in the order in which they count: of two for one name the later wins. */
  dependenciesOf(content: NodeContent): readonly Dependency[] {
    if (content.kind === "link" || content.kind === "failure") return [];
    let dependencies = this.#dependencies.get(content.manifest);
    if (dependencies === undefined) {
      dependencies = this.#listDependencies(content);
      this.#dependencies.set(content.manifest, dependencies);
    }
    return dependencies;
  }

  /** Whether a candidate brings peers that have to suit what is around it. */
  hasPeers(content: NodeContent): boolean {
    if (this.#options.ignorePeers || content.kind === "link" || content.kind === "failure") return false;
    const { peerDependencies } = content.manifest;
    return peerDependencies !== undefined && Object.keys(peerDependencies).length > 0;
  }

  #listDependencies(content: Extract<NodeContent, { kind: "folder" | "package" }>): Dependency[] {
    const { dependencies, optionalDependencies } = content.manifest;
    const listed = content.kind === "folder" && content.path === "" ? this.#workspaceLinks() : [];
    if (!this.#options.ignorePeers) listed.push(...this.peersOf(content));
    addAll(listed, dependencies, "prod");
    addAll(listed, optionalDependencies, "optional");
    if (content.kind === "folder") addAll(listed, content.manifest.devDependencies, "dev");
    return listed;
  }

  /** The required ones, then the optional ones. */
  peersOf(content: NodeContent): Dependency[] {
    if (content.kind === "link" || content.kind === "failure") return [];
    const { peerDependencies, peerDependenciesMeta = {} } = content.manifest;
    if (peerDependencies === undefined) return [];
    const isOptional = (name: string): boolean => lookup(peerDependenciesMeta, name)?.optional === true;
    const required: Dependency[] = [];
    const optional: Dependency[] = [];
    for (const name of Object.keys(peerDependencies)) {
      const text = peerDependencies[name] ?? "";
      if (isOptional(name)) optional.push({ name, text, kind: "peerOptional" });
      else required.push({ name, text, kind: "peer" });
    }
    return [...required, ...optional];
  }

  parse(name: string, text: string, from: TreeNode): DependencySpec {
    const owner = from.standsFor ?? from;
    const folder = owner.content.kind === "folder" ? owner.content.path : undefined;
    return this.#options.specs.parse(name, text, folder);
  }

  /** Whether a node is what `spec` asks for. */
  meets(node: TreeNode, spec: DependencySpec, from: TreeNode): boolean {
    const { content } = node;
    switch (spec.kind) {
      case "range":
        if (spec.name !== node.packageName && content.kind !== "link" && spec.name !== node.name) return false;
        return node.version !== undefined && this.semver.satisfies(node.version, spec.range);
      case "tag":
        return content.kind === "package" && content.source === undefined && this.#meetsTag(node, spec.tag, from);
      case "folder":
        return content.kind === "link" && isFolder(content.target, spec.path);
      case "workspace":
        return (
          content.kind === "link" &&
          isFolder(content.target, this.#workspaces.get(spec.name)) &&
          this.semver.satisfies(node.version ?? "0.0.0", spec.range)
        );
      case "remote":
        return content.kind === "package" && content.source === spec.source;
      default:
        return false;
    }
  }

  /** What `$name` of an override stands for: the range that the project itself has for it. */
  referenced(name: string, from: TreeNode): string {
    const own = from.content.kind === "folder" ? from.content.manifest : {};
    for (const manifest of [this.#root, own]) {
      const { devDependencies, optionalDependencies, dependencies, peerDependencies } = manifest;
      for (const ranges of [devDependencies, optionalDependencies, dependencies, peerDependencies]) {
        const range = ranges && lookup(ranges, name);
        if (range !== undefined) return range;
      }
    }
    throw new LoaderError(
      "ERR_INVALID_PACKAGE_CONFIG",
      `The override "$${name}" refers to no dependency of the project`,
      {
        package: name,
        hint: `add "${name}" to the dependencies, or write a range instead of "$${name}"`,
      },
    );
  }

  #workspaceLinks(): Dependency[] {
    return [...this.#workspaces].map(([name, path]) => ({ name, text: `file:./${path}`, kind: "workspace" }));
  }

  /**
   * npm takes any version of the registry for a tag, once one is there. A package may get that; what the project itself
   * asks for by tag it gets.
   */
  #meetsTag(node: TreeNode, tag: string, from: TreeNode): boolean {
    const owner = from.standsFor ?? from;
    return !owner.isProject || this.#options.taggedVersion(node.packageName, tag) === node.version;
  }
}

function addAll(list: Dependency[], ranges: Readonly<Record<string, string>> | undefined, kind: EdgeKind): void {
  if (ranges === undefined) return;
  for (const name of Object.keys(ranges)) list.push({ name, text: ranges[name] ?? "", kind });
}

function isFolder(node: TreeNode, path: string | undefined): boolean {
  return node.content.kind === "folder" && node.content.path === path;
}

import { LoaderError } from "../errors.ts";
import { chainOf } from "./conflict-error.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import type { MetadataGatherer, WantedDependency } from "./gather-metadata.ts";
import type { Project } from "./read-project.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { NodeContent } from "./node-content.ts";
import { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";
import type { VersionPicker } from "./version-picker.ts";

type SpecOf<Kind extends DependencySpec["kind"]> = Extract<DependencySpec, { kind: Kind }>;

/** Thrown when solving needs metadata that nobody has fetched yet; caught where it can be. Not an error of the project's. */
export class MetadataNeeded extends Error {
  readonly wanted: WantedDependency;

  constructor(wanted: WantedDependency) {
    super("metadata needed");
    this.wanted = wanted;
  }
}

/** Finds what a dependency leads to: a version, a folder of the project, or the reason why there is none. */
export class DependencySource {
  readonly root: TreeNode;
  readonly #project: Project;
  readonly #rules: TreeRules;
  readonly #metadata: MetadataGatherer;
  readonly #picker: VersionPicker;
  readonly #folders = new Map<string, TreeNode>();

  /** @param root of the tree; its workspaces are put beside it */
  constructor(project: Project, root: TreeNode, rules: TreeRules, metadata: MetadataGatherer, picker: VersionPicker) {
    this.#project = project;
    this.#rules = rules;
    this.#metadata = metadata;
    this.#picker = picker;
    this.root = root;
    this.#folders.set("", root);
    for (const path of [...project.workspaces.values()].toSorted()) this.#folderAt(path);
  }

  /** The root, the workspaces and every other folder that was linked, by path. */
  get folders(): ReadonlyMap<string, TreeNode> {
    return this.#folders;
  }

  find(edge: TreeEdge): NodeContent {
    const { spec } = edge;
    switch (spec.kind) {
      case "range":
      case "tag":
        return this.#workspaceFor(edge, spec) ?? this.#fromRegistry(edge, spec);
      case "folder":
        return this.#linkTo(edge, spec.path);
      case "workspace":
        return this.#toWorkspace(edge, spec);
      case "remote":
        return this.#fromElsewhere(edge, spec);
      default:
        return failure("ERR_INVALID_RANGE", edge, spec.reason);
    }
  }

  #fromRegistry(edge: TreeEdge, spec: SpecOf<"range" | "tag">): NodeContent {
    const metadata = this.#metadata.packages.get(spec.name);
    if (metadata === undefined) throw new MetadataNeeded({ name: edge.name, spec, referrer: chainOf(edge.from) });
    if (!("versions" in metadata)) {
      if (metadata.code !== "ERR_PACKAGE_NOT_FOUND") throw metadata;
      return { kind: "failure", error: () => metadata };
    }
    const manifest = this.#picker.pick(metadata, spec);
    if (manifest !== undefined) return { kind: "package", manifest };
    if (this.#metadata.isPartial(spec.name)) {
      throw new MetadataNeeded({ name: edge.name, spec, referrer: chainOf(edge.from) });
    }
    return { kind: "failure", error: () => this.#picker.noneError(metadata, spec, chainOf(edge.from)) };
  }

  /** A workspace of that name goes before the registry, where its version will do (L29). */
  #workspaceFor(edge: TreeEdge, spec: SpecOf<"range" | "tag">): NodeContent | undefined {
    const path = spec.kind === "range" ? this.#project.workspaces.get(spec.name) : undefined;
    const target = path === undefined ? undefined : this.#folderAt(path);
    if (target === undefined || spec.kind !== "range") return undefined;
    if (spec.range !== "*" && !this.#rules.semver.satisfies(target.version ?? "", spec.range)) return undefined;
    return edge.name === spec.name ? { kind: "link", target } : undefined;
  }

  #toWorkspace(edge: TreeEdge, { name, range }: SpecOf<"workspace">): NodeContent {
    const path = this.#project.workspaces.get(name);
    if (path === undefined) {
      const names = [...this.#project.workspaces.keys()].join(", ") || "none";
      return failure("ERR_INVALID_LOCAL_PACKAGE", edge, `the project has no workspace "${name}"; it has ${names}`);
    }
    const version = this.#project.manifests.get(path)?.version;
    if (range !== "*" && !this.#rules.semver.satisfies(version ?? "", range)) {
      return failure("ERR_VERSION_NOT_FOUND", edge, `the workspace ${path} has version ${version ?? "none"}`);
    }
    return this.#linkTo(edge, path);
  }

  #linkTo(edge: TreeEdge, path: string): NodeContent {
    const target = this.#folderAt(path);
    if (target !== undefined) return { kind: "link", target };
    return failure("ERR_INVALID_LOCAL_PACKAGE", edge, `there is no ${path}/package.json in the project`);
  }

  #fromElsewhere(edge: TreeEdge, { source }: SpecOf<"remote">): NodeContent {
    const manifest = this.#metadata.remotes.get(source);
    if (manifest === undefined && this.#metadata.canFetchRemotes) {
      throw new MetadataNeeded({ name: edge.name, spec: edge.spec, referrer: chainOf(edge.from) });
    }
    if (manifest === undefined) {
      return failure(
        "ERR_UNSUPPORTED_DEPENDENCY",
        edge,
        `"${source}" is not of a registry, and nothing here can read it`,
      );
    }
    if ("version" in manifest) return { kind: "package", manifest, source };
    return { kind: "failure", error: () => manifest };
  }

  #folderAt(path: string): TreeNode | undefined {
    const known = this.#folders.get(path);
    const manifest = this.#project.manifests.get(path);
    if (known !== undefined || manifest === undefined) return known;
    const name = manifest.name ?? path.slice(path.lastIndexOf("/") + 1);
    const workspace = this.#project.workspaces.get(name) === path;
    const content: NodeContent = { kind: "folder", path, manifest, workspace };
    const node = TreeNode.top(name, content, this.#rules, {
      within: this.#folderAround(path),
      overrides: this.root.overrides,
    });
    this.#folders.set(path, node);
    return node;
  }

  #folderAround(path: string): TreeNode {
    const around = [...this.#folders].filter(([other]) => other === "" || path.startsWith(`${other}/`));
    return around.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? this.root;
  }
}

function failure(
  code: "ERR_INVALID_RANGE" | "ERR_INVALID_LOCAL_PACKAGE" | "ERR_VERSION_NOT_FOUND" | "ERR_UNSUPPORTED_DEPENDENCY",
  edge: TreeEdge,
  reason: string,
): NodeContent {
  const error = (): LoaderError => {
    const referrer = chainOf(edge.from);
    const message = `"${edge.name}": "${edge.text}" of ${referrer} cannot be used: ${reason}`;
    return new LoaderError(code, message, { specifier: `${edge.name}@${edge.text}`, package: edge.name, referrer });
  };
  return { kind: "failure", error };
}

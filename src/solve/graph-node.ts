import type { VersionMetadata } from "./reduce-metadata.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/** A dependency in the graph. */
export interface GraphEdge {
  readonly from: GraphNode;
  /** The request; its `to` is the tree's, not the graph's. */
  readonly asked: TreeEdge;
  to: GraphNode;
}

/** A package or a folder of the project in the graph, wherever it lies in the tree. */
export class GraphNode {
  /** The tree's node that stands for all that are alike. */
  readonly tree: TreeNode;
  readonly edges = new Map<string, GraphEdge>();
  /** `name@version`; `file:path` for a folder. */
  readonly packageId: string;
  /** Package ids of what it, or something below it, takes from around it, where that differs between places. */
  readonly #context: ReadonlySet<string>;

  constructor(tree: TreeNode, context: ReadonlySet<string> = new Set()) {
    this.tree = tree;
    this.#context = context;
    const { content } = tree;
    this.packageId = content.kind === "folder" ? `file:${content.path}` : `${tree.packageName}@${tree.version ?? ""}`;
  }

  get isFolder(): boolean {
    return this.tree.content.kind === "folder";
  }

  /** Undefined for a folder. */
  get manifest(): VersionMetadata | undefined {
    return this.tree.content.kind === "package" ? this.tree.content.manifest : undefined;
  }

  /** What makes it another instance than others of its version: what its peers are, and where it came from. */
  get instanceKey(): string {
    const { content } = this.tree;
    const source = content.kind === "package" ? (content.source ?? "") : "";
    return `${this.packageId} ${source}${this.peerSuffix}`;
  }

  get peerSuffix(): string {
    const ids = new Set(this.#context);
    for (const { asked, to } of this.edges.values()) if (asked.peer) ids.add(to.packageId);
    if (ids.size === 0) return "";
    return [...ids]
      .toSorted()
      .map((id) => `(${id})`)
      .join("");
  }
}

/** All that is reached from some nodes, those included, in a fixed order. */
export function reachable(from: Iterable<GraphNode>): Set<GraphNode> {
  const reached = new Set(from);
  for (const node of reached) for (const { to } of node.edges.values()) reached.add(to);
  return reached;
}

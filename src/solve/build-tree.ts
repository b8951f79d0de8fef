import { LoaderError } from "../errors.ts";
import { compareNames } from "./compare-names.ts";
import { compareNodes } from "./compare-nodes.ts";
import { PeerSets, type TreeSource } from "./peer-sets.ts";
import { type PlacedNode, type PlacementReport, Placer } from "./place-dependency.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";

/** More than any peer needs that settles in the end. */
const MAX_ATTEMPTS = 20;

interface TreeContext extends TreeSource {
  readonly rules: TreeRules;
  /** The root, with the project's folders beside it. */
  readonly root: TreeNode;
  /** Packages a tree may hold. */
  readonly limit: number;
}

/**
 * Fills a project's tree as npm does: node by node, outside in and by name; every dependency goes as far out as it can
 * without taking anything away from others.
 * @throws LoaderError ERR_VERSION_CONFLICT, ERR_GRAPH_LIMIT
 */
export function buildTree(context: TreeContext): void {
  new TreeBuilder(context).build();
}

/** A dependency that needs something, and what it gets. */
interface Task {
  readonly edge: TreeEdge;
  readonly dep: TreeNode;
}

class TreeBuilder {
  readonly #context: TreeContext;
  readonly #peerSets: PeerSets;
  /** Sorted; the next is the last. */
  readonly #queue: TreeNode[] = [];
  readonly #seen = new Set<TreeNode>();
  readonly #links = new Set<TreeNode>();
  /** How often each peer was placed, by place and name. */
  readonly #attempts = new Map<string, number>();
  #placed = 0;
  readonly #conflict = (edge: TreeEdge, candidate: TreeNode): never => this.#context.conflict(edge, candidate);

  constructor(context: TreeContext) {
    this.#context = context;
    this.#peerSets = new PeerSets(context.rules, context);
  }

  build(): void {
    this.#push(this.#context.root);
    do {
      for (let node = this.#queue.pop(); node !== undefined; node = this.#queue.pop()) {
        if (this.#seen.has(node) || node.tree !== this.#context.root.tree) continue;
        this.#seen.add(node);
        this.#fill(node);
      }
      // Folders of the project come when all that the root asks for is there.
      this.#pushLinked();
    } while (this.#queue.length > 0);
  }

  #fill(node: TreeNode): void {
    const tasks: Task[] = [];
    for (const edge of problemsOf(node)) if (!this.#isFutile(edge)) tasks.push({ edge, dep: this.#candidate(edge) });
    if (tasks.length > 1) tasks.sort((a, b) => compareNames(a.edge.name, b.edge.name));
    for (const { edge, dep } of tasks) this.#place(edge, dep);
    for (const { to } of node.edgesOut.values()) if (to?.content.kind === "link") this.#links.add(to);
  }

  /** Peers that exclude each other would take turns for ever; what is there after some of them stays. */
  #isFutile(edge: TreeEdge): boolean {
    if (!edge.peer) return false;
    const key = `${edge.from.path}\n${edge.name}`;
    const attempts = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempts);
    if (attempts > MAX_ATTEMPTS) edge.peerConflicted = true;
    return edge.peerConflicted;
  }

  #candidate(edge: TreeEdge): TreeNode {
    const present = this.#peerSets.present(edge);
    if (present !== undefined) return present;
    const hoistable = edge.kind === "peerOptional" ? findHoistable(edge) : undefined;
    return hoistable ?? this.#peerSets.load(edge);
  }

  #place(edge: TreeEdge, dep: TreeNode): void {
    const report: PlacementReport = {
      placed: [],
      disturbed: new Set(),
      conflict: this.#conflict,
    };
    new Placer({ edge, dep }, this.#context.rules, report).place();
    for (const placed of report.placed) this.#settle(placed);
    for (const node of report.disturbed) this.#revisit(node);
  }

  /** What the new node has made invalid is looked at again, then the node itself. */
  #settle({ node, edge }: PlacedNode): void {
    for (const other of node.edgesIn) {
      if (other !== edge && !other.valid && !other.peerConflicted) this.#revisit(other.from);
    }
    this.#push(node);
    if (++this.#placed <= this.#context.limit * 4) return;
    const { limit } = this.#context;
    throw new LoaderError("ERR_GRAPH_LIMIT", `The project needs more than ${limit} packages`, { limit });
  }

  #revisit(node: TreeNode): void {
    this.#seen.delete(node);
    this.#push(node);
  }

  #pushLinked(): void {
    for (const link of this.#links) {
      const { content } = link;
      if (content.kind !== "link" || link.tree !== this.#context.root.tree || this.#seen.has(content.target)) continue;
      if (link.overrides !== undefined) content.target.narrowOverrides(link.overrides);
      this.#push(content.target);
    }
    this.#links.clear();
  }

  #push(node: TreeNode): void {
    let low = 0;
    for (let high = this.#queue.length; low < high;) {
      const middle = (low + high) >> 1;
      const other = this.#queue[middle];
      if (other === node) return;
      if (other !== undefined && compareNodes(other, node) > 0) low = middle + 1;
      else high = middle;
    }
    if (this.#queue[low] !== node) this.#queue.splice(low, 0, node);
  }
}

/** The dependencies of a node that lead nowhere, or to something that will not do. */
function problemsOf(node: TreeNode): TreeEdge[] {
  const { content } = node;
  const bundled = content.kind === "package" ? content.manifest.bundleDependencies : undefined;
  const problems: TreeEdge[] = [];
  for (const edge of node.edgesOut.values()) {
    const { to } = edge;
    if (to === undefined ? edge.kind === "peerOptional" : edge.valid || to.failed) continue;
    if (!edge.peerConflicted && bundled?.includes(edge.name) !== true) problems.push(edge);
  }
  return problems;
}

/** An optional peer that lies elsewhere in the tree already is shared rather than fetched a second time. */
function findHoistable(edge: TreeEdge): TreeNode | undefined {
  const queue = [...(edge.from.resolveParent ?? edge.from).children.values()];
  for (const node of queue) {
    if (node.satisfies(edge)) return node;
    queue.push(...node.children.values());
  }
  return undefined;
}

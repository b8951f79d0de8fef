import { LoaderError } from "../errors.ts";
import { canReplace } from "./can-replace.ts";
import { compareNames } from "./compare-names.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { NodeContent } from "./node-content.ts";
import { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";

/** Peers that bring peers that bring peers: deeper than any package goes. */
const MAX_DEPTH = 200;

/** What filling a tree needs to know from outside. */
export interface TreeSource {
  /** What a dependency leads to; a failure where that cannot be had. */
  find(edge: TreeEdge): NodeContent;
  /** Whether anything asks for a name, optional peers aside. */
  isAskedFor(name: string): boolean;
  /** Raises the error for a peer of what the project asks for that does not go with the rest of it. */
  conflict(edge: TreeEdge, candidate: TreeNode | undefined): never;
}

/**
 * Loads candidates for dependencies together with their peers, in trial trees: copies of the dependent in which nothing
 * else lies, so that peers are chosen to suit it and each other (npm's virtual roots).
 */
export class PeerSets {
  readonly #rules: TreeRules;
  readonly #source: TreeSource;
  readonly #trials = new Map<TreeNode, TreeNode>();
  #depth = 0;

  constructor(rules: TreeRules, source: TreeSource) {
    this.#rules = rules;
    this.#source = source;
  }

  /** What the last trial of a node has for a name, if that fits. */
  present(edge: TreeEdge): TreeNode | undefined {
    const tried = this.#trials.get(edge.from)?.edgesOut.get(edge.name);
    return tried?.to !== undefined && tried.valid && tried.to.satisfies(edge) ? tried.to : undefined;
  }

  /**
   * The candidate for an edge, its peers beside it; alone and in no tree where it has none. A peer comes into the last
   * trial of its dependent, anything else into a new one.
   * @throws LoaderError ERR_VERSION_CONFLICT where peers of what the project asks for exclude each other
   */
  load(edge: TreeEdge): TreeNode {
    const { from } = edge;
    if (edge.peer) {
      return this.#load(edge, this.#trials.get(from) ?? this.#newTrial(from), undefined, new Set([from]));
    }
    const content = this.#source.find(edge);
    if (this.#rules.hasPeers(content)) return this.#load(edge, undefined, undefined, new Set([from]));
    // Without peers there is nothing to try.
    this.#trials.delete(from);
    return new TreeNode(edge.name, content, this.#rules, { overrides: edge.overrides });
  }

  /** @param required nodes that are needed for certain: only these may fail */
  #load(edge: TreeEdge, trial: TreeNode | undefined, second: TreeEdge | undefined, required: Set<TreeNode>): TreeNode {
    const parent = trial ?? this.#newTrial(edge.from);
    const first = this.#create(edge, parent);
    const other = second === undefined || second.valid ? undefined : this.#create(second, parent);
    const node = other !== undefined && edge.valid ? other : first;
    node.moveTo(parent);
    const needs = (one: TreeEdge | undefined): boolean =>
      one !== undefined && required.has(one.from) && one.kind !== "peerOptional";
    if (needs(edge) || needs(second)) required.add(node);
    this.#guardDepth(edge, () => this.#loadPeers(node, required));
    return node;
  }

  #create(edge: TreeEdge, parent: TreeNode): TreeNode {
    const node = new TreeNode(edge.name, this.#source.find(edge), this.#rules);
    node.moveTo(parent);
    return node;
  }

  #newTrial(node: TreeNode): TreeNode {
    const trial = TreeNode.top(node.name, node.content, this.#rules, { standsFor: node, overrides: node.overrides });
    this.#trials.set(node, trial);
    return trial;
  }

  #loadPeers(node: TreeNode, required: Set<TreeNode>): void {
    const peers = [...node.edgesOut.values()].filter((edge) => {
      if (!edge.peer || (edge.valid && edge.to !== undefined)) return false;
      // An optional peer that nobody has excludes nothing; its metadata is not even fetched.
      return edge.kind === "peer" || this.#source.isAskedFor(edge.name);
    });
    for (const edge of peers.toSorted((a, b) => compareNames(a.name, b.name))) {
      // A fitting peer may have taken the place of the node itself on the way.
      if (node.parent === undefined) return;
      if (edge.valid && edge.to !== undefined) continue;
      const isOpen =
        edge.to === undefined ? this.#loadMissing(edge, node.parent, required) : this.#reload(edge, required);
      if (isOpen && node.parent !== undefined) this.#source.conflict(edge, edge.to);
    }
  }

  /** Nothing is there yet. True where the project's own request contradicts the peer. */
  #loadMissing(edge: TreeEdge, trial: TreeNode, required: Set<TreeNode>): boolean {
    const asked = trial.edgesOut.get(edge.name);
    if (asked === undefined) {
      this.#load(edge, trial, undefined, required);
      return false;
    }
    // A wide request of the dependent, `>=1`, is to give a version that the peer wants, `1.x`, not the highest.
    const dep = this.#load(asked, trial, edge, required);
    if (edge.valid) return false;
    if (this.#mayConflict(trial) || !required.has(dep)) {
      edge.peerConflicted = true;
      return false;
    }
    return true;
  }

  /** Something is there that does not do: another version, if that suits all. True where it does not and must. */
  #reload(edge: TreeEdge, required: Set<TreeNode>): boolean {
    const { to: current } = edge;
    const trial = edge.from.parent;
    if (current === undefined || trial === undefined) return false;
    if (canReplace(this.#load(edge, undefined, undefined, required), current)) {
      this.#load(edge, trial, undefined, required);
      return false;
    }
    return !this.#mayConflict(trial) && required.has(edge.from);
  }

  /** What the project asks for must fit; what its packages ask for of each other is their authors' business. */
  #mayConflict(trial: TreeNode): boolean {
    return trial.standsFor?.isProject !== true;
  }

  #guardDepth(edge: TreeEdge, load: () => void): void {
    if (this.#depth >= MAX_DEPTH) {
      throw new LoaderError("ERR_GRAPH_LIMIT", `The peers of "${edge.name}" lead to ever more peers`, {
        package: edge.name,
        limit: MAX_DEPTH,
      });
    }
    this.#depth++;
    load();
    this.#depth--;
  }
}

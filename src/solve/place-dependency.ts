import { type Placement, PlacementCheck } from "./can-place.ts";
import { canDedupe } from "./can-replace.ts";
import { compareNodes } from "./compare-nodes.ts";
import { deepestPlace, gatherDependents, peerEntrySets } from "./dependency-sets.ts";
import type { TreeEdge } from "./tree-edge.ts";
import { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";

/** What a placement did. */
export interface PlacedNode {
  readonly node: TreeNode;
  /** The edge it was placed for. */
  readonly edge: TreeEdge;
  /** How it came there, its peers aside. */
  readonly self: Placement;
}

/** What a placement says to its builder. */
export interface PlacementReport {
  readonly placed: PlacedNode[];
  /** Nodes that lost a dependency on the way and have to be looked at again. */
  readonly disturbed: Set<TreeNode>;
  /** A peer that the project itself asks for does not fit anywhere: raises the error. */
  conflict(edge: TreeEdge, dep: TreeNode): never;
}

interface PlacementRequest {
  readonly edge: TreeEdge;
  /** The candidate, in a trial tree. */
  readonly dep: TreeNode;
  /** The placement of the node whose peer this is. */
  readonly parent?: Placer;
}

/** Puts a node where it can be shared most, as npm's PlaceDep does: outwards from its dependent until it would conflict. */
export class Placer {
  readonly #edge: TreeEdge;
  readonly #dep: TreeNode;
  readonly #parent: Placer | undefined;
  readonly #rules: TreeRules;
  readonly #report: PlacementReport;
  #check: PlacementCheck | undefined;

  constructor({ edge, dep, parent }: PlacementRequest, rules: TreeRules, report: PlacementReport) {
    this.#edge = edge;
    this.#dep = dep;
    this.#parent = parent;
    this.#rules = rules;
    this.#report = report;
  }

  place(): void {
    const edge = this.#edge;
    if (edge.to !== undefined && edge.valid) return;
    this.#check = this.#findPlace();
    if (this.#check === undefined) {
      edge.peerConflicted = true;
      return;
    }
    const { target, placement, self } = this.#check;
    if ((placement === "conflict" ? self : placement) === "keep") {
      if (edge.peer && !edge.valid) edge.peerConflicted = true;
      this.#dedupe(target);
      return;
    }
    this.#putInto(target, self);
  }

  /** The outermost place without a conflict. */
  #findPlace(): PlacementCheck | undefined {
    let fits: PlacementCheck | undefined;
    let fitsAlone: PlacementCheck | undefined;
    for (const target of this.#start().ancestry()) {
      if (!target.isTop && target.edgesOut.get(this.#edge.name)?.peer === true) continue;
      const check = new PlacementCheck({
        dep: this.#dep,
        edge: this.#edge,
        parent: this.#parent === undefined ? undefined : this.#parent.#check,
        target,
        semver: this.#rules.semver,
      });
      if (check.self !== "conflict") fitsAlone = check;
      if (check.placement === "conflict") break;
      fits = check;
      if (this.#dep.failed) break;
    }
    if (fits !== undefined) return fits;
    const top = this.#top();
    if (top.#isProjects()) this.#report.conflict(top.#edge, top.#dep);
    return fitsAlone;
  }

  /** A peer lies at least as far out as its dependent. */
  #start(): TreeNode {
    const start = this.#parent === undefined ? this.#edge.from : this.#parent.#start();
    return deepestPlace(start, this.#edge.name);
  }

  #top(): Placer {
    return this.#parent === undefined ? this : this.#parent.#top();
  }

  /** Whether the project itself brought this in: then a conflict is for its author to decide. */
  #isProjects(): boolean {
    const { from, peer } = this.#edge;
    if (from.isProject) return true;
    if (!peer) return false;
    const edges = [...from.edgesIn];
    if (edges.some((edge) => !edge.peer && edge.from.isProject)) return true;
    return edges.some((edge) => edge.peer) && [...peerEntrySets(from).keys()].some((edge) => edge.from.isProject);
  }

  #putInto(target: TreeNode, self: Placement): void {
    const edge = this.#edge;
    for (const around of target.ancestry()) {
      if (!around.isTop && around.matches(this.#dep)) return this.#linkTo(around, target, self);
    }
    const node = this.#ownNode();
    const old = target.children.get(edge.name);
    if (old === undefined) node.moveTo(target);
    else this.#replace(old, node, target);
    this.#report.placed.push({ node, edge, self });
    if (edge.peer && !node.satisfies(edge)) edge.peerConflicted = true;
    if (edge.valid && edge.to !== undefined && edge.to !== node) this.#dedupe(edge.to, false);
    this.#dedupeBelow(node, target);
    this.#placePeers(node);
  }

  /** A candidate from a trial stays there, for its peers to be placed from; one that came alone is the node itself. */
  #ownNode(): TreeNode {
    const { name, content, overrides, tree } = this.#dep;
    return tree === undefined ? this.#dep : new TreeNode(name, content, this.#rules, { overrides });
  }

  /** A cycle that would nest for ever ends in a link to where it began. */
  #linkTo(around: TreeNode, target: TreeNode, self: Placement): void {
    const node = new TreeNode(this.#dep.name, { kind: "link", target: around }, this.#rules);
    node.moveTo(target);
    this.#report.placed.push({ node, edge: this.#edge, self });
  }

  #placePeers(node: TreeNode): void {
    if (!node.hasPeers) return;
    const beside = this.#dep.parent?.children;
    for (const edge of node.edgesOut.values()) {
      if (!edge.peer || edge.valid || edge.peerConflicted) continue;
      const peer = beside?.get(edge.name);
      if (peer === undefined || !peer.satisfies(edge)) continue;
      new Placer({ edge, dep: peer, parent: this }, this.#rules, this.#report).place();
    }
  }

  #replace(old: TreeNode, node: TreeNode, target: TreeNode): void {
    const orphans = new Set<TreeNode>();
    for (const [name, { to }] of old.edgesOut) {
      if (node.edgesOut.has(name) || to === undefined) continue;
      for (const dep of gatherDependents([to], (edge) => edge.to !== to)) orphans.add(dep);
    }
    const displaced = this.#displacedPeers(old, node, target);
    node.replace(old);
    prune(node, orphans);
    for (const dep of displaced) {
      for (const edge of dep.edgesIn) this.#report.disturbed.add(edge.from);
      dep.remove();
    }
  }

  /** Sets of peers at this level that the new node does not suit: out, to be placed again further in, if they can be. */
  #displacedPeers(old: TreeNode, node: TreeNode, target: TreeNode): Set<TreeNode> {
    const displaced = new Set<TreeNode>();
    for (const edge of old.edgesIn) {
      if (!edge.peer || edge.peerConflicted || edge.from.parent !== target || node.satisfies(edge)) continue;
      for (const entry of peerEntrySets(edge.from).keys()) {
        const { to } = entry;
        if (to === undefined) continue;
        if (entry.from.isProject) {
          edge.peerConflicted = true;
          continue;
        }
        for (const dep of gatherDependents([to], (one) => one.to !== to && !one.peerConflicted)) displaced.add(dep);
      }
    }
    return displaced;
  }

  #dedupeBelow(node: TreeNode, target: TreeNode): void {
    for (const other of node.namesakes()) {
      if (other.isTop || !other.isWithin(target)) continue;
      this.#dedupe(other, false);
      if (other.tree === target.tree) for (const child of other.children.values()) this.#dedupe(child, false);
    }
  }

  /** Removes what its dependents would find as well without it. */
  #dedupe(node: TreeNode, descend = true): void {
    if (canDedupe(node, this.#rules.semver)) {
      for (const dep of gatherDependents([node], (edge) => edge.to !== node && edge.valid)) dep.remove();
      return;
    }
    if (!descend) return;
    for (const top of [node, ...node.folders.toSorted(compareNodes)]) {
      for (const child of [...top.children.values()].toSorted(compareNodes)) this.#dedupe(child);
    }
  }
}

/** Removes what only a replaced node needed. */
function prune(node: TreeNode, orphans: ReadonlySet<TreeNode>): void {
  const unneeded = new Set<TreeNode>();
  for (const edge of node.edgesOut.values()) if (edge.to !== undefined && !edge.valid) unneeded.add(edge.to);
  for (const orphan of orphans) {
    for (const dep of gatherDependents([orphan], (edge) => edge.to !== orphan && edge.valid)) unneeded.add(dep);
  }
  const gone = gatherDependents(unneeded, (edge) => edge.from !== node && edge.to !== node && edge.valid);
  for (const dep of gone) dep.remove();
}

import { canReplace } from "./can-replace.ts";
import { deepestPlace, peerEntrySets } from "./dependency-sets.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/** What putting a node somewhere would mean: it fits, takes another's place, is there already, or cannot be. */
export type Placement = "ok" | "replace" | "keep" | "conflict";

interface PlacementQuestion {
  /** The candidate, in a trial tree with its peers beside it. */
  readonly dep: TreeNode;
  /** Whose folder it would go into. */
  readonly target: TreeNode;
  readonly edge: TreeEdge;
  /** The check of the node whose peer this is. */
  readonly parent?: PlacementCheck | undefined;
  readonly semver: SemverCache;
}

/** Asks whether a node and its peers may lie in a folder (npm's CanPlaceDep). Changes nothing. */
export class PlacementCheck {
  readonly dep: TreeNode;
  readonly target: TreeNode;
  readonly edge: TreeEdge;
  readonly current: TreeNode | undefined;
  /** With its peers. */
  readonly placement: Placement;
  readonly #parent: PlacementCheck | undefined;
  readonly #semver: SemverCache;
  /** Every peer edge is asked about once for each place: sets of peers that all need each other stay cheap. */
  #asked: Map<TreeEdge, Set<TreeNode>> | undefined;
  #self: Placement | undefined;
  #peersConflict: boolean | undefined;

  constructor({ dep, target, edge, parent, semver }: PlacementQuestion, asked?: Map<TreeEdge, Set<TreeNode>>) {
    this.dep = dep;
    this.target = target;
    this.edge = edge;
    this.current = target.children.get(edge.name);
    this.#parent = parent;
    this.#semver = semver;
    this.#asked = asked;
    this.placement = this.#check();
  }

  /** Without its peers. */
  get self(): Placement {
    return this.#self ?? this.placement;
  }

  get #entryEdge(): TreeEdge {
    return this.#parent === undefined ? this.edge : this.#parent.#entryEdge;
  }

  get #deepest(): TreeNode {
    return deepestPlace(this.#parent === undefined ? this.edge.from : this.#parent.#deepest, this.edge.name);
  }

  #check(): Placement {
    const { target, current, dep, edge } = this;
    const wanted = target.edgesOut.get(edge.name);
    if (dep.failed) return current === undefined ? "ok" : "replace";
    if (wanted?.peer === true && !target.isTop) return "conflict";
    if (current !== undefined) return this.#checkReplacing(current);
    if (wanted !== undefined && wanted !== edge && !dep.satisfies(wanted)) return "conflict";
    return this.#checkShadowing();
  }

  /** Nothing lies there, but what lies above may serve nodes further in that this would not serve. */
  #checkShadowing(): Placement {
    const { target, dep, edge } = this;
    const above = target === this.#entryEdge.from ? undefined : target.resolve(edge.name);
    for (const user of above?.edgesIn ?? []) {
      if (user.from.isWithin(target) && user.valid && !dep.satisfies(user)) return "conflict";
    }
    return this.#withPeers("ok");
  }

  #checkReplacing(current: TreeNode): Placement {
    const { dep, edge, target } = this;
    const satisfied = current.satisfies(edge);
    if (dep.matches(current) && (satisfied || !dep.satisfies(edge))) return "keep";
    const newer = this.#isNewer(current);
    if (newer && canReplace(dep, current) && this.#withPeers("replace") !== "conflict") return "replace";
    if (satisfied) return "keep";
    // Peers are shared wherever that is possible, at an older version if need be.
    if (edge.peer && !newer && canReplace(dep, current) && this.#withPeers("replace") !== "conflict") return "replace";
    if (target !== this.#deepest) return "conflict";
    // Nobody else but the dependent itself could see it here: what is there now has to go elsewhere.
    if (!edge.peer && target === edge.from) return this.#withPeers("replace");
    if (this.#parent === undefined && !edge.peer) return "conflict";
    return this.#canMoveCurrent(current) ? this.#withPeers("replace") : "conflict";
  }

  #isNewer(current: TreeNode): boolean {
    const [mine, theirs] = [this.dep.version, current.version];
    return mine !== undefined && theirs !== undefined && this.#semver.compare(mine, theirs) >= 0;
  }

  /** Whether all sets of peers that `current` is in could be replaced too, or go further in. */
  #canMoveCurrent(current: TreeNode): boolean {
    for (const [entry, peers] of peerEntrySets(current)) {
      if (entry === this.edge || entry === this.#entryEdge || entry.to === undefined) continue;
      if (this.#canReplaceSet(entry.to)) continue;
      for (const peer of peers) {
        const place = deepestPlace(entry.from, peer.name);
        if (place === this.target || this.target.isWithin(place)) return false;
      }
    }
    return true;
  }

  #canReplaceSet(entry: TreeNode): boolean {
    const beside = this.dep.parent?.children ?? new Map<string, TreeNode>();
    const replacement = beside.get(entry.name);
    if (replacement !== undefined) return canReplace(replacement, entry, new Set(beside.keys()));
    const peers = new Set([entry]);
    for (const peer of peers) {
      for (const edge of peer.edgesOut.values()) {
        if (!edge.peer || !edge.valid) continue;
        const other = beside.get(edge.name);
        if (other === undefined) {
          if (edge.to !== undefined) peers.add(edge.to);
        } else if (!other.satisfies(edge)) return false;
      }
    }
    return true;
  }

  #withPeers(self: Placement): Placement {
    this.#self = self;
    this.#peersConflict ??= this.#anyPeerConflicts();
    return this.#peersConflict ? "conflict" : self;
  }

  #anyPeerConflicts(): boolean {
    let conflict = false;
    if (!this.dep.hasPeers) return conflict;
    for (const edge of this.dep.edgesOut.values()) {
      if (!edge.peer || edge.to === undefined) continue;
      const target = deepestPlace(this.target, edge.name);
      this.#asked ??= new Map([[this.edge, new Set([this.target])]]);
      if (hasAsked(this.#asked, edge, target)) continue;
      const question = { dep: edge.to, target, edge, parent: this, semver: this.#semver };
      if (new PlacementCheck(question, this.#asked).placement === "conflict") conflict = true;
    }
    return conflict;
  }
}

/** From now on it has been asked. */
function hasAsked(asked: Map<TreeEdge, Set<TreeNode>>, edge: TreeEdge, target: TreeNode): boolean {
  const targets = asked.get(edge);
  if (targets?.has(target) === true) return true;
  if (targets === undefined) asked.set(edge, new Set([target]));
  else targets.add(target);
  return false;
}

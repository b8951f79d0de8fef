import { identityOf, type NodeContent } from "./node-content.ts";
import { OverrideSet } from "./override-set.ts";
import { type EdgeKind, TreeEdge } from "./tree-edge.ts";
import { TreeIndex } from "./tree-index.ts";
import type { TreeRules } from "./tree-rules.ts";

/**
 * A folder of npm's `node_modules` tree. Which version a dependency gets follows, as in Node, from the folders it lies
 * in: a name is looked for in the node itself, then upwards.
 */
export class TreeNode {
  /** The name it is found by. */
  readonly name: string;
  readonly content: NodeContent;
  /** The name of the package itself. */
  readonly packageName: string;
  readonly version: string | undefined;
  /** Whether it stands for what cannot be had. */
  readonly failed: boolean;
  /** Whether it has peers, optional ones among them. */
  hasPeers = false;
  readonly edgesOut = new Map<string, TreeEdge>();
  readonly edgesIn = new Set<TreeEdge>();
  readonly children = new Map<string, TreeNode>();
  parent: TreeNode | undefined;
  /** Where names are looked for that are not in the node: its parent, or the folder around a folder of the project. */
  resolveParent: TreeNode | undefined;
  /** Folders of the project that lie in this one. */
  readonly folders: TreeNode[] = [];
  tree: TreeIndex | undefined;
  /** For the root of a trial tree: the node that it stands for. */
  readonly standsFor: TreeNode | undefined;
  overrides: OverrideSet | undefined;
  depth = 0;
  path = "";
  readonly #rules: TreeRules;

  constructor(
    name: string,
    content: NodeContent,
    rules: TreeRules,
    options: { readonly standsFor?: TreeNode; readonly overrides?: OverrideSet | undefined } = {},
  ) {
    this.name = name;
    this.content = content;
    const { packageName, version } = identityOf(content, name);
    this.packageName = packageName;
    this.version = version;
    this.failed = content.kind === "failure";
    this.#rules = rules;
    this.standsFor = options.standsFor;
    this.overrides = options.overrides;
    if (content.kind === "folder") this.path = content.path;
    for (const dependency of rules.dependenciesOf(content)) {
      const { kind } = dependency;
      if (kind !== "workspace" || options.standsFor === undefined)
        this.#addEdge(dependency.name, dependency.text, kind);
    }
  }

  /** A node that nothing is above, with a tree of its own or one that it shares. */
  static top(
    name: string,
    content: NodeContent,
    rules: TreeRules,
    options: {
      readonly standsFor?: TreeNode;
      readonly overrides?: OverrideSet | undefined;
      readonly within?: TreeNode;
    } = {},
  ): TreeNode {
    const node = new TreeNode(name, content, rules, options);
    node.resolveParent = options.within;
    options.within?.folders.push(node);
    node.tree = options.within?.tree ?? new TreeIndex();
    node.tree.add(node);
    for (const edge of node.edgesOut.values()) edge.reload();
    return node;
  }

  /** The later entry of a name wins, and is the last one, as in npm. */
  #addEdge(name: string, text: string, kind: EdgeKind): void {
    const present = this.edgesOut.get(name);
    if (present?.kind === "workspace") return;
    if (present !== undefined) this.edgesOut.delete(name);
    const edge = new TreeEdge(this, name, text, kind, this.#rules);
    if (edge.peer) this.hasPeers = true;
    this.edgesOut.set(name, edge);
  }

  /** For trees that were filled without looking at peers: what they lead to as it is. */
  addPeers(): void {
    for (const { name, text, kind } of this.#rules.peersOf(this.content)) {
      if (this.edgesOut.has(name)) continue;
      this.#addEdge(name, text, kind);
      this.edgesOut.get(name)?.reload();
    }
  }

  get isTop(): boolean {
    return this.parent === undefined;
  }

  /** The root or a workspace: what the project says itself is never overruled. */
  get isProject(): boolean {
    return this.content.kind === "folder" && this.standsFor === undefined && (this.isRoot || this.content.workspace);
  }

  get isRoot(): boolean {
    return this.content.kind === "folder" && this.content.path === "" && this.standsFor === undefined;
  }

  /** The node and those around it, inside out. */
  ancestry(): TreeNode[] {
    const nodes: TreeNode[] = [this];
    for (let above = this.resolveParent; above !== undefined; above = above.resolveParent) nodes.push(above);
    return nodes;
  }

  resolve(name: string): TreeNode | undefined {
    let found = this.children.get(name);
    let above = this.resolveParent;
    for (; found === undefined && above !== undefined; above = above.resolveParent) found = above.children.get(name);
    return found;
  }

  isWithin(other: TreeNode): boolean {
    if (this === other) return true;
    for (let above = this.resolveParent; above !== undefined; above = above.resolveParent)
      if (above === other) return true;
    return false;
  }

  /** The nodes of that name in the same tree. */
  namesakes(): TreeNode[] {
    return [...(this.tree?.nodes.get(this.name) ?? [])];
  }

  satisfies(edge: TreeEdge): boolean {
    return edge.satisfiedBy(this);
  }

  /** Whether two nodes are the same package at the same version, from the same place. */
  matches(other: TreeNode): boolean {
    if (other === this) return true;
    if (other.name !== this.name) return false;
    const [mine, theirs] = [this.content, other.content];
    if (mine.kind === "link") return theirs.kind === "link" && mine.target.matches(theirs.target);
    if (mine.kind !== "package" || theirs.kind !== "package" || mine.source !== theirs.source) return false;
    return mine.manifest.name === theirs.manifest.name && mine.manifest.version === theirs.manifest.version;
  }

  /** Whether this very version is what an override asks for: then a higher one is not better. */
  get isOverridden(): boolean {
    return this.overrides?.name === this.name && this.overrides.value !== "*";
  }

  /** Puts the node, with what is in it, into another's folder; what was there under its name goes. */
  moveTo(parent: TreeNode): void {
    if (this.parent === parent) return;
    if (this.parent !== undefined) this.remove();
    parent.children.get(this.name)?.remove();
    parent.children.set(this.name, this);
    this.parent = parent;
    this.resolveParent = parent;
    const family = this.#family();
    for (const node of family) node.#enter(parent.tree);
    for (const edge of parent.tree?.edges.get(this.name) ?? []) if (edge.from.isWithin(parent)) edge.reload();
    for (const node of family) for (const edge of node.edgesOut.values()) edge.reload();
  }

  /** Takes another's place and what lies in it. */
  replace(old: TreeNode): void {
    const { parent } = old;
    const kept = [...old.children.values()];
    old.remove();
    if (parent !== undefined) this.moveTo(parent);
    for (const child of kept) child.moveTo(this);
  }

  /** Out of the tree, with all that lies in it. */
  remove(): void {
    const family = this.#family();
    const { tree } = this;
    this.parent?.children.delete(this.name);
    this.parent = undefined;
    this.resolveParent = undefined;
    for (const node of family) {
      tree?.remove(node);
      node.tree = undefined;
    }
    for (const node of family) {
      for (const edge of node.edgesIn) if (edge.from.tree === tree) edge.reload();
      for (const edge of node.edgesOut.values()) if (edge.to?.tree !== undefined) edge.reload();
    }
  }

  addEdgeIn(edge: TreeEdge): void {
    if (edge.overrides !== undefined) this.narrowOverrides(edge.overrides);
    this.edgesIn.add(edge);
  }

  removeEdgeIn(edge: TreeEdge): void {
    this.edgesIn.delete(edge);
    if (edge.overrides === undefined || this.overrides !== edge.overrides) return;
    let left: OverrideSet | undefined;
    for (const { overrides } of this.edgesIn) {
      if (overrides === undefined) continue;
      left = left === undefined ? overrides : OverrideSet.narrower(overrides, left, this.#rules.semver);
    }
    if (left !== undefined && left !== this.overrides) this.#setOverrides(left);
  }

  /** Of two override sets that lead here, the narrower one holds. */
  narrowOverrides(added: OverrideSet): void {
    if (this.overrides === added) return;
    const narrower =
      this.overrides === undefined ? added : OverrideSet.narrower(this.overrides, added, this.#rules.semver);
    if (narrower !== undefined && narrower !== this.overrides) this.#setOverrides(narrower);
  }

  #setOverrides(overrides: OverrideSet): void {
    this.overrides = overrides;
    for (const edge of this.edgesOut.values()) {
      edge.reset();
      edge.reload();
    }
  }

  #enter(tree: TreeIndex | undefined): void {
    if (this.tree !== tree) {
      this.tree?.remove(this);
      this.tree = tree;
      tree?.add(this);
    }
    this.depth = (this.parent?.depth ?? 0) + 1;
    const above = this.parent?.path ?? "";
    this.path = `${above}${above === "" ? "" : "/"}node_modules/${this.name}`;
  }

  /** The node and all that lie in it, outside in. */
  #family(): TreeNode[] {
    const family: TreeNode[] = [this];
    if (this.children.size === 0) return family;
    for (const node of family) if (node.children.size > 0) family.push(...node.children.values());
    return family;
  }
}

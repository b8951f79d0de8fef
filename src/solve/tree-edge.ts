import type { DependencySpec } from "./dependency-spec.ts";
import { OverrideSet } from "./override-set.ts";
import type { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";

/** How a dependency is asked for; `workspace` is the root's own link to each of its workspaces. */
export type EdgeKind = "prod" | "dev" | "optional" | "peer" | "peerOptional" | "workspace";

/** One dependency of a node, and the node that its name leads to from there. */
export class TreeEdge {
  readonly from: TreeNode;
  readonly name: string;
  readonly kind: EdgeKind;
  readonly peer: boolean;
  readonly optional: boolean;
  /** As the manifest has it. */
  readonly rawText: string;
  to: TreeNode | undefined;
  overrides: OverrideSet | undefined;
  /** Set once npm would go on with a peer that does not fit; such an edge is not tried again. */
  peerConflicted = false;
  readonly #rules: TreeRules;
  #valid: boolean | undefined;
  #spec: DependencySpec | undefined;

  constructor(from: TreeNode, name: string, rawText: string, kind: EdgeKind, rules: TreeRules) {
    this.from = from;
    this.name = name;
    this.rawText = rawText;
    this.kind = kind;
    this.peer = kind === "peer" || kind === "peerOptional";
    this.optional = kind === "optional" || kind === "peerOptional";
    this.#rules = rules;
    this.overrides = from.overrides?.ruleFor(this, rules.semver);
  }

  /** Whether it leads to something that will do, or has to lead nowhere. */
  get valid(): boolean {
    return (this.#valid ??= this.#check());
  }

  /** What is asked for, overrides applied. */
  get text(): string {
    const { overrides } = this;
    if (overrides === undefined || overrides.name !== this.name || overrides.value === "*") return this.rawText;
    if (!overrides.value.startsWith("$")) return overrides.value;
    return this.#rules.referenced(overrides.value.slice(1), this.from);
  }

  get spec(): DependencySpec {
    return (this.#spec ??= this.#rules.parse(this.name, this.text, this.from));
  }

  /** Whether a node would do for this edge, wherever it is. */
  satisfiedBy(node: TreeNode): boolean {
    if (node.name !== this.name) return false;
    if (this.#rules.meets(node, this.spec, this.from)) return true;
    const { overrides } = this;
    if (overrides === undefined || overrides.key === "") return false;
    // What met the request before it was overridden does too, unless it is just what the override is to replace.
    if (!this.#meetsText(node, this.rawText)) return false;
    return overrides.name === this.name && !this.#meetsText(node, overrides.keyRange);
  }

  /** Looks up again where the name leads to. */
  reload(): void {
    this.#valid = undefined;
    if (this.from.overrides !== undefined) this.#inherit(this.from.overrides.ruleFor(this, this.#rules.semver));
    const to = this.from.resolve(this.name);
    if (to === this.to) return;
    this.to?.removeEdgeIn(this);
    this.to = to;
    to?.addEdgeIn(this);
  }

  /** Forgets the answer: overrides above have changed. */
  reset(): void {
    this.#valid = undefined;
    this.#spec = undefined;
  }

  /** Leads nowhere from now on. */
  detach(): void {
    this.#valid = undefined;
    this.to?.removeEdgeIn(this);
    this.to = undefined;
  }

  #inherit(overrides: OverrideSet): void {
    if (overrides === this.overrides) return;
    this.overrides = overrides;
    this.#spec = undefined;
    this.to?.narrowOverrides(overrides);
  }

  #meetsText(node: TreeNode, text: string): boolean {
    return this.#rules.meets(node, this.#rules.parse(this.name, text, this.from), this.from);
  }

  #check(): boolean {
    const { to, overrides } = this;
    if (to === undefined) return this.optional;
    // A peer inside its own dependent serves nobody.
    if (this.peer && to.parent === this.from && !this.from.isTop) return false;
    if (!this.satisfiedBy(to)) return false;
    if (overrides === undefined || to.overrides === undefined || to.edgesOut.size === 0) return true;
    return OverrideSet.narrower(overrides, to.overrides, this.#rules.semver) !== undefined;
  }
}

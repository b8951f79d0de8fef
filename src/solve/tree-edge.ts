import type { DependencySpec } from "./dependency-spec.ts";
import { OverrideSet } from "./override-set.ts";
import type { TreeNode } from "./tree-node.ts";
import type { TreeRules } from "./tree-rules.ts";

/** How a dependency is asked for; `workspace` is the root's own link to each of its workspaces. */
export type EdgeKind = "prod" | "dev" | "optional" | "peer" | "peerOptional" | "workspace";

/** What is wrong with an edge: nothing there, something there that does not do, a peer inside its own dependent. */
export type EdgeError = "missing" | "invalid" | "local-peer";

/** One dependency of a node, and the node that its name leads to from there. */
export class TreeEdge {
  readonly from: TreeNode;
  readonly name: string;
  readonly kind: EdgeKind;
  /** As the manifest has it. */
  readonly rawText: string;
  to: TreeNode | undefined;
  overrides: OverrideSet | undefined;
  /** Set once npm would go on with a peer that does not fit; such an edge is not tried again. */
  peerConflicted = false;
  readonly #rules: TreeRules;
  #error: EdgeError | "none" | undefined;
  #spec: DependencySpec | undefined;

  constructor(from: TreeNode, name: string, rawText: string, kind: EdgeKind, rules: TreeRules) {
    this.from = from;
    this.name = name;
    this.rawText = rawText;
    this.kind = kind;
    this.#rules = rules;
    this.overrides = from.overrides?.ruleFor(this, rules.semver);
  }

  get peer(): boolean {
    return this.kind === "peer" || this.kind === "peerOptional";
  }

  get optional(): boolean {
    return this.kind === "optional" || this.kind === "peerOptional";
  }

  get valid(): boolean {
    return this.error === undefined;
  }

  get error(): EdgeError | undefined {
    this.#error ??= this.#check() ?? "none";
    return this.#error === "none" ? undefined : this.#error;
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
    this.#error = undefined;
    if (this.from.overrides !== undefined) this.#inherit(this.from.overrides.ruleFor(this, this.#rules.semver));
    const to = this.from.resolve(this.name);
    if (to === this.to) return;
    this.to?.removeEdgeIn(this);
    this.to = to;
    to?.addEdgeIn(this);
  }

  /** Forgets the answer: overrides above have changed. */
  reset(): void {
    this.#error = undefined;
    this.#spec = undefined;
  }

  /** Leads nowhere from now on. */
  detach(): void {
    this.#error = undefined;
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

  #check(): EdgeError | undefined {
    const { to } = this;
    if (to === undefined) return this.optional ? undefined : "missing";
    if (this.peer && to.parent === this.from && !this.from.isTop) return "local-peer";
    if (!this.satisfiedBy(to)) return "invalid";
    const clash =
      this.overrides !== undefined &&
      to.overrides !== undefined &&
      to.edgesOut.size > 0 &&
      OverrideSet.narrower(this.overrides, to.overrides, this.#rules.semver) === undefined;
    return clash ? "invalid" : undefined;
  }
}

import type { SemverCache } from "./semver-cache.ts";

/** `overrides` as package.json has them: nested as deep as one likes. */
export interface OverrideRules {
  readonly [key: string]: string | OverrideRules;
}

/** What an override set is asked about: a dependency under its own name, as its manifest wrote it. */
interface AskedDependency {
  readonly name: string;
  readonly rawText: string;
}

/**
 * npm's overrides: rules that hold for a dependency wherever it is below their parent. A node carries the set that its
 * own dependencies are looked up in.
 */
export class OverrideSet {
  readonly parent: OverrideSet | undefined;
  /** Empty for the whole project's set. */
  readonly key: string;
  readonly name: string;
  /** Only requests that overlap with this range are overridden. */
  readonly keyRange: string;
  /** What is taken instead; `*` where only deeper rules change anything. */
  readonly value: string;
  readonly #children = new Map<string, OverrideSet>();
  #ruleset: readonly OverrideSet[] | undefined;

  constructor(rules: OverrideRules | string, key = "", parent?: OverrideSet) {
    const nested = typeof rules === "string" ? { ".": rules } : rules;
    const at = key.indexOf("@", 1);
    this.parent = parent;
    this.key = key;
    this.name = at === -1 ? key : key.slice(0, at);
    this.keyRange = at === -1 ? "*" : key.slice(at + 1) || "*";
    const own = nested["."];
    this.value = typeof own === "string" ? own || "*" : this.keyRange;
    for (const [childKey, child] of Object.entries(nested)) {
      if (childKey !== ".") this.#children.set(childKey, new OverrideSet(child, childKey, this));
    }
  }

  /** The rule that holds for a dependency of a node which carries this set; without one, the set itself. */
  ruleFor(asked: AskedDependency, semver: SemverCache): OverrideSet {
    for (const rule of this.ruleset()) {
      if (rule.name !== asked.name) continue;
      if (rule.keyRange === "*") return rule;
      const range = asked.rawText.replace(/^npm:(?:@[^/]*\/)?[^@]*@?/, "");
      if (semver.intersect(range === "" ? "*" : range, rule.keyRange)) return rule;
    }
    return this;
  }

  /** All rules in reach, the nearest first. */
  ruleset(): readonly OverrideSet[] {
    if (this.#ruleset !== undefined) return this.#ruleset;
    const rules = new Map<string, OverrideSet>();
    for (const set of this.#ancestry()) {
      for (const child of set.#children.values()) if (!rules.has(child.key)) rules.set(child.key, child);
      if (set.parent !== undefined && !rules.has(set.key)) rules.set(set.key, set);
    }
    return (this.#ruleset = [...rules.values()]);
  }

  #ancestry(): OverrideSet[] {
    return [this, ...(this.parent === undefined ? [] : this.parent.#ancestry())];
  }

  /** The narrower of two sets that lead to one node, their common ground where neither is; undefined where they contradict. */
  static narrower(a: OverrideSet, b: OverrideSet, semver: SemverCache): OverrideSet | undefined {
    const [aboveA, aboveB] = [a.#ancestry(), b.#ancestry()];
    if (aboveB.includes(a)) return b;
    if (aboveA.includes(b)) return a;
    if (OverrideSet.#contradict(a, b, semver)) return undefined;
    return aboveB.find((set) => aboveA.includes(set));
  }

  static #contradict(a: OverrideSet, b: OverrideSet, semver: SemverCache): boolean {
    const others = new Map(b.ruleset().map((rule) => [rule.key, rule]));
    return a.ruleset().some((rule) => {
      const other = others.get(rule.key);
      if (other === undefined || other === rule || rule.value.startsWith("$") || other.value.startsWith("$"))
        return false;
      return !semver.intersect(rule.value, other.value);
    });
  }
}

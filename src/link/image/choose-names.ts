import type { LinkedModule } from "../linked-module.ts";
import { declaresFrom, declaresTo } from "./part-ranges.ts";

/**
 * Names of one image: its modules share one scope. A binding keeps its name unless another has it, a module uses it for
 * a global, or an inner scope of a module that refers to it by another name would capture it.
 */
export class ImageNames {
  readonly #taken: Set<string>;
  /** Names with a `$` of inner scopes: new names have one, and must not be captured. */
  readonly #dollars = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(modules: Iterable<LinkedModule>, reserved: Iterable<string>) {
    this.#taken = new Set(reserved);
    for (const module of modules) {
      for (const name of module.record.globals) this.#taken.add(name);
      for (const name of module.dollarNames) this.#dollars.add(name);
    }
  }

  /** Names all symbols that `image` has of `module`. */
  nameSymbols(module: LinkedModule, image: number): void {
    const { record, partImage } = module;
    for (let part = 0; part < partImage.length; part++) {
      if (partImage[part] !== image) continue;
      const to = declaresTo(record, part);
      for (let at = declaresFrom(record, part); at < to; at++) {
        const symbol = record.declares[at] ?? 0;
        module.names[symbol] ??= this.#nameSymbol(module.nameOf(symbol), module.aliasers[symbol]);
      }
    }
  }

  #nameSymbol(name: string, aliasers: readonly LinkedModule[] | undefined): string {
    if (this.#taken.has(name) || (aliasers !== undefined && isNested(name, aliasers))) return this.fresh(name);
    this.#taken.add(name);
    return name;
  }

  /** A name that nothing in the image has. */
  fresh(wanted: string): string {
    const base = wanted.replace(/\$\d+$/, "");
    let count = this.#counts.get(base) ?? 0;
    let name: string;
    do name = `${base}$${++count}`;
    while (this.#taken.has(name) || this.#dollars.has(name));
    this.#counts.set(base, count);
    this.#taken.add(name);
    return name;
  }
}

function isNested(name: string, modules: readonly LinkedModule[]): boolean {
  for (const module of modules) if (module.declaresInside(name)) return true;
  return false;
}

/** An identifier that reminds of a module: `react-dom@19.1.0/client.js` → `react_dom_client`. */
export function identifierOf(url: string): string {
  const words = url
    .slice(url.lastIndexOf("/~/") + 1)
    .replace(/@[\d.]+[^/]*/, "")
    .replace(/\.[^./]*$/, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const name = words.slice(-2).join("_");
  return /^[A-Za-z]/.test(name) ? name : `m_${name}`;
}

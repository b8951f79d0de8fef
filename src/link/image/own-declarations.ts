import { SYMBOL_FLAGS } from "../../artifact/module-record.ts";
import type { LinkedModule } from "../linked-module.ts";
import { declaresFrom, declaresTo } from "./part-ranges.ts";
import { quote, shownName } from "./splice-module.ts";

/** Getters, and setters for what is assigned, of all that an image has of a module. */
export function accessors(module: LinkedModule, image: number): string {
  const texts: string[] = [];
  for (const [symbol, name] of module.names.entries()) {
    if (name === undefined || module.symbolImage[symbol] !== image) continue;
    texts.push(`get ${name}() { return ${name}; }`);
    if ((module.flagsOf(symbol) & SYMBOL_FLAGS.assigned) !== 0) texts.push(`set ${name}(value) { ${name} = value; }`);
  }
  return texts.join(", ");
}

/** Functions that got another name keep their `name`. */
export function functionNames(module: LinkedModule, image: number): string {
  const { record, partImage } = module;
  const calls: string[] = [];
  for (let part = 0; part < partImage.length; part++) {
    if (partImage[part] !== image) continue;
    const to = declaresTo(record, part);
    for (let at = declaresFrom(record, part); at < to; at++) {
      const symbol = record.declares[at] ?? 0;
      if (module.kindOf(symbol) !== "function") continue;
      const shown = shownName(module, symbol);
      const name = module.names[symbol];
      if (name !== undefined && name !== shown) calls.push(`__raya.name(${name}, ${quote(shown)});\n`);
    }
  }
  return calls.join("");
}

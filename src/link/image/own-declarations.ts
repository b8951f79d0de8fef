import { PART, PART_STRIDE, SYMBOL_FLAGS } from "../../artifact/module-record.ts";
import type { LinkedModule } from "../linked-module.ts";
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
  const { parts, declares } = module.record;
  const calls: string[] = [];
  for (let part = 0, at = 0, offset = 0; offset < parts.length; part++, offset += PART_STRIDE) {
    const end = parts[offset + PART.declaresEnd] ?? 0;
    for (; at < end; at++) {
      const symbol = declares[at] ?? 0;
      if (module.partImage[part] !== image || module.kindOf(symbol) !== "function") continue;
      const shown = shownName(module, symbol);
      const name = module.names[symbol];
      if (name !== undefined && name !== shown) calls.push(`__raya.name(${name}, ${quote(shown)});\n`);
    }
  }
  return calls.join("");
}

import { RELOCATION_STRIDE } from "../artifact/module-record.ts";
import { isBuiltinModule } from "../specifier/builtin-modules.ts";
import { commonjsContext } from "./image/emit-commonjs.ts";
import { spliceRange } from "./image/splice-module.ts";
import { LinkedModule } from "./linked-module.ts";
import type { GraphModule } from "./module-graph.ts";
import { LineKeeper } from "./modules/emit-module.ts";

const IMPORT_SCRIPTS = /\bimportScripts\s*\(\s*((?:(?:"[^"\n]*"|'[^'\n]*'|`[^`$]*`)\s*,?\s*)+)\)/g;
const LITERAL = /"([^"\n]*)"|'([^'\n]*)'|`([^`$]*)`/g;

/**
 * Whether a worker's file is a script as browsers know it, whose top level is the worker's global scope: no ES module, and
 * no CommonJS that needs other files. Scripts for several runtimes look for Node's modules; that makes them no CommonJS.
 */
export function isClassicScript({ record }: GraphModule): boolean {
  if (record.format !== "commonjs") return false;
  return !record.requests.some(
    ({ kind, specifier }) => kind === "require" && !isBuiltinModule(specifier.replace(/^node:/, "")),
  );
}

/** The text of a classic script: it stays what it is but for `import()` and NODE_ENV. */
export function emitClassicScript(module: GraphModule, mode: string): string {
  const linked = new LinkedModule(module, 0);
  const { code, relocations, lines } = linked.record;
  const text = new LineKeeper(lines);
  spliceRange(linked, 0, code.length, 0, relocations.length / RELOCATION_STRIDE, commonjsContext(mode), text);
  return `${text.toString()}\n//# sourceURL=${module.url}`;
}

/** Absolute URLs that a script hands to `importScripts()` as literals. */
export function importedScripts(text: string, url: string): string[] {
  return [...text.matchAll(IMPORT_SCRIPTS)].flatMap(([, list = ""]) =>
    [...list.matchAll(LITERAL)].flatMap(([, double, single, template]) => {
      const absolute = URL.parse(double ?? single ?? template ?? "", url);
      return absolute === null ? [] : [absolute.href];
    }),
  );
}

import { RELOCATION_STRIDE } from "../artifact/module-record.ts";
import { compileRecord } from "../compile/compile-record.ts";
import { isBuiltinModule } from "../specifier/builtin-modules.ts";
import { commonjsContext } from "./image/emit-commonjs.ts";
import { spliceRange } from "./image/splice-module.ts";
import { LinkedModule } from "./linked-module.ts";
import type { GraphModule } from "./module-graph.ts";
import { LineKeeper } from "./modules/emit-module.ts";

const IMPORT_SCRIPTS = /\bimportScripts\s*\(\s*((?:(?:"[^"\n]*"|'[^'\n]*'|`[^`$]*`)\s*,?\s*)+)\)/g;
const LITERAL = /"([^"\n]*)"|'([^'\n]*)'|`([^`$]*)`/g;

/**
 * A file as a script that browsers know, whose top level is the worker's global scope; undefined where it has to be an ES
 * module, or is CommonJS that needs other files. Scripts for several runtimes look for Node's modules: that makes them no
 * CommonJS.
 */
export function readAsScript(module: GraphModule): GraphModule | undefined {
  const { owner, path, bytes, shownAs } = module;
  // A file of the project is an ES module where nothing speaks against it.
  const isOpen = bytes !== undefined && (owner.kind === "project" || owner.kind === "url");
  const record = isOpen ? compileRecord({ path, bytes, shownAs, type: undefined }) : module.record;
  const needsFiles = record.requests.some(
    ({ kind, specifier }) => kind === "require" && !isBuiltinModule(specifier.replace(/^node:/, "")),
  );
  return record.format !== "commonjs" || needsFiles ? undefined : { ...module, record };
}

/** The text of a classic script: it stays what it is but for `import()` and NODE_ENV. */
export function emitClassicScript(module: GraphModule, mode: string): string {
  const linked = new LinkedModule(module, 0);
  const { code, relocations, lines } = linked.record;
  const text = new LineKeeper(lines);
  spliceRange(linked, 0, code.length, 0, relocations.length / RELOCATION_STRIDE, commonjsContext(mode), text);
  return `${text.toString()}\n//# sourceURL=${module.url}`;
}

/** Absolute URLs that a script hands to `importScripts()` as literals; `base` is the worker's own URL. */
export function importedScripts(text: string, base: string): string[] {
  return [...text.matchAll(IMPORT_SCRIPTS)].flatMap(([, list = ""]) =>
    [...list.matchAll(LITERAL)].flatMap(([, double, single, template]) => {
      const absolute = URL.parse(double ?? single ?? template ?? "", base);
      return absolute === null ? [] : [absolute.href];
    }),
  );
}

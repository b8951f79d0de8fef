import type { ExportBinder } from "../bind-symbols.ts";
import { placeOf } from "../bind-error.ts";
import { quote } from "../image/splice-module.ts";
import type { LinkedModule } from "../linked-module.ts";

/** Names that ES modules import from a CommonJS module: name → the project's import of it, if it is the project's. */
export type AskedNames = Map<string, string | undefined>;

/** Names of CommonJS modules that `modules` import, through re-exports too. */
export function askedNames(modules: Iterable<LinkedModule>, binder: ExportBinder): Map<LinkedModule, AskedNames> {
  const asked = new Map<LinkedModule, AskedNames>();
  for (const module of modules) {
    for (const [request, imported] of imports(module)) {
      const binding = binder.resolveImported(module, request, imported);
      if (binding.kind !== "member" || binding.module.record.format === "wasm") continue;
      let names = asked.get(binding.module);
      if (names === undefined) asked.set(binding.module, (names = new Map()));
      const place = module.input.owner.kind === "project" ? placeOf(module, request, imported).referrer : undefined;
      names.set(binding.name, names.get(binding.name) ?? place);
    }
  }
  return asked;
}

function* imports({ record }: LinkedModule): Generator<[request: number, name: string]> {
  for (const { request, imported } of [...record.symbols, ...record.reexports])
    if (request !== undefined && imported !== undefined) yield [request, imported];
}

/**
 * The ES module through which ES modules import a CommonJS module. It runs the module when it is its turn, and exports
 * `module.exports` as default (in Node's mode, or where `__esModule` is not set), the names that the text shows, and
 * those that somebody asks for.
 */
export function emitFacade(
  module: LinkedModule,
  nodeMode: boolean,
  asked: AskedNames,
  importUrl: (module: LinkedModule) => string,
  binder: ExportBinder,
): string {
  const lines = runAndExportDefault(module, nodeMode, importUrl);
  const shown = binder.exportNames(module);
  const all = new Set([...shown, ...asked.keys()]);
  all.delete("default");
  let index = 0;
  for (const name of all) {
    const place = asked.get(name);
    // A name that nothing showed, asked for by the project itself, is a mistake worth an error; packages probe.
    const value =
      place !== undefined && !shown.has(name)
        ? `__raya.need(m, ${quote(name)}, ${quote(module.input.shownAs)}, ${quote(place)})`
        : `m?.[${quote(name)}]`;
    lines.push(`const e${index} = ${value};`, `export { e${index} as ${quote(name)} };`);
    index++;
  }
  return lines.join("\n");
}

/**
 * The ES module through which ES modules import a CommonJS module as a namespace, and which an `import()` of one loads:
 * every name that `module.exports` has once it has run, as bundlers give it.
 */
export function emitNamespace(
  module: LinkedModule,
  nodeMode: boolean,
  importUrl: (module: LinkedModule) => string,
): string {
  return [
    ...runAndExportDefault(module, nodeMode, importUrl),
    `const namespace = __raya.namespaceOf(${quote(module.url)}, ${nodeMode});`,
    `export { namespace as "*" };`,
  ].join("\n");
}

function runAndExportDefault(
  module: LinkedModule,
  nodeMode: boolean,
  importUrl: (module: LinkedModule) => string,
): string[] {
  return [
    ...[...requiredEsModules(module)].flatMap((required, index) => [
      `import * as n${index} from ${quote(importUrl(required))};`,
      `__raya.provide(${quote(required.url)}, n${index});`,
    ]),
    // An import remembers the error, whichever of these modules has met it first.
    `__raya.importCommonjs(${quote(module.url)});`,
    `const m = __raya.require(${quote(module.url)});`,
    `export default __raya.defaultOf(m, ${nodeMode});`,
  ];
}

/** ES modules that the CommonJS modules from here on may require: they must have run before. */
function requiredEsModules(from: LinkedModule): Set<LinkedModule> {
  const found = new Set<LinkedModule>();
  const seen = new Set<LinkedModule>([from]);
  const stack = [from];
  for (let module = stack.pop(); module !== undefined; module = stack.pop()) {
    for (const target of module.targets) {
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      if (target.isFunction) stack.push(target);
      else found.add(target);
    }
  }
  return found;
}

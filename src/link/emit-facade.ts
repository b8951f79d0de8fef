import { type CommonjsNames, exportNames, isCommonjs } from "./bind-exports.ts";
import { type EmitContext, quote } from "./emit-module.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";

/**
 * The ES module through which ES modules import a CommonJS module. It runs the module when it is its turn, and exports
 * `module.exports` as default (in Node's mode, or where `__esModule` is not set), the names that the text shows, and
 * those that somebody asks for.
 */
export function emitFacade(module: GraphModule, nodeMode: boolean, names: CommonjsNames, context: EmitContext): string {
  const lines = runAndExportDefault(module, nodeMode, context);
  const asked = names.get(module.url) ?? new Map<string, string | undefined>();
  const shown = exportNames(context.graph, module.url);
  const all = new Set([...shown, ...asked.keys()]);
  all.delete("default");
  let index = 0;
  for (const name of all) {
    const place = asked.get(name);
    // A name that nothing showed, asked for by the project itself, is a mistake worth an error; packages probe.
    const value =
      place !== undefined && !shown.has(name)
        ? `__raya.need(m, ${quote(name)}, ${quote(module.shownAs)}, ${quote(place)})`
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
export function emitNamespace(module: GraphModule, nodeMode: boolean, context: EmitContext): string {
  return [
    ...runAndExportDefault(module, nodeMode, context),
    `const namespace = __raya.namespaceOf(${quote(module.url)}, ${nodeMode});`,
    `export { namespace as "*" };`,
  ].join("\n");
}

function runAndExportDefault(module: GraphModule, nodeMode: boolean, { graph }: EmitContext): string[] {
  return [
    ...requiredEsModules(graph, module.url).flatMap((url, index) => [
      `import * as n${index} from ${quote(url)};`,
      `__raya.provide(${quote(url)}, n${index});`,
    ]),
    `const m = __raya.require(${quote(module.url)});`,
    `export default __raya.defaultOf(m, ${nodeMode});`,
  ];
}

/** ES modules that the CommonJS modules from here on may require: they must have run before. */
function requiredEsModules(graph: ModuleGraph, from: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>([from]);
  const stack = [from];
  for (let url = stack.pop(); url !== undefined; url = stack.pop()) {
    const module = graph.get(url);
    for (const target of module?.targets ?? []) {
      if (target.kind !== "module" || seen.has(target.url)) continue;
      seen.add(target.url);
      const required = graph.get(target.url);
      if (required === undefined) continue;
      if (isCommonjs(required)) stack.push(target.url);
      else found.add(target.url);
    }
  }
  return [...found];
}

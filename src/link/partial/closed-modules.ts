import type { ModuleRequest } from "../../artifact/module-record.ts";
import type { GraphModule, ModuleGraph } from "../module-graph.ts";

/**
 * The modules of a graph that do not belong to the project and reach nothing that does: whatever the project becomes, they
 * stay as they are. In their order.
 */
export function closedModules(graph: ModuleGraph): GraphModule[] {
  const open = new Set<string>();
  const importers = new Map<string, string[]>();
  const stack: string[] = [];
  const leave = (url: string): void => {
    if (open.has(url)) return;
    open.add(url);
    stack.push(url);
  };
  for (const module of graph.values()) {
    if (module.owner.kind === "project" || module.owner.kind === "url") leave(module.url);
    // Whether what it imports is deferred depends on all that this imports.
    if (module.record.requests.some(({ phase }) => phase === "defer")) leave(module.url);
    for (const target of module.targets) {
      if (target.kind !== "module") continue;
      // What a failed import of something else has left out is not there.
      if (!graph.has(target.url)) leave(module.url);
      const known = importers.get(target.url);
      if (known === undefined) importers.set(target.url, [module.url]);
      else known.push(module.url);
    }
  }
  for (let url = stack.pop(); url !== undefined; url = stack.pop())
    for (const by of importers.get(url) ?? []) leave(by);
  return [...graph.values()].filter(({ url }) => !open.has(url));
}

/** What requests of the project, and of modules it imports by URL, lead to: `entryKey` → place among `indexes`. */
export function entriesOf(
  graph: ModuleGraph,
  indexes: ReadonlyMap<string, number>,
  base: string,
): Record<string, number> {
  const entries: Record<string, number> = {};
  for (const module of graph.values()) {
    for (const [index, request] of module.record.requests.entries()) {
      const target = module.targets[index];
      const found = target?.kind === "module" && !indexes.has(module.url) ? indexes.get(target.url) : undefined;
      if (found !== undefined) entries[entryKey(module, request, base)] = found;
    }
  }
  return entries;
}

/** Names a request: a specifier means the same as long as it stands in the same module and is asked for in the same way. */
export function entryKey(
  { url }: Pick<GraphModule, "url">,
  { specifier, kind, type, phase }: ModuleRequest,
  base: string,
): string {
  const how = kind === "require" ? "require" : "import";
  return `${url.startsWith(base) ? url.slice(base.length) : url} ${how} ${type ?? ""} ${phase ?? ""} ${specifier}`;
}

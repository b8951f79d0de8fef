import type { ImageModule } from "../run/image.ts";
import { bindExports, type CommonjsNames, isCommonjs } from "./bind-exports.ts";
import { emitFacade } from "./emit-facade.ts";
import { type EmitContext, emitCommonjs, emitModule } from "./emit-module.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";

/**
 * Links a program into images. It remembers what has been handed out, so that an `import()` later gets only what the
 * realm does not have.
 */
export class Linker {
  readonly #graph: ModuleGraph;
  readonly #mode: string;
  /** URLs of modules that a realm already has. */
  readonly #linked = new Set<string>();
  #part = 0;

  constructor(graph: ModuleGraph, mode: string) {
    this.#graph = graph;
    this.#mode = mode;
  }

  /**
   * Modules that are in the graph and have not been linked before, and the URL to import for `entry`.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  link(entry: string): { entry: string; modules: ImageModule[] } {
    const fresh = [...this.#graph.values()].filter((module) => !this.#linked.has(module.url));
    const names = bindExports(this.#graph, fresh);
    const facades = new Map<string, { module: GraphModule; nodeMode: boolean }>();
    const context = this.#createContext(facades);
    const modules = fresh.map((module) => emit(module, context));
    const entryModule = this.#graph.get(entry);
    const entryUrl = entryModule !== undefined && isCommonjs(entryModule) ? context.facadeUrl(entry, false) : entry;
    modules.push(...emitFacades(facades, names, context));
    for (const module of fresh) this.#linked.add(module.url);
    this.#part++;
    return { entry: entryUrl, modules };
  }

  /** A later part makes facades of its own: it may ask for names that the earlier ones do not have. */
  #createContext(facades: Map<string, { module: GraphModule; nodeMode: boolean }>): EmitContext {
    const suffix = this.#part === 0 ? "" : `-${this.#part}`;
    return {
      graph: this.#graph,
      mode: this.#mode,
      facadeUrl: (url, nodeMode) => {
        const facade = `${url}#${nodeMode ? "node" : "commonjs"}${suffix}`;
        const module = this.#graph.get(url);
        if (module !== undefined) facades.set(facade, { module, nodeMode });
        return facade;
      },
    };
  }
}

function emit(module: GraphModule, context: EmitContext): ImageModule {
  return isCommonjs(module)
    ? { url: module.url, kind: "script", code: emitCommonjs(module, context) }
    : { url: module.url, kind: "esm", code: emitModule(module, context) };
}

function emitFacades(
  facades: ReadonlyMap<string, { module: GraphModule; nodeMode: boolean }>,
  names: CommonjsNames,
  context: EmitContext,
): ImageModule[] {
  return [...facades].map(([url, { module, nodeMode }]) => ({
    url,
    kind: "esm",
    code: `${emitFacade(module, nodeMode, names, context)}\n//# sourceURL=${url}`,
  }));
}

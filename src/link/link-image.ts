import type { ImageModule } from "../run/image.ts";
import { bindExports, type CommonjsNames, isCommonjs } from "./bind-exports.ts";
import { emitFacade, emitNamespace } from "./emit-facade.ts";
import { type EmitContext, emitCommonjs, emitModule } from "./emit-module.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";

/** A CommonJS module that ES modules of either mode import. */
interface CommonjsImport {
  readonly module: GraphModule;
  readonly nodeMode: boolean;
}

/** What a link needs ES modules for: URL → the CommonJS module behind it. */
interface WantedFacades {
  readonly facades: Map<string, CommonjsImport>;
  readonly namespaces: Map<string, CommonjsImport>;
}

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
   * Modules that are in the graph and have not been linked before, and the URL to import for the program's `entry`.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  link(entry: string): { entry: string; modules: ImageModule[] } {
    return this.#link((context) => (this.#isCommonjs(entry) ? context.facadeUrl(entry, false) : entry));
  }

  /**
   * The same for an `import()` of `target`; `nodeMode` is the importing module's.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  linkImport(target: string, nodeMode: boolean): { entry: string; modules: ImageModule[] } {
    return this.#link((context) => (this.#isCommonjs(target) ? context.namespaceUrl(target, nodeMode) : target));
  }

  #link(entryUrl: (context: EmitContext) => string): { entry: string; modules: ImageModule[] } {
    const fresh = [...this.#graph.values()].filter((module) => !this.#linked.has(module.url));
    const names = bindExports(this.#graph, fresh);
    const wanted: WantedFacades = { facades: new Map(), namespaces: new Map() };
    const context = this.#createContext(wanted);
    const modules = fresh.map((module) => emit(module, context));
    const entry = entryUrl(context);
    modules.push(...emitWanted(wanted, names, context));
    for (const { url } of [...fresh, ...modules]) this.#linked.add(url);
    this.#part++;
    return { entry, modules };
  }

  #isCommonjs(url: string): boolean {
    const module = this.#graph.get(url);
    return module !== undefined && isCommonjs(module);
  }

  #createContext({ facades, namespaces }: WantedFacades): EmitContext {
    const want = (wanted: Map<string, CommonjsImport>, url: string, name: string, nodeMode: boolean): string => {
      const module = this.#graph.get(url);
      const address = `${url}#${name}`;
      if (module !== undefined && !this.#linked.has(address)) wanted.set(address, { module, nodeMode });
      return address;
    };
    // A later part makes facades of its own: it may ask for names that the earlier ones do not have.
    const suffix = this.#part === 0 ? "" : `-${this.#part}`;
    return {
      graph: this.#graph,
      mode: this.#mode,
      facadeUrl: (url, nodeMode) => want(facades, url, modeName(nodeMode) + suffix, nodeMode),
      namespaceUrl: (url, nodeMode) => want(namespaces, url, `${modeName(nodeMode)}-namespace`, nodeMode),
    };
  }
}

function modeName(nodeMode: boolean): string {
  return nodeMode ? "node" : "commonjs";
}

function emit(module: GraphModule, context: EmitContext): ImageModule {
  return isCommonjs(module)
    ? { url: module.url, kind: "script", code: emitCommonjs(module, context) }
    : { url: module.url, kind: "esm", code: emitModule(module, context) };
}

function emitWanted({ facades, namespaces }: WantedFacades, names: CommonjsNames, context: EmitContext): ImageModule[] {
  const esm = (url: string, code: string): ImageModule => ({ url, kind: "esm", code: `${code}\n//# sourceURL=${url}` });
  return [
    ...[...facades].map(([url, { module, nodeMode }]) => esm(url, emitFacade(module, nodeMode, names, context))),
    ...[...namespaces].map(([url, { module, nodeMode }]) => esm(url, emitNamespace(module, nodeMode, context))),
  ];
}

import type { ImageModule, ImagePart } from "../run/image.ts";
import { bindExports, type CommonjsNames, hasOwnNamespace, isCommonjs } from "./bind-exports.ts";
import { emitFacade, emitNamespace } from "./emit-facade.ts";
import { type EmitContext, emitCommonjs, emitModule } from "./emit-module.ts";
import { emitWasm, emitWasmNamespace } from "./emit-wasm.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";

/** A module that ES modules of either mode import through another one. */
interface IndirectImport {
  readonly module: GraphModule;
  readonly nodeMode: boolean;
}

/** What a link needs ES modules for: URL → the module behind it. */
interface WantedFacades {
  readonly facades: Map<string, IndirectImport>;
  readonly namespaces: Map<string, IndirectImport>;
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
  link(entry: string): ImagePart {
    return this.#link((context) => (this.#isCommonjs(entry) ? context.facadeUrl(entry, false) : entry));
  }

  /**
   * The same for an `import()` of `target`; `nodeMode` is the importing module's.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  linkImport(target: string, nodeMode: boolean): ImagePart {
    return this.#link((context) => (this.#hasOwnNamespace(target) ? context.namespaceUrl(target, nodeMode) : target));
  }

  #link(entryUrl: (context: EmitContext) => string): ImagePart {
    const fresh = [...this.#graph.values()].filter((module) => !this.#linked.has(module.url));
    const names = bindExports(this.#graph, fresh);
    const wanted: WantedFacades = { facades: new Map(), namespaces: new Map() };
    const context = this.#createContext(wanted);
    const modules = fresh.map((module) => emit(module, context));
    const entry = entryUrl(context);
    modules.push(...emitWanted(wanted, names, context));
    for (const { url } of [...fresh, ...modules]) this.#linked.add(url);
    this.#part++;
    const wasm = [...new Set(fresh.filter(isCompiledByRealm).map(({ url }) => url.replace(/#.*$/, "")))];
    return { entry, modules, wasm };
  }

  #isCommonjs(url: string): boolean {
    const module = this.#graph.get(url);
    return module !== undefined && isCommonjs(module);
  }

  #hasOwnNamespace(url: string): boolean {
    const module = this.#graph.get(url);
    return module !== undefined && hasOwnNamespace(module);
  }

  #createContext({ facades, namespaces }: WantedFacades): EmitContext {
    const want = (wanted: Map<string, IndirectImport>, url: string, name: string, nodeMode: boolean): string => {
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

/** WebAssembly, whether it is imported or only its source is. */
function isCompiledByRealm({ analysis, type }: GraphModule): boolean {
  return analysis.format === "wasm" || type === "source";
}

function modeName(nodeMode: boolean): string {
  return nodeMode ? "node" : "commonjs";
}

function emit(module: GraphModule, context: EmitContext): ImageModule {
  const { url } = module;
  if (isCommonjs(module)) return { url, kind: "script", code: emitCommonjs(module, context) };
  const code = module.analysis.format === "wasm" ? emitWasm(module, context) : emitModule(module, context);
  return { url, kind: "esm", code };
}

function emitWanted({ facades, namespaces }: WantedFacades, names: CommonjsNames, context: EmitContext): ImageModule[] {
  const esm = (url: string, code: string): ImageModule => ({ url, kind: "esm", code: `${code}\n//# sourceURL=${url}` });
  return [
    ...[...facades].map(([url, { module, nodeMode }]) => esm(url, emitFacade(module, nodeMode, names, context))),
    ...[...namespaces].map(([url, { module, nodeMode }]) =>
      esm(url, isCommonjs(module) ? emitNamespace(module, nodeMode, context) : emitWasmNamespace(module)),
    ),
  ];
}

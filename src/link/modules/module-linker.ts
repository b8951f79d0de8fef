import type { ImageModule, ImagePart } from "../../run/image.ts";
import { BoundModules } from "../bound-modules.ts";
import { emitCommonjs } from "../image/emit-commonjs.ts";
import type { LinkedModule } from "../linked-module.ts";
import { wasmUrls } from "../wasm-urls.ts";
import type { GraphModule } from "../module-graph.ts";
import { type AskedNames, askedNames, emitFacade, emitNamespace } from "./emit-facade.ts";
import { type EmitContext, emitModule, LineKeeper } from "./emit-module.ts";
import { emitWasm, emitWasmNamespace } from "./emit-wasm.ts";

/** A module that ES modules of either mode import through another one. */
interface IndirectImport {
  readonly module: LinkedModule;
  readonly nodeMode: boolean;
}

/** What a link needs ES modules for: URL → the module behind it. */
interface WantedFacades {
  readonly facades: Map<string, IndirectImport>;
  readonly namespaces: Map<string, IndirectImport>;
}

/**
 * Links a program module by module: each one a native ES module under a URL of its own, as its author wrote it. It is
 * what linked images are measured against, and what runs where modules cannot share a scope. It remembers what has been
 * handed out, so that an `import()` later gets only what the realm does not have.
 */
export class ModuleLinker {
  readonly #modules = new BoundModules();
  readonly #mode: string;
  readonly #added: LinkedModule[] = [];
  /** URLs of modules that a realm already has. */
  readonly #linked = new Set<string>();
  #part = 0;

  constructor(mode: string) {
    this.#mode = mode;
  }

  /**
   * Takes modules in, with everything that they import.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  add(graph: Iterable<GraphModule>): void {
    this.#added.push(...this.#modules.add(graph));
  }

  /** Modules that have been added and not been linked before; its entry is the URL to import for the module `url`. */
  link(url: string, nodeMode: boolean): ImagePart {
    const entry = this.#modules.get(url);
    if (entry === undefined) throw new TypeError(`"${url}" has not been added`);
    const fresh = this.#added.splice(0);
    const wanted: WantedFacades = { facades: new Map(), namespaces: new Map() };
    const context = this.#createContext(wanted);
    const modules = fresh.map((module) => this.#emit(module, context));
    const entryUrl = context.namespaceUrl(entry, nodeMode) ?? context.importUrl(entry, nodeMode);
    modules.push(...this.#emitWanted(wanted, askedNames(fresh, this.#modules.binder), context));
    for (const module of modules) this.#linked.add(module.url);
    this.#part++;
    return { entry: entryUrl, modules, wasm: wasmUrls(fresh) };
  }

  /** Every module is a script of its own, whose lines are those of its source. */
  locate(text: string): string {
    return text;
  }

  #createContext({ facades, namespaces }: WantedFacades): EmitContext {
    const want = (
      wanted: Map<string, IndirectImport>,
      module: LinkedModule,
      name: string,
      nodeMode: boolean,
    ): string => {
      const address = `${module.url}#${name}`;
      if (!this.#linked.has(address)) wanted.set(address, { module, nodeMode });
      return address;
    };
    // A later part makes facades of its own: it may ask for names that the earlier ones do not have.
    const suffix = this.#part === 0 ? "" : `-${this.#part}`;
    return {
      mode: this.#mode,
      importUrl: (module, nodeMode) =>
        module.isFunction ? want(facades, module, modeName(nodeMode) + suffix, nodeMode) : module.url,
      namespaceUrl: (module, nodeMode) =>
        module.isEsm ? undefined : want(namespaces, module, `${modeName(nodeMode)}-namespace`, nodeMode),
    };
  }

  #emit(module: LinkedModule, context: EmitContext): ImageModule {
    const { url } = module;
    if (module.isEsm) return { url, kind: "esm", code: emitModule(module, context) };
    if (isWasm(module)) return { url, kind: "esm", code: emitWasm(module, this.#modules.binder, context) };
    const lines = new LineKeeper(module.record.lines);
    emitCommonjs([module], this.#mode, lines);
    return { url, kind: "script", code: `${lines.toString()}\n//# sourceURL=${url}` };
  }

  #emitWanted(
    { facades, namespaces }: WantedFacades,
    asked: ReadonlyMap<LinkedModule, AskedNames>,
    context: EmitContext,
  ): ImageModule[] {
    const esm = (url: string, code: string): ImageModule => ({
      url,
      kind: "esm",
      code: `${code}\n//# sourceURL=${url}`,
    });
    const importUrl = (nodeMode: boolean) => (module: LinkedModule) => context.importUrl(module, nodeMode);
    const none: AskedNames = new Map();
    return [
      ...[...facades].map(([url, { module, nodeMode }]) =>
        esm(url, emitFacade(module, nodeMode, asked.get(module) ?? none, importUrl(nodeMode), this.#modules.binder)),
      ),
      ...[...namespaces].map(([url, { module, nodeMode }]) =>
        esm(url, isWasm(module) ? emitWasmNamespace(module) : emitNamespace(module, nodeMode, importUrl(nodeMode))),
      ),
    ];
  }
}

function isWasm({ record }: LinkedModule): boolean {
  return record.format === "wasm";
}

function modeName(nodeMode: boolean): string {
  return nodeMode ? "node" : "commonjs";
}

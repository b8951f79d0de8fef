import type { GraphModule } from "./module-graph.ts";
import { bindError } from "./bind-error.ts";
import { ExportBinder } from "./bind-symbols.ts";
import { type Binding, LinkedModule } from "./linked-module.ts";

/** The modules of a realm, with what their imports stand for. */
export class BoundModules {
  readonly #modules = new Map<string, LinkedModule>();
  readonly binder = new ExportBinder();

  get(url: string): LinkedModule | undefined {
    return this.#modules.get(url);
  }

  /**
   * Takes modules in, together with all that they import, and binds every import, used or not, before anything runs
   * (M23, M31). Takes in all or nothing.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  add(graph: Iterable<GraphModule>): LinkedModule[] {
    const added: LinkedModule[] = [];
    for (const input of graph) {
      if (this.#modules.has(input.url)) continue;
      const module = new LinkedModule(input, this.#modules.size);
      this.#modules.set(module.url, module);
      added.push(module);
    }
    try {
      for (const module of added) this.#connect(module);
      for (const module of added) this.#bind(module);
    } catch (error) {
      for (const { url } of added) this.#modules.delete(url);
      throw error;
    }
    return added;
  }

  #connect(module: LinkedModule): void {
    for (const target of module.input.targets) {
      module.targets.push(target.kind === "module" ? this.#modules.get(target.url) : undefined);
    }
  }

  #bind(module: LinkedModule): void {
    const { symbols, reexports } = module.record;
    for (let symbol = 0; symbol < symbols.length; symbol++) {
      const { kind, request, imported = "*" } = symbols[symbol] as (typeof symbols)[number];
      if (request === undefined || (kind !== "import" && kind !== "namespace")) continue;
      module.bindings[symbol] = this.#bindImport(module, request, imported);
    }
    for (const { request, imported } of reexports) this.#bindImport(module, request, imported);
    for (const { module: specifier, name } of module.record.wasm?.imports ?? []) {
      const request = module.record.requests.findIndex((candidate) => candidate.specifier === specifier);
      if (request !== -1) this.#bindImport(module, request, name);
    }
  }

  #bindImport(module: LinkedModule, request: number, imported: string): Binding {
    const target = module.targets[request];
    if (target === undefined) return { kind: "missing" };
    const binding = this.binder.resolveImported(target, imported);
    if (binding.kind === "missing" || binding.kind === "ambiguous")
      throw bindError(module, request, imported, binding.kind, this.binder);
    return binding;
  }
}

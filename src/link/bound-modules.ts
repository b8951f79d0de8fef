import type { GraphModule } from "./module-graph.ts";
import { bindProblems, errorPlace } from "./bind-error.ts";
import { ExportBinder } from "./bind-symbols.ts";
import { type Binding, LinkedModule, type ModuleAt } from "./linked-module.ts";
import type { PartialLink } from "./partial/partial-link.ts";
import { problemsError, type SourceProblem } from "./source-problem.ts";
import { wasmRequest } from "./wasm-request.ts";

/** The modules of a realm, with what their imports stand for. */
export class BoundModules {
  readonly #modules = new Map<string, LinkedModule>();
  readonly binder = new ExportBinder();
  /** Modules of partial links by their places. */
  readonly #places = new Map<PartialLink, PartialPlaces>();

  get(url: string): LinkedModule | undefined {
    return this.#modules.get(url);
  }

  /**
   * Takes modules in, together with all that they import, and binds every import, used or not, before anything runs
   * (M23, M31). Takes in all or nothing. An error names everything that is wrong, in `details.problems`.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT, ERR_IMPORT_NAME_CONFLICT
   */
  add(graph: Iterable<GraphModule>): LinkedModule[] {
    const added: LinkedModule[] = [];
    for (const input of graph) {
      if (this.#modules.has(input.url)) continue;
      const module = this.#create(input);
      this.#modules.set(module.url, module);
      added.push(module);
    }
    for (const module of added) this.#connect(module);
    // Those of a partial link have been bound when it was made.
    const fresh = added.filter(({ input }) => input.partial === undefined);
    const [wrong, ...others] = fresh.flatMap((module) => {
      const [first, ...more] = bindModule(module, this.binder);
      return first === undefined ? [] : [{ module, problems: [first, ...more] as const }];
    });
    if (wrong === undefined) return added;
    for (const { url } of added) this.#modules.delete(url);
    const problems = [...wrong.problems, ...others.flatMap((other) => other.problems)] as const;
    throw problemsError(problems, errorPlace(wrong.module, wrong.problems[0]));
  }

  #create(input: GraphModule): LinkedModule {
    const { partial } = input;
    if (partial === undefined) return new LinkedModule(input, this.#modules.size);
    const { link, index } = partial;
    const places = this.#placesOf(link);
    const module = new LinkedModule(input, this.#modules.size, places.at);
    places.modules[index] = module;
    return module;
  }

  #placesOf(link: PartialLink): PartialPlaces {
    let places = this.#places.get(link);
    if (places === undefined) {
      const modules: (LinkedModule | undefined)[] = [];
      // One that is loaded anew, or was there before, is found by its URL.
      const at = (index: number) => (modules[index] ??= this.#modules.get(link.reference(index).url));
      this.#places.set(link, (places = { modules, at }));
    }
    return places;
  }

  #connect(module: LinkedModule): void {
    const { partial } = module.input;
    if (partial !== undefined) {
      partial.link.connect(module, partial.index, this.#placesOf(partial.link).at);
      return;
    }
    for (const target of module.input.targets) {
      module.targets.push(target.kind === "module" ? this.#modules.get(target.url) : undefined);
    }
  }
}

/** Modules of a partial link by their places in it. */
interface PartialPlaces {
  readonly modules: (LinkedModule | undefined)[];
  readonly at: ModuleAt;
}

/** Binds every import of a module whose targets are connected; gives what is wrong with them. */
export function bindModule(module: LinkedModule, binder: ExportBinder): SourceProblem[] {
  const problems: SourceProblem[] = [...(module.input.conflicts ?? [])];
  const seen = new Set<string>();
  const bind = (request: number, imported: string): Binding => {
    const binding = binder.resolveImported(module, request, imported);
    const isFound = binding.kind !== "missing" && binding.kind !== "ambiguous";
    // What a request that leads to nothing has to say, it says itself.
    if (isFound || module.targets[request] === undefined) return binding;
    // Symbols and re-exports can name the same; its problems are those of all its places.
    const key = `${request} ${imported}`;
    if (!seen.has(key)) problems.push(...bindProblems(module, request, imported, binding.kind, binder));
    seen.add(key);
    return binding;
  };
  const { symbols, reexports, wasm } = module.record;
  for (let symbol = 0; symbol < symbols.length; symbol++) {
    const { kind, request, imported = "*" } = symbols[symbol] as (typeof symbols)[number];
    if (request === undefined || (kind !== "import" && kind !== "namespace")) continue;
    module.bindings[symbol] = bind(request, imported);
  }
  for (const { request, imported } of reexports) bind(request, imported);
  for (const { module: specifier, name } of wasm?.imports ?? []) {
    const request = wasmRequest(module.record, specifier);
    if (request !== -1) bind(request, name);
  }
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

import { isLoaderError, type LoaderError } from "../errors.ts";
import { ExportBinder } from "../link/bind-symbols.ts";
import { bindModule } from "../link/bound-modules.ts";
import { loadModule, referrerOf, withType } from "../link/build-graph.ts";
import { LinkedModule } from "../link/linked-module.ts";
import type { GraphModule, ModuleReference } from "../link/module-graph.ts";
import { type LinkContext, projectReference, resolveRequest } from "../link/resolve-request.ts";
import type { SourceProblem } from "../link/source-problem.ts";
import type { ModuleRequest } from "../artifact/module-record.ts";

/** A file of the project as it was compiled, or why it was not. */
interface CompiledFile {
  readonly text: string;
  readonly module: GraphModule | LoaderError;
}

/** What outlives a change of a file. */
export interface KeptModules {
  /** Path → what was made of its text. */
  readonly files: Map<string, CompiledFile>;
  /** Modules of packages and by URL; a change of the lockfile may connect them differently. */
  readonly others: Map<string, Promise<LinkedModule | undefined>>;
  /** Those whose exports can be looked up. */
  readonly connected: Set<LinkedModule>;
}

/** The modules of a project as it is at one moment, as far as somebody asks about them: one question at a time. */
export class ViewModules {
  readonly #context: LinkContext;
  readonly #kept: KeptModules;
  readonly #binder = new ExportBinder();
  readonly #own = new Map<string, LinkedModule>();
  readonly #connecting = new Set<LinkedModule>();

  constructor(context: LinkContext, kept: KeptModules) {
    this.#context = context;
    this.#kept = kept;
  }

  /** The file as a module, or what is wrong with its source. Compiled once for each text. */
  async file(path: string): Promise<GraphModule | LoaderError> {
    const text = this.#context.sources.files.get(path) ?? "";
    const known = this.#kept.files.get(path);
    if (known?.text === text) return known.module;
    const module = await loadModule({ reference: projectReference(path, this.#context), via: undefined }, this.#context)
      // What does not compile is an answer here.
      .catch(orThrow);
    this.#kept.files.set(path, { text, module });
    return module;
  }

  /** What is wrong with the names that a file imports. Modules that cannot be had are passed over: their requests fail. */
  async bindingProblems(module: GraphModule): Promise<SourceProblem[]> {
    const linked = this.#link(module);
    const wanted = module.record.requests.flatMap(({ kind }, index) => (kind === "import" ? [index] : []));
    await Promise.all(wanted.map((index) => this.#connectRequest(linked, index)));
    return bindModule(linked, this.#binder);
  }

  #link(module: GraphModule): LinkedModule {
    let linked = this.#own.get(module.url);
    if (linked === undefined) this.#own.set(module.url, (linked = new LinkedModule(module, 0)));
    return linked;
  }

  /** Finds what a request leads to, and everything that its exports are made of. */
  async #connectRequest(module: LinkedModule, index: number): Promise<void> {
    const request = module.record.requests[index];
    if (request === undefined) return;
    const target = module.targets[index] ?? (await this.#target(module.input, request));
    if (target === undefined) return;
    module.targets[index] = target;
    await this.#connectExports(target);
  }

  async #connectExports(module: LinkedModule): Promise<void> {
    // Whoever meets a circle leaves it to who came first.
    if (this.#kept.connected.has(module) || this.#connecting.has(module)) return;
    this.#connecting.add(module);
    const { stars, forwards, reexports } = module.record;
    const wanted = new Set([...stars, ...forwards, ...reexports.map(({ request }) => request)]);
    await Promise.all([...wanted].map((index) => this.#connectRequest(module, index)));
    this.#connecting.delete(module);
    if (module.input.owner.kind !== "project") this.#kept.connected.add(module);
  }

  async #target(referrer: GraphModule, request: ModuleRequest): Promise<LinkedModule | undefined> {
    const { specifier, kind, mode, phase, type } = request;
    const details = { specifier, referrer: referrerOf(referrer, request) };
    const how = kind === "require" ? "require" : "import";
    try {
      const found = await resolveRequest({ specifier, kind: how, mode, referrer, details }, this.#context);
      return await this.#module(withType(found, phase === "source" ? "source" : type));
    } catch (error) {
      orThrow(error);
      return undefined;
    }
  }

  async #module(reference: ModuleReference): Promise<LinkedModule | undefined> {
    if (reference.owner.kind === "project" && reference.type === undefined) {
      const module = await this.file(reference.path);
      return isLoaderError(module) ? undefined : this.#link(module);
    }
    const { others } = this.#kept;
    const known = others.get(reference.url);
    if (known !== undefined) return known;
    const loading = loadModule({ reference, via: undefined }, this.#context).then(
      (module) => new LinkedModule(module, 0),
    );
    others.set(reference.url, loading);
    // It may be stored the next time.
    loading.catch(() => others.delete(reference.url));
    return loading;
  }
}

/** Errors of the loader are answers; any other is a bug. */
function orThrow(error: unknown): LoaderError {
  if (isLoaderError(error)) return error;
  throw error;
}

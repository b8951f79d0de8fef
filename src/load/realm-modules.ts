import { LoaderError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { buildGraph, withType } from "../link/build-graph.ts";
import { createLinker, type Linker, type Linking } from "../link/create-linker.ts";
import { deferredModule } from "../link/deferred-module.ts";
import type { GraphModule, ModuleGraph, ModuleReference } from "../link/module-graph.ts";
import type { LinkContext, ResolveRequest } from "../link/link-context.ts";
import { resolveRequest } from "../link/resolve-request.ts";
import type { ImagePart } from "../run/image.ts";
import type { ModuleMaps } from "./module-maps.ts";

/** What the realms of a program share. */
export interface RealmContext {
  readonly link: LinkContext;
  readonly linking: Linking;
  readonly limits: Limits;
  /** Modules of all realms that have been linked. */
  readonly linked: ModuleGraph;
  /** Where code comes from, if images get source maps. */
  readonly maps?: ModuleMaps | undefined;
  /** Decides on the packages that an import asks for and nothing asked for before. */
  lockImport(request: ResolveRequest, link: LinkContext, type?: string): Promise<void>;
}

/** The modules of one realm of a program: the page's, or a worker's. */
export class RealmModules {
  readonly graph: ModuleGraph = new Map();
  readonly entry: ModuleReference;
  readonly #context: RealmContext;
  /** Chosen when the modules of the realm are known. */
  #linker: Linker | undefined;

  constructor(entry: ModuleReference, context: RealmContext) {
    this.entry = entry;
    this.#context = context;
  }

  /** Loads every module that the entry reaches. */
  async reach(): Promise<void> {
    const { link, limits } = this.#context;
    const found = await buildGraph({ reference: this.entry, via: undefined }, this.graph, link, limits);
    await this.#context.maps?.load(found.values());
    this.#add(found);
  }

  /** Loads what a module asks for by `import()`, without linking it. */
  async reachFrom(referrer: ModuleReference, specifier: string, type?: string): Promise<void> {
    const { link, limits } = this.#context;
    const details = { specifier, referrer: referrer.path };
    const reference = withType(await resolveRequest({ specifier, kind: "import", referrer, details }, link), type);
    this.#add(await buildGraph({ reference, via: undefined }, this.graph, link, limits));
  }

  /** Links what has been reached. */
  link(): ImagePart {
    const image = this.#startLinking().link(this.entry.url, false);
    this.#publish(this.graph.values());
    return image;
  }

  /** Takes in the entry where that is a script: it needs no linking, but may import. */
  addScript(module: GraphModule): void {
    this.#publish(this.#add(new Map([[module.url, module]])));
    this.#startLinking();
  }

  #startLinking(): Linker {
    const { link, linking, maps } = this.#context;
    const mapOf = maps && ((module: GraphModule) => maps.of(module));
    this.#linker = createLinker(this.graph.values(), { linking, mode: link.mode, base: link.base, mapOf });
    this.#linker.add(this.graph.values());
    return this.#linker;
  }

  #publish(modules: Iterable<GraphModule>): void {
    for (const module of modules) this.#context.linked.set(module.url, module);
  }

  /** See `RealmServices.locate`. */
  locate(text: string): string {
    return this.#linker?.locate(text) ?? text;
  }

  /** What the realm lacks for an `import()`. */
  async importModule(specifier: string, referrerUrl: string, given?: string): Promise<ImagePart> {
    const { link, limits } = this.#context;
    const type = given === "defer" ? undefined : given;
    const referrer = this.graph.get(referrerUrl) ?? this.graph.get(this.entry.url);
    if (referrer === undefined)
      throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${referrerUrl}" is not part of the program`, { specifier });
    const details = { specifier, referrer: referrer.shownAs };
    const stated = referrer.record.requests.find((one) => one.kind === "dynamic" && one.specifier === specifier);
    const request = { specifier, kind: "import", mode: stated?.mode, referrer, details } as const;
    await this.#context.lockImport(request, link, type);
    const reference = withType(await resolveRequest(request, link), type);
    const wanted = { reference, via: { url: referrer.url, specifier } };
    const found = await buildGraph(wanted, this.graph, link, limits);
    await this.#context.maps?.load(found.values());
    if (given !== "defer") return this.#linkImport(found, reference.url, referrer.nodeMode);
    const deferred = deferredModule(reference, referrer.nodeMode, wanted.via);
    return this.#linkImport(found.set(deferred.url, deferred), deferred.url, referrer.nodeMode);
  }

  /** Until here nobody has seen what was found; if it does not link, nobody does. */
  #linkImport(found: ModuleGraph, url: string, nodeMode: boolean): ImagePart {
    const added = this.#add(found);
    try {
      if (this.#linker === undefined) throw new TypeError("The program has not been linked");
      this.#linker.add(added);
      const part = this.#linker.link(url, nodeMode);
      this.#publish(added);
      return part;
    } catch (error) {
      for (const module of added) this.graph.delete(module.url);
      throw error;
    }
  }

  /** Takes over modules, save those that another import has brought in meanwhile; gives what is new. */
  #add(found: ModuleGraph): GraphModule[] {
    const added = [...found.values()].filter(({ url }) => !this.graph.has(url));
    for (const module of added) this.graph.set(module.url, module);
    return added;
  }
}

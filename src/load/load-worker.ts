import { LoaderError } from "../errors.ts";
import { loadModule } from "../link/build-graph.ts";
import type { GraphModule, ModuleReference } from "../link/module-graph.ts";
import type { LinkContext, ResolveRequest } from "../link/link-context.ts";
import { projectReference } from "../link/module-references.ts";
import { resolveRequest } from "../link/resolve-request.ts";
import { emitClassicScript, importedScripts, readAsScript } from "../link/worker-scripts.ts";
import type { Image, WorkerScript } from "../run/image.ts";
import type { RealmModules } from "./realm-modules.ts";

/** What loading a worker needs of its program. */
export interface WorkerContext {
  readonly link: LinkContext;
  createRealm(entry: ModuleReference, link: LinkContext): RealmModules;
  lockImport(request: ResolveRequest, link: LinkContext): Promise<void>;
}

/** A worker's program; what it asks for later is answered for `realm`. */
interface LoadedWorker {
  readonly realm: RealmModules;
  readonly image: Image;
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * Loads what a new worker runs. An ES module, and CommonJS with `require` calls, become an image; any other script stays a
 * classic script with the scripts that it imports.
 * @throws LoaderError of the stages specifier to link
 */
export async function loadWorker({ url, type, text }: WorkerScript, context: WorkerContext): Promise<LoadedWorker> {
  const link = text === undefined ? context.link : withFile(context.link, TEXT_PATH, text);
  const specifier = text === undefined ? url : TEXT_PATH;
  const scripts = new ScriptLoader(url, link, context);
  const entry = await scripts.load(specifier);
  const realm = context.createRealm(entry, link);
  const { base, mode, nativeBuiltins } = link;
  const settings = { base, mode, nodeBuiltins: nativeBuiltins.size > 0 };
  const classic = type === "classic" ? readAsScript(entry) : undefined;
  if (classic !== undefined) {
    realm.addScript(classic);
    await scripts.add(classic, url);
    return { realm, scripts: scripts.texts, image: { ...settings, entry: url, modules: [], wasm: [] } };
  }
  await realm.reach();
  await scripts.addImported(entry);
  return { realm, scripts: scripts.texts, image: { ...settings, ...realm.link() } };
}

/** Where the text of a `blob:` or `data:` URL is taken in, as a file of the project. */
const TEXT_PATH = "/[worker].js";

function withFile(link: LinkContext, path: string, text: string): LinkContext {
  return { ...link, sources: { ...link.sources, files: new Map(link.sources.files).set(path, text) } };
}

/** Classic scripts of a worker, by the URL it knows them by. */
class ScriptLoader {
  readonly texts: Record<string, string> = {};
  /** Of the worker: what all of its scripts' relative URLs are relative to. */
  readonly #base: string;
  readonly #link: LinkContext;
  readonly #context: WorkerContext;

  constructor(base: string, link: LinkContext, context: WorkerContext) {
    this.#base = base;
    this.#link = link;
    this.#context = context;
  }

  /** Compiles what `specifier` names. */
  async load(specifier: string): Promise<GraphModule> {
    const referrer = projectReference("/", this.#link);
    const request: ResolveRequest = { specifier, kind: "import", referrer, details: { specifier } };
    await this.#context.lockImport(request, this.#link);
    const reference = await resolveRequest(request, this.#link);
    return loadModule({ reference, via: undefined }, this.#link);
  }

  /** Adds a script and all that it imports. */
  async add(module: GraphModule, url: string): Promise<void> {
    this.texts[url] = emitClassicScript(module, this.#link.mode);
    await this.addImported(module);
  }

  /** What a script imports and cannot be had is the error of the call, if it is made. */
  async addImported({ record }: GraphModule): Promise<void> {
    for (const imported of importedScripts(record.code, this.#base)) {
      if (Object.hasOwn(this.texts, imported) || !/^https?:/.test(imported)) continue;
      const module = await this.load(imported).catch(unlessVerification);
      const script = module && readAsScript(module);
      if (script !== undefined) await this.add(script, imported);
    }
  }
}

function unlessVerification(error: unknown): undefined {
  if (error instanceof LoaderError && error.stage !== "verify") return;
  throw error;
}

import { LoaderError } from "../errors.ts";
import { type Lock, lookup } from "../lock/lock.ts";
import { OwnModules } from "../link/own-modules.ts";
import type { LinkContext, ModuleSources, UrlSource, WantedUrl } from "../link/link-context.ts";
import type { LoadContext } from "../load/load-context.ts";
import { type LoadedArtifact, loadPackage, readReached } from "../load/load-package.ts";
import { loadUrl, readDataUrl } from "../load/load-url.ts";
import { staleError } from "../load/lock-errors.ts";
import { createProjectTree } from "../load/project-tree.ts";
import { notCachedError } from "../load/offline-errors.ts";
import { PlugIns } from "../resolve/resolvers/plug-ins.ts";
import { remember } from "../load/remember.ts";
import { verifyBytes } from "../verify/verify-bytes.ts";

/** What a project is at one moment. */
export interface ProjectState {
  /** Absolute path → text. */
  readonly files: ReadonlyMap<string, string>;
  readonly lockfile: Lock;
}

/** Packages and modules by URL as far as they are stored: what has been read once stays in memory, nothing is fetched. */
export class StoredSources {
  readonly #context: LoadContext;
  readonly #artifacts = new Map<string, Promise<LoadedArtifact>>();
  readonly #loaded = new Map<string, LoadedArtifact>();
  readonly #ownModules = new OwnModules();
  readonly #plugIns: PlugIns;
  readonly #urls = new Map<string, Promise<UrlSource>>();

  constructor(context: LoadContext) {
    this.#context = context;
    const { options, host } = context;
    this.#plugIns = new PlugIns(options.resolvers ?? [], {
      fetchText: (url) => Promise.reject(notCachedError(url, { specifier: url })),
      builtins: new Set(options.builtins ?? host.builtins),
    });
  }

  /** What resolution depends on, for a project as it is now. */
  linkContext(state: ProjectState): LinkContext {
    const { host, mode, options, importMap, language, nativeModules } = this.#context;
    return {
      tree: createProjectTree(state.files),
      importMap,
      plugIns: this.#plugIns,
      importModes: options.importModes ?? {},
      language,
      nativeModules,
      base: options.base,
      mode,
      conditions: options.conditions ?? [],
      nativeBuiltins: new Set(options.builtins ?? host.builtins),
      ownModules: this.#ownModules,
      sources: this.#sources(state),
    };
  }

  #sources({ files, lockfile }: ProjectState): ModuleSources {
    const refuse = (requests: Parameters<typeof staleError>[0]): Promise<never> => {
      const [first = { name: "", range: "", referrer: "" }] = requests;
      return Promise.reject(staleError(requests, first));
    };
    return {
      files,
      lockfile: () => lockfile,
      artifact: async (key, referrer) => (await this.#artifact(key, referrer, lockfile)).artifact,
      artifactNow: (key) => this.#loaded.get(identity(key, lockfile))?.artifact,
      url: (url, referrer, wanted) => this.#url(url, referrer, wanted, lockfile),
      partial: () => undefined,
      lockPeers: refuse,
      lockPolyfills: refuse,
    };
  }

  #artifact(key: string, referrer: string, { packages }: Lock): Promise<LoadedArtifact> {
    const locked = lookup(packages, key);
    if (locked === undefined)
      throw new LoaderError("ERR_LOCKFILE_INVALID", `"${key}" is not in the lockfile`, { package: key });
    const id = `${key} ${locked.integrity}`;
    const known = this.#artifacts.get(id);
    if (known !== undefined) return known;
    const context = { ...this.#context, now: () => this.#context.host.now() };
    const reached = readReached(locked, this.#context);
    const loading = loadPackage(locked, context, { referrer, storedOnly: true, withMaps: false, reached });
    const noted = loading.then((loaded) => {
      this.#loaded.set(id, loaded);
      return loaded;
    });
    return remember(this.#artifacts, id, noted);
  }

  async #url(url: string, referrer: string, wanted: WantedUrl = {}, { urls }: Lock): Promise<UrlSource> {
    const { integrity, lockedAs = url } = wanted;
    const locked = lookup(urls, lockedAs);
    const { host, fetchContext, store, parallel, options } = this.#context;
    const load = async (): Promise<UrlSource> => {
      if (url.startsWith("data:")) return readDataUrl(url, host);
      const context = { host, fetchContext, store, parallel, ownOrigin: new URL(options.base).origin };
      return (await loadUrl(url, context, { referrer, locked, integrity, storedOnly: true })).source;
    };
    const id = `${url} ${locked?.integrity ?? ""}`;
    const source = await (this.#urls.get(id) ?? remember(this.#urls, id, load()));
    if (integrity !== undefined) await verifyBytes(source.bytes, integrity, { specifier: url, referrer });
    return source;
  }
}

function identity(key: string, { packages }: Lock): string {
  return `${key} ${lookup(packages, key)?.integrity ?? ""}`;
}

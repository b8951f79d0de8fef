import type { RequestKind } from "../artifact/module-record.ts";
import { isLoaderError, LoaderError } from "../errors.ts";
import { collectRequests } from "../link/collect-requests.ts";
import type { ModuleGraph, ModuleReference } from "../link/module-graph.ts";
import { resolveProjectFile } from "../link/project-files.ts";
import {
  type LinkContext,
  projectReference,
  resolveRequest,
  type ResolveRequest,
  type UrlSource,
} from "../link/resolve-request.ts";
import type { LoadOptions, PackageReport, Program, Project } from "../loader.ts";
import { keepBuiltins } from "../resolve/builtin-lock.ts";
import { EMPTY_LOCKFILE, type LockedUrl, type Lockfile, parseLockfile, printLockfile } from "../resolve/lockfile.ts";
import { type FurtherRequests, type PackageRequest, requestKey, solveVersions } from "../resolve/solve-versions.ts";
import type { Asset, Image, RealmServices, WorkerProgram, WorkerScript } from "../run/image.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import { verifyBytes } from "../verify/verify-bytes.ts";
import type { LoadContext } from "./load-context.ts";
import { loadPackument } from "./load-packument.ts";
import { staleError, unsolvedError } from "./lock-errors.ts";
import { type LoadedArtifact, loadPackage, readReached } from "./load-package.ts";
import { linkAhead } from "./link-ahead.ts";
import { loadUrl, readDataUrl } from "./load-url.ts";
import { loadWorker } from "./load-worker.ts";
import { reportPackages } from "./package-report.ts";
import { findAsset } from "./program-asset.ts";
import { ModuleMaps } from "./module-maps.ts";
import { RealmModules } from "./realm-modules.ts";
import { remember } from "./remember.ts";

/** One program on its way from files to an image; afterwards what its realm asks for. */
export class ProgramLoad {
  readonly #context: LoadContext;
  readonly #options: LoadOptions;
  readonly #link: LinkContext;
  /** That of the page; workers have realms of their own. */
  readonly #realm: RealmModules;
  /** Modules of all realms. */
  readonly #linked: ModuleGraph = new Map();
  readonly #maps: ModuleMaps | undefined;
  readonly #artifacts = new Map<string, Promise<LoadedArtifact>>();
  readonly #loaded = new Map<string, LoadedArtifact>();
  readonly #reached = new Map<string, ReturnType<typeof readReached>>();
  readonly #urls = new Map<string, Promise<UrlSource>>();
  readonly #lockedUrls: Record<string, LockedUrl> = {};
  #requests: PackageRequest[] = [];
  #lockfile: Lockfile;
  /** Settles, never rejecting, when versions have been decided for every import so far. */
  #decided: Promise<void> = Promise.resolve();

  /** @throws LoaderError ERR_MODULE_NOT_FOUND where the project lacks its entry; ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION */
  constructor(project: Project, options: LoadOptions, context: LoadContext) {
    this.#context = context;
    this.#options = options;
    const files = new Map(Object.entries(project.files));
    this.#link = {
      base: context.options.base,
      mode: options.mode ?? context.mode,
      conditions: context.options.conditions ?? [],
      nativeBuiltins: new Set(context.options.builtins ?? context.host.builtins),
      sources: {
        files,
        lockfile: () => this.#lockfile,
        artifact: async (key, referrer) => (await this.#artifact(key, referrer)).artifact,
        artifactNow: (key) => this.#loaded.get(key)?.artifact,
        url: (url, referrer, integrity) => this.#url(url, referrer, integrity),
        lockPeers: (peers) => this.#inTurn(() => this.#solve(this.#requests, { peers })),
        lockPolyfills: (polyfills) => this.#inTurn(() => this.#solve(this.#requests, { polyfills })),
      },
    };
    if (context.options.sourceMaps === true) this.#maps = this.#createMaps();
    const entry = projectReference(resolveProjectFile(project.entry, "/", files, {}), this.#link);
    this.#realm = this.#createRealm(entry, this.#link);
    this.#lockfile = options.lockfile === undefined ? EMPTY_LOCKFILE : parseLockfile(options.lockfile);
  }

  #createMaps(): ModuleMaps {
    const { emit, options } = this.#context;
    const readPackageMaps = async (key: string) => (await this.#artifact(key, "")).maps();
    return new ModuleMaps({ base: options.base, emit, readPackageMaps });
  }

  #createRealm(entry: ModuleReference, link: LinkContext): RealmModules {
    const { limits, options } = this.#context;
    return new RealmModules(entry, {
      link,
      limits,
      linking: options.linking ?? "image",
      linked: this.#linked,
      maps: this.#maps,
      lockImport: (request, given, type) => this.#lockImport(request, given, type),
    });
  }

  /** Finds what the project asks for and decides what that means; what the lockfile already says stays (R13, R71). */
  async lock(): Promise<void> {
    this.#readAhead();
    await this.#stage("resolve", async () => this.#solve(await collectRequests(this.#realm.entry, this.#link)));
  }

  /** What is locked and has been reached before is wanted again: all of it is read at once. */
  #readAhead(): void {
    for (const [key, locked] of Object.entries(this.#lockfile.packages)) {
      const reached = readReached(locked, this.#context);
      this.#reached.set(key, reached);
      const loading = reached.then((found) => found && this.#artifact(key, ""));
      // Whoever needs it hears what is wrong with it.
      loading.catch(() => undefined);
    }
  }

  /** Loads every module that the entry reaches. */
  async reach(): Promise<void> {
    await this.#realm.reach();
    await this.#keepReached();
    this.#pruneUrls();
    this.#pruneBuiltins();
  }

  async #keepReached(): Promise<void> {
    for (const loaded of this.#loaded.values()) await loaded.keepReached();
  }

  /** Makes the image and hands the program out. */
  async link(): Promise<Program> {
    return this.#stage("link", async () => {
      const { base, mode, nativeBuiltins } = this.#link;
      const image = { ...this.#realm.link(), base, mode, nodeBuiltins: nativeBuiltins.size > 0 };
      if (this.#context.options.linking !== "isolate") return this.#createProgram(image);
      const ahead = await linkAhead(image, this.#realm, this.#loaded);
      await this.#keepReached();
      return this.#createProgram({ ...image, ahead });
    });
  }

  #createProgram(image: Image): Program {
    const lockfile = (): string => printLockfile(this.#lockfileWithChecksums());
    const packages = (): PackageReport[] => reportPackages(this.#linked, this.#loaded);
    return {
      image,
      get lockfile() {
        return lockfile();
      },
      get packages() {
        return packages();
      },
      readTypes: async (key) => (await this.#artifact(key, "")).types(),
      ...this.#services(this.#realm),
    };
  }

  #services(realm: RealmModules): RealmServices {
    return {
      importModule: async (specifier, referrer, type) => {
        const part = await realm.importModule(specifier, referrer, type);
        await this.#keepReached();
        return part;
      },
      readAsset: (url) => this.#readAsset(url, realm),
      linkWorker: (script) => this.#linkWorker(script),
      locate: (text) => Promise.resolve(realm.locate(text)),
    };
  }

  async #linkWorker(script: WorkerScript): Promise<WorkerProgram> {
    const { realm, ...program } = await loadWorker(script, {
      link: this.#link,
      createRealm: (entry, link) => this.#createRealm(entry, link),
      lockImport: (request, link) => this.#lockImport(request, link),
    });
    return { ...program, ...this.#services(realm) };
  }

  /** One after the other: a decision about versions builds on those before it. */
  #inTurn(decide: () => Promise<void>): Promise<void> {
    const decided = this.#decided.then(decide);
    this.#decided = decided.catch(() => undefined);
    return decided;
  }

  /** Packages know by their own manifests what they mean. */
  async #lockImport(request: ResolveRequest, link: LinkContext, type?: string): Promise<void> {
    if (request.referrer.owner.kind !== "package") await this.#inTurn(() => this.#lockRequest(request, link, type));
  }

  async #lockRequest(request: ResolveRequest, link: LinkContext, type?: string): Promise<void> {
    const { specifier, details } = request;
    const parsed = parseSpecifier(specifier, details);
    const added: PackageRequest[] = [];
    if (parsed.kind === "package") {
      const { name, range } = parsed.package;
      added.push({ name, range, referrer: details.referrer ?? "" });
    } else if (type === undefined && (parsed.kind === "relative" || parsed.kind === "url")) {
      const reference = await resolveRequest(request, link);
      if (reference.owner.kind !== "package") added.push(...(await collectRequests(reference, link)));
    }
    if (added.length > 0) await this.#solve([...this.#requests, ...added]);
  }

  async #solve(requests: PackageRequest[], further: FurtherRequests = {}): Promise<void> {
    const { frozen, cacheSetting, signal } = this.#options;
    const { peers = [], polyfills = [] } = further;
    const added = requests.filter((request) => !(requestKey(request) in this.#lockfile.imports));
    const open = [...added, ...peers, ...polyfills];
    const first = open[0];
    if (first !== undefined && frozen === true) throw staleError(open, first);
    const { emit, limits } = this.#context;
    const storedOnly = cacheSetting === "only";
    const packument = (name: string, referrer: string) =>
      loadPackument(name, referrer, this.#context, { storedOnly, signal });
    const solving = solveVersions(requests, this.#lockfile, { limits, emit, packument }, further);
    const solved = await solving.catch((error: unknown) => {
      const isUnknown = storedOnly && isLoaderError(error) && error.code === "ERR_NOT_CACHED";
      throw isUnknown ? unsolvedError(open, error) : error;
    });
    this.#requests = requests;
    this.#lockfile = { ...this.#lockfile, ...solved };
  }

  #artifact(key: string, referrer: string): Promise<LoadedArtifact> {
    const present = this.#artifacts.get(key);
    if (present !== undefined) return present;
    const locked = this.#lockfile.packages[key];
    if (locked === undefined)
      throw new LoaderError("ERR_LOCKFILE_INVALID", `"${key}" is not in the lockfile`, { package: key });
    const { cacheSetting, signal } = this.#options;
    const loading = loadPackage(
      locked,
      { ...this.#context, now: () => this.#context.host.now() },
      {
        referrer,
        storedOnly: cacheSetting === "only",
        withMaps: this.#maps !== undefined,
        signal,
        reached: this.#reached.get(key) ?? readReached(locked, this.#context),
      },
    );
    const noted = loading.then((loaded) => {
      this.#loaded.set(key, loaded);
      return loaded;
    });
    return remember(this.#artifacts, key, noted);
  }

  async #url(url: string, referrer: string, integrity?: string): Promise<UrlSource> {
    const loading = () =>
      url.startsWith("data:") ? readDataUrl(url, this.#context.host) : this.#loadUrl(url, referrer, integrity);
    const source = await (this.#urls.get(url) ?? remember(this.#urls, url, loading()));
    // It may have come by the lockfile's integrity, or for an importer that named none: both must hold.
    if (integrity !== undefined) await verifyBytes(source.bytes, integrity, { specifier: url, referrer });
    return source;
  }

  async #loadUrl(url: string, referrer: string, integrity: string | undefined): Promise<UrlSource> {
    const { host, fetchContext, store, parallel, options } = this.#context;
    const { frozen, cacheSetting, signal } = this.#options;
    const locked = Object.hasOwn(this.#lockfile.urls, url) ? this.#lockfile.urls[url] : undefined;
    if (locked === undefined && frozen === true) {
      throw new LoaderError("ERR_LOCKFILE_STALE", `"${url}" is not in the lockfile, which is frozen`, {
        specifier: url,
        referrer,
      });
    }
    const context = {
      host,
      fetchContext,
      store,
      parallel,
      proxy: options.urlProxy,
      ownOrigin: new URL(options.base).origin,
    };
    const { source, lock } = await loadUrl(url, context, {
      referrer,
      locked,
      integrity,
      storedOnly: cacheSetting === "only",
      signal,
    });
    this.#lockedUrls[url] = lock;
    // Relative imports of a redirected module start from where it was found.
    if (source.url !== url) this.#urls.set(source.url, Promise.resolve(source));
    return source;
  }

  /** The lockfile keeps just what this program uses. */
  #pruneUrls(): void {
    this.#lockfile = { ...this.#lockfile, urls: this.#lockedUrls };
  }

  /** What an `import()` or a worker may reach later stays, and what another realm may need that has fewer modules of Node. */
  #pruneBuiltins(): void {
    const modules = [...this.#realm.graph.values()];
    const isLater = (kind: RequestKind): boolean => kind === "dynamic" || kind === "worker";
    const isOpen = modules.some(({ record }) => record.requests.some(({ kind }) => isLater(kind)));
    if (isOpen || this.#options.frozen === true || this.#link.nativeBuiltins.size > 0) return;
    const used = modules.flatMap(({ owner }) => (owner.kind === "builtin" ? [owner.name] : []));
    this.#lockfile = keepBuiltins(this.#lockfile, new Set(used));
  }

  #lockfileWithChecksums(): Lockfile {
    const packages = Object.entries(this.#lockfile.packages).map(([key, locked]) => {
      const checksum = this.#loaded.get(key)?.artifact.index.header.archiveSha256 ?? locked.checksum;
      return [key, checksum === undefined ? locked : { ...locked, checksum }] as const;
    });
    return { ...this.#lockfile, packages: Object.fromEntries(packages) };
  }

  #readAsset(url: string, { graph }: RealmModules): Promise<Asset | undefined> {
    const artifacts = new Map([...this.#loaded].map(([key, { artifact }]) => [key, artifact]));
    return Promise.resolve(findAsset(url, graph, artifacts, this.#link));
  }

  async #stage<Result>(stage: "resolve" | "link", work: () => Promise<Result>): Promise<Result> {
    const { emit, host } = this.#context;
    const start = host.now();
    emit({ stage, kind: "start", subject: "program" });
    const result = await work();
    emit({ stage, kind: "done", subject: "program", ms: host.now() - start });
    return result;
  }
}

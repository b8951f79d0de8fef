import { type CollectedRequests, collectRequests } from "../link/collect-requests.ts";
import { asksLater, type ModuleGraph, type ModuleReference } from "../link/module-graph.ts";
import type { PartialLink } from "../link/partial/partial-link.ts";
import { readSpecifier } from "../link/read-specifier.ts";
import { resolveProjectFile } from "../link/project-files.ts";
import type { LinkContext, ResolveRequest } from "../link/link-context.ts";
import { fileReference, projectReference } from "../link/module-references.ts";
import { wantedPackage } from "../link/wanted-package.ts";
import { resolveRequest } from "../link/resolve-request.ts";
import type { LoaderOptions, LoadOptions, PackageReport, Program, Project } from "../loader.ts";
import { type Lock, PACKAGE_KINDS } from "../lock/lock.ts";
import { assertNoPackageCycle } from "../resolve/package-cycle.ts";
import type { Asset, Image, RealmServices, WorkerProgram, WorkerScript } from "../run/image.ts";
import { createProgramGraph } from "./graph/create-program-graph.ts";
import type { ProgramGraph } from "./graph/program-graph.ts";
import type { LoadContext } from "./load-context.ts";
import { mappedPackages } from "./mapped-packages.ts";
import { linkAhead } from "./link-ahead.ts";
import { loadWorker } from "./load-worker.ts";
import { createLinkContext } from "./create-link-context.ts";
import { createProgramLock } from "./create-program-lock.ts";
import { keepProgram } from "./keep-program.ts";
import { readPartial } from "./kept-partial.ts";
import { reportPackages } from "./package-report.ts";
import { findAsset } from "./program-asset.ts";
import type { ProgramLock } from "./program-lock.ts";
import { ProgramPackages } from "./program-packages.ts";
import { ProgramUrls } from "./program-urls.ts";
import { ModuleMaps } from "./module-maps.ts";
import { RealmModules } from "./realm-modules.ts";

/** One program on its way from files to an image; afterwards what its realm asks for. */
export class ProgramLoad {
  readonly #context: LoadContext;
  readonly #project: Project;
  readonly #options: LoadOptions;
  readonly #link: LinkContext;
  /** That of the page; workers have realms of their own. */
  readonly #realm: RealmModules;
  /** Modules of all realms. */
  readonly #linked: ModuleGraph = new Map();
  readonly #maps: ModuleMaps | undefined;
  readonly #graph: ProgramGraph | undefined;
  readonly #packages: ProgramPackages;
  readonly #urls: ProgramUrls;
  /** What an earlier load with the same lockfile has kept. */
  #partial: PartialLink | undefined;
  readonly #lock: ProgramLock;
  #kept: Promise<void> = Promise.resolve();
  /** Settles, never rejecting, when versions have been decided for every import so far. */
  #decided: Promise<void> = Promise.resolve();

  /**
   * @throws LoaderError ERR_MODULE_NOT_FOUND where the project lacks its entry; ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION,
   * ERR_INVALID_PACKAGE_CONFIG
   */
  constructor(project: Project, options: LoadOptions, context: LoadContext) {
    this.#context = context;
    this.#project = project;
    this.#options = options;
    const files = new Map(Object.entries(project.files));
    const sources: LinkContext["sources"] = {
      files,
      lockfile: () => this.#lock.lock,
      artifact: async (key, referrer) => (await this.#packages.load(key, referrer)).artifact,
      artifactNow: (key) => this.#packages.loaded(key)?.artifact,
      url: (url, referrer, wanted) => this.#urls.source(url, referrer, wanted),
      partial: () => (this.#lock.isAsGiven ? this.#partial : undefined),
      lockPeers: (peers) => this.#inTurn(() => this.#lock.decideFurther([], { peers })),
      lockPolyfills: (polyfills) => this.#inTurn(() => this.#lock.decideFurther([], { polyfills })),
    };
    this.#link = createLinkContext(sources, options, context, (url) => this.#urls.text(url));
    if (context.options.sourceMaps === true) this.#maps = this.#createMaps();
    const entry = projectReference(resolveProjectFile(project.entry, "/", files, {}), this.#link);
    this.#realm = this.#createRealm(entry, this.#link);
    this.#graph = createProgramGraph({
      project,
      options,
      context,
      lock: () => this.#lock.known,
      held: () => this.#packages.held(),
    });
    this.#lock = createProgramLock(files, options, context, async (isFinal) => this.#graph?.lock(isFinal));
    this.#packages = new ProgramPackages(context, options, () => this.#lock.lock, this.#graph);
    this.#urls = new ProgramUrls(context, options, () => this.#lock.lock.urls);
  }

  #createMaps(): ModuleMaps {
    const { emit, options } = this.#context;
    const readPackageMaps = async (key: string) => (await this.#packages.load(key, "")).maps();
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
    const reading = this.#readKept();
    // Whoever waits for it hears what is wrong with it.
    reading.catch(() => undefined);
    await this.#stage("resolve", async () => {
      const { packages, builtins } = await collectRequests(this.#realm.entry, this.#link);
      this.#graph?.want([...packages, ...builtins]);
      await this.#lock.decide([...packages, ...mappedPackages(this.#link.importMap)]);
      if (this.#link.language?.strict === true) this.#assertNoCycle();
    });
    await reading;
    if (this.#partial === undefined || this.#lock.isAsGiven) return;
    // What has been decided may give packages that are locked other peers than they had.
    this.#partial = undefined;
    this.#packages.readAhead();
  }

  /** The partial link that the last load has kept is all that is needed of most packages; else each has its own. */
  async #readKept(): Promise<void> {
    this.#partial = await readPartial(this.#project, this.#options, this.#context);
    if (this.#partial === undefined) this.#packages.readAhead();
  }

  #assertNoCycle(): void {
    const { lock } = this.#lock;
    const dependenciesOf = (id: string) =>
      PACKAGE_KINDS.flatMap((kind) => Object.values(lock.packages[id]?.[kind] ?? {}));
    for (const id of Object.keys(lock.packages)) assertNoPackageCycle(id, dependenciesOf, { package: id });
  }

  /** Loads every module that the entry reaches. */
  async reach(): Promise<void> {
    await this.#realm.reach();
    this.#pruneUrls();
    this.#pruneBuiltins();
  }

  /** Loads what a module of a package asks for by `import()`: `id` is the package's in the lockfile, `path` the module's in it. */
  async reachFrom(id: string, path: string, specifier: string, type?: string): Promise<void> {
    await this.#realm.reachFrom(fileReference(id, path, this.#link), specifier, type);
  }

  /** Makes the image and hands the program out. */
  async link(): Promise<Program> {
    return this.#stage("link", async () => {
      const { base, mode, nativeBuiltins } = this.#link;
      const image = { ...this.#realm.link(), base, mode, nodeBuiltins: nativeBuiltins.size > 0 };
      if (this.#context.options.linking !== "isolate") return this.#createProgram(image);
      const ahead = await linkAhead(image, this.#realm, async (id) => (await this.#packages.load(id, "")).artifact);
      return this.#createProgram({ ...image, ahead });
    });
  }

  /** What has been decided. */
  get decided(): Lock {
    return this.#lock.lock;
  }

  /** Stores what the next load reads instead, while whoever has `program` goes on; `Program.kept` tells how that ends. */
  keep(program: Program, what: LoaderOptions["keepLinked"]): void {
    const { emit, host } = this.#context;
    this.#kept = this.#keep(program.image, what).catch((error: unknown) => {
      emit({ stage: "store", kind: "fail", subject: "program", message: String(error) });
      throw error;
    });
    this.#kept.catch(() => undefined);
    host.waitUntil?.(this.#kept);
  }

  async #keep(image: Image, what: LoaderOptions["keepLinked"]): Promise<void> {
    // What the running program asks for from now on is not of this link.
    const graph: ModuleGraph = new Map(this.#realm.graph);
    const present = this.#packages.present(this.#partial);
    const { lock } = this.#lock;
    const { isLasting } = this.#urls;
    await this.#context.host.delay(0);
    await this.#packages.keepReached();
    if (what === "nothing") return;
    const lockfile = this.#lock.print((id) => present.get(id)?.archiveSha256, lock);
    const parts = { project: this.#project, options: this.#options, image, graph, lockfile, present, isLasting };
    await keepProgram(parts, what, this.#context);
  }

  #createProgram(image: Image): Program {
    const lockfile = (): string => {
      const present = this.#packages.present(this.#partial);
      return this.#lock.print((id) => present.get(id)?.archiveSha256);
    };
    const kept = (): Promise<void> => this.#kept;
    const packages = (): PackageReport[] => reportPackages(this.#linked, this.#packages.present(this.#partial));
    return {
      image,
      get lockfile() {
        return lockfile();
      },
      get packages() {
        return packages();
      },
      get kept() {
        return kept();
      },
      readTypes: async (key) => (await this.#packages.load(key, "")).types(),
      ...this.#services(this.#realm),
    };
  }

  #services(realm: RealmModules): RealmServices {
    return {
      importModule: async (specifier, referrer, type) => {
        const part = await realm.importModule(specifier, referrer, type);
        await this.#packages.keepReached();
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
    const { specifier, kind, referrer } = request;
    const { owner, path } = referrer;
    if (owner.kind !== "package") return this.#inTurn(() => this.#lockRequest(request, link, type));
    const of = type === undefined ? {} : { type };
    this.#graph?.want([{ specifier, from: path, kind, package: owner.key, ...of }]);
  }

  async #lockRequest(request: ResolveRequest, link: LinkContext, type?: string): Promise<void> {
    const { details } = request;
    const { specifier: parsed } = await readSpecifier(request, link);
    let added: CollectedRequests = { packages: [], builtins: [] };
    const wanted = wantedPackage(parsed);
    if (wanted !== undefined) {
      const { name, range } = wanted;
      const { owner, path, url } = request.referrer;
      const from = owner.kind === "project" ? path : url;
      const of = type === undefined ? {} : { type };
      const { specifier, kind } = request;
      added.packages.push({ name, range, referrer: details.referrer ?? "", specifier, from, kind, ...of });
    } else if (type === undefined && (parsed.kind === "relative" || parsed.kind === "url")) {
      const reference = await resolveRequest(request, link);
      if (reference.owner.kind !== "package") added = await collectRequests(reference, link);
    }
    this.#graph?.want([...added.packages, ...added.builtins]);
    if (added.packages.length > 0) await this.#lock.decideFurther(added.packages);
  }

  /** The lockfile keeps just what this program uses. */
  #pruneUrls(): void {
    this.#lock.setUrls(this.#urls.used);
  }

  /** What an `import()` or a worker may reach later stays, and what another realm may need that has fewer modules of Node. */
  #pruneBuiltins(): void {
    const modules = [...this.#realm.graph.values()];
    if (modules.some(asksLater) || this.#options.frozen === true || this.#link.nativeBuiltins.size > 0) return;
    const used = modules.flatMap(({ owner }) => (owner.kind === "builtin" ? [owner.name] : []));
    this.#lock.keepBuiltins(new Set(used));
  }

  async #readAsset(url: string, { graph }: RealmModules): Promise<Asset | undefined> {
    // Of packages in a partial link nothing but modules has been read so far.
    const present = [...this.#packages.present(this.#partial).keys()];
    const load = async (key: string) => [key, (await this.#packages.load(key, "")).artifact] as const;
    const artifacts = new Map(await Promise.all(present.map(load)));
    return findAsset(url, graph, artifacts, this.#link);
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

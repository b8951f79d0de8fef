import { isLoaderError, LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Packument, VersionManifest } from "../fetch/registry.ts";
import { EMPTY_LOCK, IMPORTER_KINDS, type Lock, type LockedPackage, lookup, toRecord } from "../lock/lock.ts";
import { present } from "../lock/lock-fields.ts";
import { keepFacts } from "../lock/update-lock.ts";
import { checkSignatures } from "../project/check-signatures.ts";
import { graphToLock } from "../project/graph-to-lock.ts";
import { type PackageRequest, requestKey } from "../resolve/package-request.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import type { MetadataQuestion } from "../solve/metadata-question.ts";
import type { PackageMetadata, VersionMetadata } from "../solve/reduce-metadata.ts";
import { type Solution, type SolveOptions, solveProject } from "../solve/solve-project.ts";
import type { SolvedGraph, SolveNotice } from "../solve/solved-graph.ts";
import { remember } from "./remember.ts";
import { joinLocks } from "./join-locks.ts";
import { type ForeignDependency, withoutForeign } from "./registry-dependencies.ts";
import { type SolveRoots, solveRoots, type WantedPackages } from "./solve-roots.ts";

/** What solving needs from outside. */
export interface SolvePackagesContext {
  packument(name: string, referrer: string): Promise<Packument>;
  /** The manifest in an archive that no registry has. */
  remote(source: string, referrer: string): Promise<VersionMetadata>;
  /** Base URL of the registry that a package comes from. */
  addressOf(name: string): string;
  /** Metadata of all that is wanted at once, as `SolveContext`'s; without it packages are asked about by name. */
  readonly prefetch?: SolveContext["prefetch"] | undefined;
  readonly emit: Emit;
}

/** How packages are solved. */
export interface SolvePackagesOptions extends SolveOptions {
  /** Whether all that the lock has stays to the letter; else its versions are preferred, and all is solved again. */
  readonly keepLocked: boolean;
}

/** What the solver calls the root of the project. */
const ROOT = "the project";

/**
 * Solves what a program wants and the lock does not have, and gives the lock with it: importers, imports, builtins and
 * peers are those that are wanted. What nothing leads to any more is still in it.
 * @throws LoaderError what `checkSignatures` and `solveProject` throw; who asks is the import or the manifest that does
 */
export async function solvePackages(
  wanted: WantedPackages,
  locked: Lock,
  context: SolvePackagesContext,
  options: SolvePackagesOptions,
): Promise<Lock> {
  return new PackageSolver(wanted, locked, context, options).solve();
}

class PackageSolver {
  readonly #wanted: WantedPackages;
  readonly #locked: Lock;
  readonly #context: SolvePackagesContext;
  readonly #options: SolvePackagesOptions;
  #roots: SolveRoots;
  /** Names without a range whose latest version does not go with the rest. */
  readonly #loose = new Set<string>();
  readonly #packuments = new Map<string, Promise<Packument>>();
  /** By `name@version`. */
  readonly #foreign = new Map<string, readonly ForeignDependency[]>();

  constructor(wanted: WantedPackages, locked: Lock, context: SolvePackagesContext, options: SolvePackagesOptions) {
    this.#wanted = wanted;
    this.#locked = locked;
    this.#context = context;
    this.#options = options;
    this.#roots = this.#createRoots();
  }

  async solve(): Promise<Lock> {
    const { graph, notices } = await this.#solveProject();
    this.#tellNotices(graph, notices);
    this.#tellForeign(graph);
    await checkSignatures(graph.nodes, this.#locked);
    const { manifests, rules } = this.#wanted;
    const registries = [...new Set(Object.values(graph.nodes).map(({ name }) => this.#context.addressOf(name)))];
    const solved = graphToLock(graph, { manifests, registries });
    const lock = this.#options.keepLocked ? joinLocks(this.#locked, solved) : keepFacts(this.#locked, solved);
    return this.#answered({ ...this.#locked, ...rules, ...pick(lock) });
  }

  #createRoots(): SolveRoots {
    return solveRoots(this.#wanted, this.#options.keepLocked ? this.#locked : EMPTY_LOCK, this.#loose);
  }

  /** The latest version of what is asked for without a range, or where peers forbid that, one that suits them. */
  async #solveProject(): Promise<Solution> {
    try {
      return await this.#solveOnce();
    } catch (error) {
      if (!isLoaderError(error)) throw error;
      const { package: name = "" } = error.details;
      const isBare = this.#wanted.requests.some((request) => request.name === name && request.range === "*");
      const mayGoOn = error.code === "ERR_VERSION_CONFLICT" || error.code === "ERR_VERSION_NOT_FOUND";
      if (!mayGoOn || !isBare || this.#loose.has(name)) throw this.#placed(error);
      this.#loose.add(name);
      this.#roots = this.#createRoots();
      return this.#solveProject();
    }
  }

  #packument(name: string, referrer: string): Promise<Packument> {
    const known = this.#packuments.get(name);
    return known ?? remember(this.#packuments, name, this.#fetchPackument(name, referrer));
  }

  async #fetchPackument(name: string, referrer: string): Promise<Packument> {
    return this.#withoutForeign(await this.#context.packument(name, this.#placeOf(name, referrer)));
  }

  #withoutForeign(packument: Packument): Packument {
    return withoutForeign(packument, (key, dependencies) => this.#foreign.set(key, dependencies));
  }

  #solveOnce(): Promise<Solution> {
    const { keepLocked, ...options } = this.#options;
    const packages = Object.values(this.#locked.packages).filter(({ source }) => source.kind === "registry");
    const byName = Map.groupBy(packages, ({ name }) => name);
    const versions = (name: string) => (byName.get(name) ?? []).map(({ version }) => version);
    const { prefetch } = this.#context;
    const context = {
      ...(prefetch !== undefined && {
        prefetch: async (question: MetadataQuestion) => {
          const ahead = await prefetch(question);
          return new Map([...ahead].map(([name, metadata]) => [name, this.#withoutForeign(metadata)]));
        },
      }),
      packument: (name: string, referrer: string) => this.#packument(name, referrer),
      remote: async (source: string, referrer: string) =>
        (keepLocked ? this.#lockedRemote(source) : undefined) ??
        this.#context.remote(source, this.#placeOf(source, referrer)),
      ...(keepLocked && { locked: (name: string) => lockedMetadata(name, byName.get(name)) }),
    };
    const preferred = { names: [...byName.keys()], versions, tagged: () => undefined };
    return solveProject(this.#roots.manifests, context, { preferred, ...options });
  }

  /** What is locked of an archive needs no fetching: it stands for all that is below it. */
  #lockedRemote(source: string): VersionMetadata | undefined {
    const { importers, imports, packages } = this.#locked;
    const requests = Object.values(importers).flatMap((importer) =>
      IMPORTER_KINDS.flatMap((kind) => Object.values(importer[kind])),
    );
    const imported = Object.entries(imports).find(([key]) => key.endsWith(`@${source}`));
    const id = requests.find(({ range }) => range === source)?.id ?? imported?.[1];
    const locked = id === undefined ? undefined : lookup(packages, id);
    if (locked?.source.kind !== "url" && locked?.source.kind !== "git") return undefined;
    const { name, version, integrity = "", source: origin, resolved } = locked;
    const { url } = origin;
    const git = origin.kind === "git" ? { url, commit: origin.commit, ...present({ ref: origin.ref }) } : undefined;
    return { name, version, dist: { integrity, tarball: resolved ?? url }, ...present({ git }) };
  }

  /** What a package's author says of others' choices is theirs to hear: of deprecations those of what the project asks for. */
  #tellNotices({ importers }: SolvedGraph, notices: readonly SolveNotice[]): void {
    const own = new Set(Object.values(importers[""]?.dependencies ?? {}).map(({ id }) => id));
    for (const { kind, subject, message } of notices) {
      const isTold =
        kind === "optional-skipped" || kind === "peer-unmet" || (kind === "deprecated" && own.has(subject));
      if (isTold) this.#context.emit({ stage: "resolve", kind: "warning", subject, message });
    }
  }

  #tellForeign({ nodes }: SolvedGraph): void {
    for (const { name, version } of Object.values(nodes)) {
      const key = `${name}@${version}`;
      for (const { alias, text } of this.#foreign.get(key) ?? []) {
        const message = `Dependency "${alias}" of ${key} comes from "${text}", which is not a registry; importing it will fail`;
        this.#context.emit({ stage: "resolve", kind: "warning", subject: key, message });
      }
    }
  }

  /** What source texts and packages asked for is no dependency of the root: it is taken to where it belongs. */
  #answered(lock: Lock): Lock {
    const { requests, peers = [], polyfills = [], hasImporters } = this.#wanted;
    const { aliases } = this.#roots;
    const { ".": root, ...others } = lock.importers;
    const idOf = (asker: Parameters<typeof aliases.get>[0]): string =>
      root?.dependencies[aliases.get(asker) ?? ""]?.id ?? "";
    const added = new Set(aliases.values());
    const declared = Object.entries(root?.dependencies ?? {}).filter(([name]) => !added.has(name));
    const own = root && { ...root, dependencies: toRecord(declared) };
    const kept = this.#options.keepLocked ? this.#locked : EMPTY_LOCK;
    const imports = requests.map((request) => {
      const key = requestKey(request);
      return [key, lookup(kept.imports, key) ?? idOf(key)] as const;
    });
    const builtins = polyfills.map((request) => {
      const { builtin, subpath } = request;
      return [builtin, { package: idOf(request), subpath }] as const;
    });
    return {
      ...lock,
      importers: hasImporters && own !== undefined ? { ".": own, ...others } : {},
      imports: toRecord(imports),
      builtins: toRecord([...Object.entries(kept.builtins), ...builtins]),
      packages: peers.reduce((packages, peer) => withPeer(packages, peer, idOf(peer)), lock.packages),
    };
  }

  /** The import that asks for a package, or who does. */
  #placeOf(name: string, referrer: string): string {
    const { requests, peers = [], polyfills = [] } = this.#wanted;
    if (!referrer.startsWith(ROOT) || referrer.includes("→")) return referrer;
    const all = [...requests, ...peers, ...polyfills];
    const asked = all.find((request) => request.name === name || request.range === name);
    return asked?.referrer ?? "/package.json";
  }

  /** Says in an error which imports ask, where the solver only knows the project. */
  #placed({ code, message, details, cause }: LoaderError): LoaderError {
    const { package: name = "", referrer } = details;
    const asker = /the project → ((?:@[^/\s]+\/)?[^@\s]+)@|the project(?= wants| asks for|$)/g;
    const place = (text: string): string =>
      text.replaceAll(asker, (whole, root: string | undefined) =>
        whole.replace(ROOT, this.#placeOf(root ?? name, ROOT)),
      );
    const placed = referrer === undefined ? {} : { referrer: place(referrer) };
    return new LoaderError(code, place(message), { ...details, ...placed }, cause);
  }
}

function pick({ importers, packages }: Lock): Pick<Lock, "importers" | "packages"> {
  return { importers, packages };
}

function withPeer(
  packages: Lock["packages"],
  { owner, name }: PackageRequest & { readonly owner: string },
  id: string,
): Lock["packages"] {
  const locked = lookup(packages, owner);
  if (locked === undefined) return packages;
  const peerDependencies = toRecord([...Object.entries(locked.peerDependencies), [name, id]]);
  return toRecord([...Object.entries(packages), [owner, { ...locked, peerDependencies }]]);
}

/** What is locked needs nothing more: it stands for all that is below it. */
function lockedMetadata(name: string, locked: readonly LockedPackage[] | undefined): PackageMetadata | undefined {
  if (locked === undefined) return undefined;
  const versions: Record<string, VersionManifest> = Object.create(null);
  for (const { version, integrity = "" } of locked) versions[version] = { name, version, dist: { integrity } };
  return { name, "dist-tags": {}, versions };
}

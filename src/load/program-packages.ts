import { LoaderError } from "../errors.ts";
import type { PartialLink } from "../link/partial/partial-link.ts";
import type { LoadOptions } from "../loader.ts";
import { type Lock, type LockedPackage, lookup } from "../lock/lock.ts";
import type { ProgramGraph } from "./graph/program-graph.ts";
import { type HeldPackage, readHeld } from "./held-packages.ts";
import type { LoadContext } from "./load-context.ts";
import { type LoadedArtifact, loadPackage, readReached } from "./load-package.ts";
import type { PresentPackage } from "./package-report.ts";
import { remember } from "./remember.ts";

/** The locked packages of one program: each is loaded once, when something of it is first needed. */
export class ProgramPackages {
  readonly #context: LoadContext;
  readonly #options: LoadOptions;
  readonly #lock: () => Lock;
  readonly #artifacts = new Map<string, Promise<LoadedArtifact>>();
  readonly #loaded = new Map<string, LoadedArtifact>();
  readonly #reached = new Map<string, ReturnType<typeof readReached>>();

  readonly #graph: ProgramGraph | undefined;

  /**
   * @param lock gives what is locked by now
   * @param graph where packages come from before they come from a registry
   */
  constructor(context: LoadContext, options: LoadOptions, lock: () => Lock, graph?: ProgramGraph) {
    this.#graph = graph;
    this.#context = context;
    this.#options = options;
    this.#lock = lock;
  }

  /** @throws LoaderError ERR_LOCKFILE_INVALID where it is not locked; what `loadPackage` throws */
  load(key: string, referrer: string): Promise<LoadedArtifact> {
    const present = this.#artifacts.get(key);
    if (present !== undefined) return present;
    const locked = lookup(this.#lock().packages, key);
    if (locked === undefined)
      throw new LoaderError("ERR_LOCKFILE_INVALID", `"${key}" is not in the lockfile`, { package: key });
    const loading = this.#context.loadArtifact?.(locked) ?? this.#load(key, locked, referrer);
    const noted = loading.then((loaded) => {
      this.#loaded.set(key, loaded);
      return loaded;
    });
    return remember(this.#artifacts, key, noted);
  }

  #load(key: string, locked: LockedPackage, referrer: string): Promise<LoadedArtifact> {
    const { cacheSetting, signal } = this.#options;
    return loadPackage(
      locked,
      { ...this.#context, now: () => this.#context.host.now() },
      {
        referrer,
        storedOnly: cacheSetting === "only",
        withMaps: this.#context.options.sourceMaps === true,
        signal,
        arrivals: this.#graph,
        reached: this.#reached.get(key) ?? readReached(locked, this.#context),
      },
    );
  }

  /** One that has been loaded. */
  loaded(key: string): LoadedArtifact | undefined {
    return this.#loaded.get(key);
  }

  /** Loads all that is locked and has been reached before: it is wanted again, and is read at once. */
  readAhead(): void {
    for (const [key, locked] of Object.entries(this.#lock().packages)) {
      const reached = readReached(locked, this.#context);
      this.#reached.set(key, reached);
      const loading = reached.then((found) => found && this.load(key, ""));
      // Whoever needs it hears what is wrong with it.
      loading.catch(() => undefined);
    }
  }

  /** What is stored of those that are locked. */
  async held(): Promise<HeldPackage[]> {
    const held = Object.entries(this.#lock().packages).map(async ([key, locked]) =>
      readHeld(locked, await (this.#reached.get(key) ?? readReached(locked, this.#context)), this.#context),
    );
    return (await Promise.all(held)).filter((found) => found !== undefined);
  }

  /** Stores what has been reached of each for the next load. */
  async keepReached(): Promise<void> {
    for (const loaded of this.#loaded.values()) await loaded.keepReached();
  }

  /** Those that have been loaded, and those whose modules are in `partial`. */
  present(partial: PartialLink | undefined): Map<string, PresentPackage> {
    const present = new Map<string, PresentPackage>();
    for (const kept of partial?.packages ?? []) present.set(kept.key, { ...kept, source: "browser" });
    for (const [key, { artifact, name, version, integrity, source }] of this.#loaded) {
      const { archiveSize, archiveSha256 } = artifact.index.header;
      present.set(key, { key, name, version, archiveSize, archiveSha256, integrity, source });
    }
    return present;
  }
}

import { isLoaderError, type LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import { lazyVersions, versionsOf } from "./lazy-versions.ts";
import type { MetadataQuestion } from "./metadata-question.ts";
import { VersionNotSent } from "./metadata-text.ts";
import type { PackageMetadata, VersionMetadata } from "./reduce-metadata.ts";
import type { RegistrySpec } from "./version-picker.ts";

/** What solving needs from outside. */
export interface SolveContext {
  /** Everything about a package; ERR_PACKAGE_NOT_FOUND where there is none. Asked once for each name, many at a time. */
  packument(name: string, referrer: string): Promise<PackageMetadata>;
  /**
   * Versions of a package that need no asking: those of a lock. `packument` is asked only where none of them will do, and
   * these stay as they are beside what it gives.
   */
  locked?(name: string): PackageMetadata | undefined;
  /**
   * The manifest behind a dependency that is not of a registry, `github:a/b` or a URL, with `dist.integrity` and
   * `dist.tarball`. Without this such dependencies are errors.
   */
  remote?(source: string, referrer: string): Promise<VersionMetadata>;
  /**
   * Told first what the project asks for, so that all it leads to can be had at once: metadata by name, with as many versions
   * in it as somebody thought fit (`VersionNotSent`). `packument` is asked only for what is missing. What it throws ends the
   * solve.
   */
  prefetch?(question: MetadataQuestion): Promise<ReadonlyMap<string, PackageMetadata>>;
}

/** A dependency whose metadata is wanted. */
export interface WantedDependency {
  /** It is imported by. */
  readonly name: string;
  readonly spec: DependencySpec;
  /** Who asks, for errors. */
  readonly referrer: string;
}

/** How the gatherer follows what it has. */
interface Follow {
  pick(metadata: PackageMetadata, spec: RegistrySpec): VersionMetadata | undefined;
  dependenciesOf(version: VersionMetadata): readonly WantedDependency[];
}

/**
 * Metadata by name, fetched ahead: along every dependency to the version it would get alone, all at once. What else
 * solving turns out to need it asks for by name. Only what was answered is kept, not in which order.
 */
export class MetadataGatherer {
  /** Names that something asks for; optional peers do not. */
  readonly asked = new Set<string>();
  readonly packages = new Map<string, PackageMetadata | LoaderError>();
  readonly remotes = new Map<string, VersionMetadata | LoaderError>();
  readonly #context: SolveContext;
  readonly #follow: Follow;
  readonly #followed = new Set<VersionMetadata>();
  readonly #coming = new Map<string, Promise<unknown>>();
  /** Names of which nothing but the lock's versions is known. */
  readonly #partial = new Set<string>();
  #ahead: ReadonlyMap<string, PackageMetadata> = new Map();

  constructor(context: SolveContext, follow: Follow) {
    this.#context = context;
    this.#follow = follow;
  }

  /** Whether dependencies that are not of a registry can be read at all. */
  get canFetchRemotes(): boolean {
    return this.#context.remote !== undefined;
  }

  /** Whether there may be more versions of a package than are known. */
  isPartial(name: string): boolean {
    return this.#partial.has(name);
  }

  /** Has what a project leads to sent ahead, where the context can do that. */
  async prefetch(question: () => MetadataQuestion): Promise<void> {
    this.#ahead = (await this.#context.prefetch?.(question())) ?? this.#ahead;
  }

  /** Resolves once all that is reached from there is known. Rejects only with what is no answer of a registry. */
  async gather(wanted: readonly WantedDependency[]): Promise<void> {
    await this.#gatherAll(wanted);
  }

  /** What is at hand is followed at once. */
  #gatherAll(wanted: readonly WantedDependency[]): Promise<unknown> | undefined {
    let waits: Promise<unknown>[] | undefined;
    for (const one of wanted) {
      this.asked.add(one.name);
      const wait = this.#gatherOne(one);
      if (wait !== undefined) (waits ??= []).push(wait);
    }
    return waits && Promise.all(waits);
  }

  #gatherOne({ name, spec, referrer }: WantedDependency): Promise<unknown> | undefined {
    if (spec.kind === "remote") return this.#gatherRemote(spec.source, referrer);
    if (spec.kind !== "range" && spec.kind !== "tag") return undefined;
    const metadata = this.packages.get(spec.name) ?? this.#takeKnown(spec.name);
    if (metadata === undefined) return this.#fetchThenFollow(name, spec, referrer);
    if (!("versions" in metadata)) return undefined;
    const version = this.#pick(metadata, spec);
    return version === "more" ? this.#fetchThenFollow(name, spec, referrer) : this.#followVersion(version);
  }

  /** `more` where what is known of the package is not enough to tell. */
  #pick(metadata: PackageMetadata, spec: RegistrySpec): VersionMetadata | "more" | undefined {
    try {
      return this.#follow.pick(metadata, spec) ?? (this.isPartial(spec.name) ? "more" : undefined);
    } catch (error) {
      if (error instanceof VersionNotSent) return "more";
      throw error;
    }
  }

  #takeKnown(name: string): PackageMetadata | undefined {
    if (this.#coming.has(`package ${name}`)) return undefined;
    const [ahead, locked] = [this.#ahead.get(name), this.#context.locked?.(name)];
    const known = ahead === undefined ? locked : withLocked(ahead, locked);
    if (known === undefined) return undefined;
    this.packages.set(name, known);
    if (ahead === undefined) this.#partial.add(name);
    return known;
  }

  async #fetchThenFollow(name: string, spec: RegistrySpec, referrer: string): Promise<void> {
    await this.fetch(spec.name, referrer);
    await this.#gatherOne({ name, spec, referrer });
  }

  /** Has all of a package. */
  async fetch(name: string, referrer: string): Promise<void> {
    await this.#once(`package ${name}`, async () => {
      const answer = await settle(this.#context.packument(name, referrer));
      const locked = this.#context.locked?.(name);
      this.packages.set(name, "versions" in answer ? withLocked(answer, locked) : withoutAnswer(answer, locked));
      this.#partial.delete(name);
    });
  }

  async #gatherRemote(source: string, referrer: string): Promise<void> {
    const remote = this.#context.remote?.bind(this.#context);
    if (remote === undefined) return;
    await this.#once(`remote ${source}`, async () => {
      this.remotes.set(source, await settle(remote(source, referrer)));
    });
    const manifest = this.remotes.get(source);
    if (manifest !== undefined && "version" in manifest) await this.#followVersion(manifest);
  }

  #followVersion(version: VersionMetadata | undefined): Promise<unknown> | undefined {
    if (version === undefined || this.#followed.has(version)) return undefined;
    this.#followed.add(version);
    return this.#gatherAll(this.#follow.dependenciesOf(version));
  }

  async #once(key: string, fetch: () => Promise<void>): Promise<void> {
    let coming = this.#coming.get(key);
    if (coming === undefined) this.#coming.set(key, (coming = fetch()));
    await coming;
  }
}

/** Versions of a lock are there whatever the registry says of them. */
function withLocked(answer: PackageMetadata, locked: PackageMetadata | undefined): PackageMetadata {
  if (locked === undefined) return answer;
  const names = new Set([...versionsOf(answer), ...versionsOf(locked)]);
  const read = (version: string): VersionMetadata | undefined =>
    lookup(locked.versions, version) ?? answer.versions[version];
  return { ...answer, versions: lazyVersions([...names], read), releases: undefined };
}

/** Where the registry has no such package, nothing more is there than what is locked. */
function withoutAnswer(error: LoaderError, locked: PackageMetadata | undefined): PackageMetadata | LoaderError {
  return error.code === "ERR_PACKAGE_NOT_FOUND" && locked !== undefined ? locked : error;
}

/** A coded error is an answer: whether it matters is for the solver to say, which may not need the package after all. */
async function settle<Value>(answer: Promise<Value>): Promise<Value | LoaderError> {
  try {
    return await answer;
  } catch (error) {
    if (isLoaderError(error)) return error;
    throw error;
  }
}

import { isLoaderError, type LoaderError } from "../errors.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import type { MetadataQuestion } from "./metadata-question.ts";
import type { PackageMetadata, VersionMetadata } from "./reduce-metadata.ts";

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
  /** Told first what the project asks for, so that all it leads to can be fetched at once. What it throws ends the solve. */
  prefetch?(question: MetadataQuestion): Promise<void>;
}

/** A dependency whose metadata is wanted. */
export interface WantedDependency {
  /** It is imported by. */
  readonly name: string;
  readonly spec: DependencySpec;
  /** Who asks, for errors. */
  readonly referrer: string;
}

type RegistrySpec = Extract<DependencySpec, { kind: "range" | "tag" }>;

/** How the gatherer follows what it has. */
interface Follow {
  pick(metadata: PackageMetadata, spec: DependencySpec): VersionMetadata | undefined;
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
  readonly #followed = new Set<string>();
  readonly #coming = new Map<string, Promise<unknown>>();
  /** Names of which nothing but the lock's versions is known. */
  readonly #partial = new Set<string>();

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

  /** Resolves once all that is reached from there is known. Rejects only with what is no answer of a registry. */
  async gather(wanted: readonly WantedDependency[]): Promise<void> {
    for (const { name } of wanted) this.asked.add(name);
    const waits = wanted.flatMap((one) => this.#gatherOne(one) ?? []);
    if (waits.length > 0) await Promise.all(waits);
  }

  #gatherOne({ name, spec, referrer }: WantedDependency): Promise<void> | undefined {
    if (spec.kind === "remote") return this.#gatherRemote(spec.source, referrer);
    if (spec.kind !== "range" && spec.kind !== "tag") return undefined;
    const metadata = this.packages.get(spec.name) ?? this.#takeLocked(spec.name);
    if (metadata === undefined) return this.#fetchThenFollow(name, spec, referrer);
    if (!("versions" in metadata)) return undefined;
    const version = this.#follow.pick(metadata, spec);
    if (version === undefined && this.isPartial(spec.name)) return this.#fetchThenFollow(name, spec, referrer);
    return this.#followVersion(version);
  }

  #takeLocked(name: string): PackageMetadata | undefined {
    const locked = this.#coming.has(`package ${name}`) ? undefined : this.#context.locked?.(name);
    if (locked === undefined) return undefined;
    this.packages.set(name, locked);
    this.#partial.add(name);
    return locked;
  }

  async #fetchThenFollow(name: string, spec: RegistrySpec, referrer: string): Promise<void> {
    await this.#once(`package ${spec.name}`, async () => {
      const answer = await settle(this.#context.packument(spec.name, referrer));
      this.packages.set(spec.name, withLocked(answer, this.#context.locked?.(spec.name)));
      this.#partial.delete(spec.name);
    });
    await this.#gatherOne({ name, spec, referrer });
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

  #followVersion(version: VersionMetadata | undefined): Promise<void> | undefined {
    if (version === undefined) return undefined;
    const key = `${version.name}@${version.version}`;
    if (this.#followed.has(key)) return undefined;
    this.#followed.add(key);
    return this.gather(this.#follow.dependenciesOf(version));
  }

  async #once(key: string, fetch: () => Promise<void>): Promise<void> {
    let coming = this.#coming.get(key);
    if (coming === undefined) this.#coming.set(key, (coming = fetch()));
    await coming;
  }
}

/** Versions of a lock are there whatever the registry says of them; without an answer of it nothing more is. */
function withLocked(
  answer: PackageMetadata | LoaderError,
  locked: PackageMetadata | undefined,
): PackageMetadata | LoaderError {
  if (locked === undefined) return answer;
  if (!("versions" in answer)) return answer.code === "ERR_PACKAGE_NOT_FOUND" ? locked : answer;
  const versions: PackageMetadata["versions"] = Object.create(null);
  return { ...answer, versions: Object.assign(versions, answer.versions, locked.versions) };
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

import { LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import { noVersionError } from "../resolve/no-version-error.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import { lazyVersions, versionsOf } from "./lazy-versions.ts";
import { type AgeOptions, newestAllowed } from "./newest-allowed.ts";
import type { PackageMetadata, VersionMetadata } from "./reduce-metadata.ts";
import type { SemverCache } from "./semver-cache.ts";
import { isRelease, type KeyRanges, versionKey } from "./simple-range.ts";
import { type Releases, releasesOf, sortedVersions } from "./sorted-versions.ts";

/** Versions to stay with. */
export interface PreferredVersions {
  /** The packages that there are some of. */
  readonly names: Iterable<string>;
  /** Of a package, in any order; `name` is its own. */
  versions(name: string): readonly string[];
  /** The version that a dist-tag meant when it was asked for. */
  tagged(name: string, tag: string): string | undefined;
}

/** Which versions may be chosen at all. */
export interface VersionPolicy {
  /** The youngest publication that counts for a package, milliseconds since 1970; undefined for no bound. */
  newestAllowed(name: string): number | undefined;
  /** Node's version; versions whose engines exclude it are chosen only where there is no other. */
  readonly nodeVersion: string | undefined;
  readonly preferred: PreferredVersions | undefined;
  /** Holds for preferred versions too, milliseconds since 1970; a minimum age does not. */
  readonly before: number | undefined;
}

/** The policy that these options make. */
export function versionPolicy(
  options: AgeOptions & Partial<Pick<VersionPolicy, "nodeVersion" | "preferred">>,
): VersionPolicy {
  const { nodeVersion, preferred, before } = options;
  return { newestAllowed: newestAllowed(options), nodeVersion, preferred, before };
}

/** What could be one version rather than a range. */
const EXACT = /^[v=\s]*\d/;

/** Versions that an error names, and more. */
const SHOWN = 8;

/** What a registry is asked for. */
export type RegistrySpec = Extract<DependencySpec, { kind: "range" | "tag" }>;

/** Chooses versions as npm's pick-manifest does, each question once. */
export class VersionPicker {
  readonly #semver: SemverCache;
  readonly #policy: VersionPolicy;
  readonly #picks = new WeakMap<PackageMetadata, Map<string, VersionMetadata | undefined>>();

  constructor(semver: SemverCache, policy: VersionPolicy) {
    this.#semver = semver;
    this.#policy = policy;
  }

  /**
   * A tag's own version; an exact one; `latest` where the range has it; else the highest in the range, deprecated ones
   * and those that Node's version excludes only where nothing else is left (R10, R70). Undefined where there is none.
   * @throws VersionNotSent where to tell takes one that is not at hand
   */
  pick(metadata: PackageMetadata, spec: RegistrySpec): VersionMetadata | undefined {
    let picks = this.#picks.get(metadata);
    if (picks === undefined) this.#picks.set(metadata, (picks = new Map()));
    const key = spec.kind === "tag" ? `tag ${spec.tag}` : spec.range;
    let picked = picks.get(key);
    if (picked === undefined && !picks.has(key)) {
      picked = this.#pickPreferred(metadata, spec) ?? this.#pickAny(metadata, spec);
      picks.set(key, picked);
    }
    return picked;
  }

  #pickAny(metadata: PackageMetadata, spec: RegistrySpec): VersionMetadata | undefined {
    return spec.kind === "tag" ? this.#pickTag(metadata, spec.tag) : this.#pickRange(metadata, spec.range);
  }

  /** The highest of the preferred versions that will do (R71). */
  #pickPreferred(metadata: PackageMetadata, spec: RegistrySpec): VersionMetadata | undefined {
    const { preferred, before } = this.#policy;
    if (preferred === undefined) return undefined;
    const tagged = spec.kind === "tag" ? preferred.tagged(metadata.name, spec.tag) : undefined;
    const candidates = spec.kind === "tag" ? [tagged ?? []].flat() : preferred.versions(metadata.name);
    if (candidates.length === 0) return undefined;
    return candidates
      .filter((version) => spec.kind === "tag" || this.#isIn(version, spec.range))
      .toSorted((a, b) => this.#semver.compare(b, a))
      .flatMap((version) => lookup(metadata.versions, version) ?? [])
      .find((manifest) => this.#allowed(manifest, before));
  }

  /** The error for a spec without a version: names what there is, and says when a date is what stands in the way. */
  noneError(metadata: PackageMetadata, spec: RegistrySpec, referrer: string): LoaderError {
    const range = spec.kind === "tag" ? spec.tag : spec.range;
    const error = noVersionError(this.#newestOf(metadata), range, referrer);
    const bound = this.#policy.newestAllowed(metadata.name);
    const isDated = bound !== undefined && spec.kind === "range";
    const newest = isDated ? this.#pickHighest(metadata, range, undefined) : undefined;
    if (newest === undefined || bound === undefined) return error;
    const dates = `${newest.version} was published ${toDate(newest.published ?? 0)}, later than ${toDate(bound)}`;
    return new LoaderError(error.code, `${error.message} that was published by ${toDate(bound)}`, {
      ...error.details,
      hint: `${dates}; move the date, or make an exception for "${metadata.name}" from the minimum age`,
    });
  }

  /** Of thousands of versions an error shows the newest few, releases where there are any. */
  #newestOf(metadata: PackageMetadata): PackageMetadata {
    const known = releasesOf(metadata)?.versions.slice(-SHOWN) ?? [];
    const sorted = known.length > 0 ? [] : sortedVersions(metadata, this.#semver);
    const stable = sorted.filter((version) => !version.includes("-"));
    const shown = known.length > 0 ? known : (stable.length > 0 ? stable : sorted).slice(0, SHOWN);
    return { ...metadata, versions: lazyVersions(shown, (version) => metadata.versions[version]) };
  }

  #pickTag(metadata: PackageMetadata, tag: string): VersionMetadata | undefined {
    const version = lookup(metadata["dist-tags"], tag);
    const tagged = version === undefined ? undefined : metadata.versions[version];
    if (version === undefined || tagged === undefined) return undefined;
    if (this.#allowed(tagged, this.#policy.newestAllowed(metadata.name))) return tagged;
    return this.#pickRange(metadata, `<=${version}`);
  }

  #pickRange(metadata: PackageMetadata, range: string): VersionMetadata | undefined {
    const bound = this.#policy.newestAllowed(metadata.name);
    const exact = EXACT.test(range) ? this.#exactVersion(metadata, range) : undefined;
    if (exact !== undefined) {
      const version = metadata.versions[range] ?? metadata.versions[exact];
      return version !== undefined && this.#allowed(version, bound) ? version : undefined;
    }
    const tagged = metadata["dist-tags"]["latest"];
    const isIn = tagged !== undefined && this.#semver.satisfies(tagged, range);
    const latest = isIn ? metadata.versions[tagged] : undefined;
    if (latest !== undefined && this.#allowed(latest, bound) && this.#placeOf(latest) === 0) return latest;
    return this.#pickHighest(metadata, range, bound);
  }

  #exactVersion(metadata: PackageMetadata, range: string): string | undefined {
    if (isRelease(versionKey(range)) || range in metadata.versions) return range;
    const simple = this.#semver.simpleRange(range);
    // `1` and `1 || 2` are no versions, and semver need not be asked.
    return simple !== undefined && simple.prereleasesUpTo === undefined
      ? undefined
      : this.#semver.version(range)?.version;
  }

  #pickHighest(metadata: PackageMetadata, range: string, bound: number | undefined): VersionMetadata | undefined {
    const simple = this.#semver.simpleRange(range);
    const releases = simple && releasesOf(metadata);
    if (simple !== undefined && releases !== undefined) {
      const release = this.#highestOf(metadata, releases, simple.releases, bound);
      if (simple.prereleasesUpTo === undefined) return release;
      // What is not below the releases that the range has prereleases of is above those too.
      const isAbove = release !== undefined && versionKey(release.version) >= simple.prereleasesUpTo;
      if (isAbove && this.#placeOf(release) === 0) return release;
    }
    const inRange = versionsOf(metadata).filter((version) => this.#isIn(version, range));
    const second: (VersionMetadata | undefined)[] = [];
    for (const version of inRange.toSorted((a, b) => this.#semver.compare(b, a))) {
      const manifest = metadata.versions[version];
      if (manifest === undefined || !this.#allowed(manifest, bound)) continue;
      const place = this.#placeOf(manifest);
      if (place === 0) return manifest;
      second[place] ??= manifest;
    }
    return second.find((manifest) => manifest !== undefined);
  }

  /** The same without semver, from the end of what is in the range. */
  #highestOf(
    metadata: PackageMetadata,
    releases: Releases,
    range: KeyRanges,
    bound: number | undefined,
  ): VersionMetadata | undefined {
    const best: (VersionMetadata | undefined)[] = [];
    const highest = [-1, -1, -1, -1];
    for (let part = 0; part < range.length; part += 2) {
      const from = range[part] ?? 0;
      for (let at = releases.countBelow(range[part + 1] ?? 0) - 1; at >= 0; at--) {
        const key = releases.keyAt(at);
        if (key < from || key <= (highest[0] ?? -1)) break;
        const manifest = metadata.versions[releases.versions[at] ?? ""];
        if (manifest === undefined || !this.#allowed(manifest, bound)) continue;
        const place = this.#placeOf(manifest);
        if (key <= (highest[place] ?? -1)) continue;
        highest[place] = key;
        best[place] = manifest;
      }
    }
    return best.find((manifest) => manifest !== undefined);
  }

  /** 0 for what is fine; then deprecated, not for this Node, both. */
  #placeOf(manifest: VersionMetadata): number {
    return (manifest.deprecated === undefined ? 0 : 1) + (this.#runsHere(manifest) ? 0 : 2);
  }

  /** `*` has no prereleases for semver, so that shortcut of the cache is not taken. */
  #isIn(version: string, range: string): boolean {
    if (range !== "*" && range !== "") return this.#semver.satisfies(version, range);
    return this.#semver.version(version)?.prerelease.length === 0;
  }

  /** A version without a date of publication counts as old: registries that tell none could not be used at all. */
  #allowed(version: VersionMetadata, bound: number | undefined): boolean {
    return bound === undefined || version.published === undefined || version.published <= bound;
  }

  #runsHere({ engines }: VersionMetadata): boolean {
    const { nodeVersion } = this.#policy;
    const wanted = engines?.["node"];
    return nodeVersion === undefined || wanted === undefined || this.#semver.satisfies(nodeVersion, wanted);
  }
}

function toDate(time: number): string {
  return new Date(time).toISOString().replace(/T00:00:00\.000Z$/, "");
}

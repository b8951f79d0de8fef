import type { PackageMetadata } from "./reduce-metadata.ts";
import { versionsOf } from "./lazy-versions.ts";
import type { SemverCache } from "./semver-cache.ts";
import { isRelease, PRERELEASE, type VersionKey, versionKey } from "./simple-range.ts";

/** Metadata does not change, and thousands of versions are sorted but once. */
const sorted = new WeakMap<PackageMetadata, readonly string[]>();

/** All versions of a package, the highest first; what is no version is left out. */
export function sortedVersions(metadata: PackageMetadata, semver: SemverCache): readonly string[] {
  let versions = sorted.get(metadata);
  if (versions === undefined) {
    versions = versionsOf(metadata)
      .filter((version) => isRelease(versionKey(version)) || semver.version(version) !== undefined)
      .toSorted((a, b) => semver.compare(b, a));
    sorted.set(metadata, versions);
  }
  return versions;
}

/** The releases of a package in their order. Those of most packages are asked about once or twice: keys are read when they are. */
export class Releases {
  /** The lowest first. */
  readonly versions: readonly string[];
  readonly #keys: VersionKey[];

  /** @param keys of the versions, as far as they have been read */
  constructor(versions: readonly string[], keys: VersionKey[] = []) {
    this.versions = versions;
    this.#keys = keys;
  }

  keyAt(index: number): VersionKey {
    return (this.#keys[index] ??= versionKey(this.versions[index] ?? ""));
  }

  /** How many are lower. */
  countBelow(key: VersionKey): number {
    let low = 0;
    for (let high = this.versions.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.keyAt(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const releases = new WeakMap<PackageMetadata, Releases | undefined>();

/** Undefined where a version is written so that only semver can place it. */
export function releasesOf(metadata: PackageMetadata): Releases | undefined {
  const known = releases.get(metadata);
  if (known !== undefined || releases.has(metadata)) return known;
  const found = metadata.releases === undefined ? sortReleases(metadata) : new Releases(metadata.releases);
  releases.set(metadata, found);
  return found;
}

function sortReleases(metadata: PackageMetadata): Releases | undefined {
  const found: { readonly version: string; readonly key: VersionKey }[] = [];
  for (const version of versionsOf(metadata)) {
    const key = versionKey(version);
    if (key < PRERELEASE) return undefined;
    if (isRelease(key)) found.push({ version, key });
  }
  found.sort((a, b) => a.key - b.key);
  return new Releases(
    found.map(({ version }) => version),
    found.map(({ key }) => key),
  );
}

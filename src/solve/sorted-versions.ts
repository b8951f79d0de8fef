import type { PackageMetadata } from "./reduce-metadata.ts";
import { versionsOf } from "./lazy-versions.ts";
import type { SemverCache } from "./semver-cache.ts";
import { isRelease, PRERELEASE, type VersionKey, versionKey } from "./simple-range.ts";

/** A version in its place among the others. */
export interface SortedVersion {
  readonly version: string;
  readonly major: number;
}

/** Metadata does not change, and sorting thousands of versions is most of the work of choosing one. */
const sorted = new WeakMap<PackageMetadata, readonly SortedVersion[]>();

/** All versions of a package, the highest first; what is no version is left out. */
export function sortedVersions(metadata: PackageMetadata, semver: SemverCache): readonly SortedVersion[] {
  const known = sorted.get(metadata);
  if (known !== undefined) return known;
  const versions = versionsOf(metadata)
    .flatMap((version) => readNumbers(version, semver) ?? [])
    .toSorted(
      (a, b) => b.major - a.major || b.minor - a.minor || b.patch - a.patch || semver.compare(b.version, a.version),
    );
  sorted.set(metadata, versions);
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

interface NumberedVersion extends SortedVersion {
  readonly minor: number;
  readonly patch: number;
}

/** Numbers are read without semver, which is only asked about what looks odd. */
function readNumbers(version: string, semver: SemverCache): NumberedVersion | undefined {
  const numbers = /^(\d+)\.(\d+)\.(\d+)(?![^+-])/.exec(version);
  if (numbers !== null) {
    return { version, major: Number(numbers[1]), minor: Number(numbers[2]), patch: Number(numbers[3]) };
  }
  const parsed = semver.version(version);
  return parsed && { version, major: parsed.major, minor: parsed.minor, patch: parsed.patch };
}

import maxSatisfying from "semver/ranges/max-satisfying.js";
import satisfies from "semver/functions/satisfies.js";
import rsort from "semver/functions/rsort.js";
import valid from "semver/functions/valid.js";
import validRange from "semver/ranges/valid.js";
import { LoaderError } from "../errors.ts";
import type { Packument } from "../fetch/registry.ts";

const LOOSE = { loose: true } as const;

/** Whether `version` meets every range. */
export function meetsAll(version: string, ranges: readonly string[]): boolean {
  return ranges.every((range) => satisfies(version, range, LOOSE));
}

/** The highest of `versions` that meets `range`, if any. */
export function highestMeeting(versions: Iterable<string>, range: string): string | undefined {
  return maxSatisfying([...versions], range, LOOSE) ?? undefined;
}

/**
 * The version npm would choose: a tag's own; else `latest` where it is in every range; else the highest in every range,
 * deprecated ones only where nothing else is left (R10, R70). Undefined where no version meets them all.
 */
export function pickVersion(packument: Packument, ranges: readonly string[]): string | undefined {
  const tags = packument["dist-tags"];
  const versions = Object.keys(packument.versions).filter((version) => valid(version, LOOSE) !== null);
  const wanted: string[] = [];
  for (const range of ranges) {
    if (validRange(range, LOOSE) !== null) wanted.push(range);
    else if (Object.hasOwn(tags, range)) wanted.push(tags[range] ?? "");
    else return undefined;
  }
  const latest = tags["latest"];
  const fits = (version: string): boolean => meetsAll(version, wanted);
  if (latest !== undefined && Object.hasOwn(packument.versions, latest)) {
    if (wanted.every((range) => range === "*" || range === "") || fits(latest)) return latest;
  }
  const meeting = rsort(versions.filter(fits), LOOSE);
  return meeting.find((version) => packument.versions[version]?.deprecated === undefined) ?? meeting[0];
}

/** The error for a range that no version meets: names what there is. */
export function noVersionError(packument: Packument, range: string, referrer: string): LoaderError {
  const versions = rsort(
    Object.keys(packument.versions).filter((version) => valid(version, LOOSE) !== null),
    LOOSE,
  );
  const stable = versions.filter((version) => !version.includes("-"));
  const newest = (stable.length > 0 ? stable : versions).slice(0, 5);
  const tags = Object.keys(packument["dist-tags"]).slice(0, 5);
  const message =
    versions.length === 0
      ? `"${packument.name}" has no published versions`
      : `No version of "${packument.name}" matches "${range}"`;
  return new LoaderError("ERR_VERSION_NOT_FOUND", message, {
    specifier: `${packument.name}@${range}`,
    package: packument.name,
    referrer,
    available: newest,
    hint: versions.length === 0 ? "choose another package" : `there are ${newest.join(", ")}; tags: ${tags.join(", ")}`,
  });
}

import rsort from "semver/functions/rsort.js";
import valid from "semver/functions/valid.js";
import { LoaderError } from "../errors.ts";
import type { Packument } from "../fetch/registry.ts";

const LOOSE = { loose: true } as const;

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

import inc from "semver/functions/inc.js";
import parse from "semver/functions/parse.js";
import { LoaderError } from "../errors.ts";

/** Which number of a version goes up. */
export type VersionBump = "patch" | "minor" | "major";

/** What is published next. */
export interface VersionChange {
  readonly bump?: VersionBump | undefined;
  /** The tag that is published under. One that is not for releases makes a version before a release. */
  readonly tag?: string | undefined;
}

/** Tags (M64) of versions that are releases. */
const RELEASE_TAGS = new Set(["latest", "stable"]);

/**
 * The version after `version` (R103, R104): `patch` of 1.0.0 is 1.0.1, the tag `beta` 1.0.0-beta.1 and after that 1.0.0-beta.2, both
 * 1.0.1-beta.1. Neither leaves it as it is.
 * @throws LoaderError ERR_PUBLISH_INVALID for a version that is none, or a tag that cannot be part of one
 */
export function nextVersion(version: string, { bump, tag }: VersionChange): string {
  const parsed = parse(version);
  if (parsed === null)
    throw new LoaderError("ERR_PUBLISH_INVALID", `"${version}" is not a version`, { actual: version });
  if (tag === undefined || RELEASE_TAGS.has(tag)) return (bump === undefined ? version : inc(version, bump)) ?? version;
  const release = `${parsed.major}.${parsed.minor}.${parsed.patch}`;
  const base = bump === undefined ? release : (inc(release, bump) ?? release);
  const [word, number] = parsed.prerelease;
  const isNext = bump === undefined && word === tag && typeof number === "number";
  const next = `${base}-${tag}.${isNext ? number + 1 : 1}`;
  if (parse(next) !== null) return next;
  throw new LoaderError("ERR_PUBLISH_INVALID", `"${tag}" cannot be part of a version`, { actual: tag });
}

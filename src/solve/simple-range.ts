/** A release as a number, and what is none: numbers of releases order as the releases do. */
export type VersionKey = number;

/** `1.2.3-beta`: in no simple range but one that has prereleases itself. */
export const PRERELEASE = -1;
/** Anything else: a question for semver itself. */
const UNUSUAL = -2;

/** Intervals of keys one after the other: from the first, that included, to the second, that not. */
export type KeyRanges = readonly number[];

/** Room for the minor and the patch: with a major below 9000 a key is a whole number still. */
const MINORS = 1e4;
const PATCHES = 1e8;

const MAJOR = String.raw`(0|[1-8]\d{0,3}|9\d{0,2})`;
const MINOR = String.raw`(0|[1-9]\d{0,3})`;
/** Some number their patches by the day. */
const PATCH = String.raw`(0|[1-9]\d{0,7})`;
const WILD = "[xX*]";
const IDENTIFIER = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)`;
const RELEASE = new RegExp(String.raw`^${MAJOR}\.${MINOR}\.${PATCH}(-|$)`);
/** What most ranges are. */
const PLAIN = new RegExp(String.raw`^([\^~]?)${MAJOR}\.${MINOR}\.${PATCH}$`);
const COMPARATOR = new RegExp(
  String.raw`^(\^|~|[<>]=?)?${MAJOR}(?:\.(?:${MINOR}|${WILD})(?:\.(?:${PATCH}|${WILD})(-${IDENTIFIER}(?:\.${IDENTIFIER})*)?)?)?$`,
);
const AFTER_OPERATOR = /(\^|~|[<>]=?)\s+/g;

/** Reads a version as nearly all are written; `PRERELEASE`, or a lower number where semver has to be asked. */
export function versionKey(version: string): VersionKey {
  const found = RELEASE.exec(version);
  if (found === null) return UNUSUAL;
  return found[4] === "-" ? PRERELEASE : keyOf(Number(found[1]), Number(found[2]), Number(found[3]));
}

export function isRelease(key: VersionKey): boolean {
  return key >= 0;
}

/** What a range has to do with releases. */
export interface SimpleRange {
  readonly releases: KeyRanges;
  /** The highest release that it could have a prerelease of; that is semver's business. */
  readonly prereleasesUpTo?: VersionKey | undefined;
}

const ANY: SimpleRange = { releases: [0, Infinity] };

/**
 * Reads a range as nearly all are written: `*`, `^1.2.3`, `~1.2`, `1.x`, `>=1.2.3 <3`, `^2.0.0-beta.1`, several of them with `||`.
 * What a release has to do with it is semver's answer. Undefined for any other range.
 */
export function readSimpleRange(range: string): SimpleRange | undefined {
  if (range === "*") return ANY;
  const found = PLAIN.exec(range);
  if (found !== null) {
    const releases = readPlain(found[1], Number(found[2]), Number(found[3]), Number(found[4]));
    return { releases };
  }
  const releases: number[] = [];
  let prereleasesUpTo: VersionKey | undefined;
  for (const alternative of range.split("||")) {
    let from = 0;
    let to = Infinity;
    for (const comparator of alternative.replace(AFTER_OPERATOR, "$1").trim().split(/\s+/)) {
      const bounds = readComparator(comparator);
      if (bounds === undefined) return undefined;
      from = Math.max(from, bounds.from);
      to = Math.min(to, bounds.to);
      if (bounds.isPrerelease === true) prereleasesUpTo = Math.max(prereleasesUpTo ?? 0, bounds.from);
    }
    releases.push(from, to);
  }
  return { releases, prereleasesUpTo };
}

export function isWithin(key: VersionKey, ranges: KeyRanges): boolean {
  for (let at = 0; at < ranges.length; at += 2) {
    if (key >= (ranges[at] ?? 0) && key < (ranges[at + 1] ?? 0)) return true;
  }
  return false;
}

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly isPrerelease?: boolean;
}

function readComparator(text: string): Bounds | undefined {
  const found = COMPARATOR.exec(text);
  if (found === null) return undefined;
  const operator = found[1];
  const major = Number(found[2]);
  const minor = numberOf(found[3]);
  const patch = numberOf(found[4]);
  // `1.x.3` has a meaning, and nobody writes it.
  if (minor === undefined && patch !== undefined) return undefined;
  const from = keyOf(major, minor ?? 0, patch ?? 0);
  if (found[5] !== undefined)
    return patch === undefined ? undefined : fromPrerelease(operator, major, minor ?? 0, patch);
  /** Where what is written ends: `1.2` at `1.3.0`. */
  const to = patch !== undefined ? from + 1 : minor === undefined ? keyOf(major + 1, 0, 0) : keyOf(major, minor + 1, 0);
  switch (operator) {
    case "^":
      return { from, to: caretEnd(major, minor, patch) };
    case "~":
      return { from, to: minor === undefined ? to : keyOf(major, minor + 1, 0) };
    case ">=":
      return { from, to: Infinity };
    case ">":
      return { from: to, to: Infinity };
    case "<":
      return { from: 0, to: from };
    case "<=":
      return { from: 0, to };
    default:
      return { from, to };
  }
}

/** Of releases it is the same as from the release that the prerelease is for. */
function fromPrerelease(operator: string | undefined, major: number, minor: number, patch: number): Bounds | undefined {
  const from = keyOf(major, minor, patch);
  switch (operator) {
    case "^":
      return { from, to: caretEnd(major, minor, patch), isPrerelease: true };
    case "~":
      return { from, to: keyOf(major, minor + 1, 0), isPrerelease: true };
    case ">=":
      return { from, to: Infinity, isPrerelease: true };
    case undefined:
      return { from, to: from, isPrerelease: true };
    default:
      return undefined;
  }
}

function readPlain(operator: string | undefined, major: number, minor: number, patch: number): KeyRanges {
  const from = keyOf(major, minor, patch);
  if (operator === "^") return [from, caretEnd(major, minor, patch)];
  return [from, operator === "~" ? keyOf(major, minor + 1, 0) : from + 1];
}

/** Undefined for any number. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** The first number that is not zero stays. */
function caretEnd(major: number, minor: number | undefined, patch: number | undefined): VersionKey {
  if (major > 0 || minor === undefined) return keyOf(major + 1, 0, 0);
  return minor > 0 || patch === undefined ? keyOf(0, minor + 1, 0) : keyOf(0, 0, patch + 1);
}

function keyOf(major: number, minor: number, patch: number): VersionKey {
  return (major * MINORS + minor) * PATCHES + patch;
}

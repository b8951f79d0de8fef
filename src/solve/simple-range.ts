/** A release as a number, and what is none: numbers of releases order as the releases do. */
export type VersionKey = number;

/** `1.2.3-beta`: in no simple range. */
export const PRERELEASE = -1;
/** Anything else: a question for semver itself. */
const UNUSUAL = -2;

/** Intervals of keys one after the other: from the first, that included, to the second, that not. */
export type KeyRanges = readonly number[];

const PART = 2 ** 18;
const NUMBER = String.raw`(0|[1-9]\d{0,4})`;
const WILD = String.raw`(0|[1-9]\d{0,4}|[xX*])`;
const RELEASE = new RegExp(String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(-|$)`);
const COMPARATOR = new RegExp(String.raw`^(\^|~|[<>]=?)?${NUMBER}(?:\.${WILD}(?:\.${WILD})?)?$`);

const AFTER_OPERATOR = /(\^|~|[<>]=?)\s+/g;
/** What most ranges are. */
const PLAIN = new RegExp(String.raw`^([\^~]?)${NUMBER}\.${NUMBER}\.${NUMBER}$`);

/** Reads a version as nearly all are written; `PRERELEASE`, or a lower number where semver has to be asked. */
export function versionKey(version: string): VersionKey {
  const found = RELEASE.exec(version);
  if (found === null) return UNUSUAL;
  return found[4] === "-" ? PRERELEASE : keyOf(Number(found[1]), Number(found[2]), Number(found[3]));
}

export function isRelease(key: VersionKey): boolean {
  return key >= 0;
}

export function majorOf(key: VersionKey): number {
  return Math.floor(key / (PART * PART));
}

/**
 * Reads a range as nearly all are written: `^1.2.3`, `~1.2`, `1.x`, `>=1.2.3 <3`, several of them with `||`. What a
 * release has to do with it is semver's answer; a prerelease is in none of them. Undefined for any other range.
 */
export function readSimpleRange(range: string): KeyRanges | undefined {
  const found = PLAIN.exec(range);
  if (found !== null) return readPlain(found[1], Number(found[2]), Number(found[3]), Number(found[4]));
  const ranges: number[] = [];
  for (const alternative of range.split("||")) {
    let from = 0;
    let to = Infinity;
    for (const comparator of alternative.replace(AFTER_OPERATOR, "$1").trim().split(/\s+/)) {
      const bounds = readComparator(comparator);
      if (bounds === undefined) return undefined;
      from = Math.max(from, bounds[0]);
      to = Math.min(to, bounds[1]);
    }
    ranges.push(from, to);
  }
  return ranges;
}

export function isWithin(key: VersionKey, ranges: KeyRanges): boolean {
  for (let at = 0; at < ranges.length; at += 2) {
    if (key >= (ranges[at] ?? 0) && key < (ranges[at + 1] ?? 0)) return true;
  }
  return false;
}

function readPlain(operator: string | undefined, major: number, minor: number, patch: number): KeyRanges {
  const from = keyOf(major, minor, patch);
  if (operator === "^") return [from, caretEnd(major, minor, patch)];
  return [from, operator === "~" ? keyOf(major, minor + 1, 0) : from + 1];
}

type Bounds = readonly [from: number, to: number];

function readComparator(text: string): Bounds | undefined {
  const found = COMPARATOR.exec(text);
  if (found === null) return undefined;
  const operator = found[1];
  const major = Number(found[2]);
  const minor = partOf(found[3]);
  const patch = partOf(found[4]);
  // `1.x.3` has a meaning, and nobody writes it.
  if (minor === undefined && patch !== undefined) return undefined;
  const from = keyOf(major, minor ?? 0, patch ?? 0);
  /** Where what is written ends: `1.2` at `1.3.0`. */
  const to = patch !== undefined ? from + 1 : minor === undefined ? keyOf(major + 1, 0, 0) : keyOf(major, minor + 1, 0);
  switch (operator) {
    case "^":
      return [from, caretEnd(major, minor, patch)];
    case "~":
      return [from, minor === undefined ? to : keyOf(major, minor + 1, 0)];
    case ">=":
      return [from, Infinity];
    case ">":
      return [to, Infinity];
    case "<":
      return [0, from];
    case "<=":
      return [0, to];
    default:
      return [from, to];
  }
}

/** Undefined for any number. */
function partOf(text: string | undefined): number | undefined {
  return text === undefined || text === "x" || text === "X" || text === "*" ? undefined : Number(text);
}

/** The first number that is not zero stays. */
function caretEnd(major: number, minor: number | undefined, patch: number | undefined): VersionKey {
  if (major > 0 || minor === undefined) return keyOf(major + 1, 0, 0);
  return minor > 0 || patch === undefined ? keyOf(0, minor + 1, 0) : keyOf(0, 0, patch + 1);
}

function keyOf(major: number, minor: number, patch: number): VersionKey {
  return (major * PART + minor) * PART + patch;
}

import Range from "semver/classes/range.js";
import type SemVer from "semver/classes/semver.js";
import parse from "semver/functions/parse.js";
import {
  isRelease,
  isWithin,
  PRERELEASE,
  readSimpleRange,
  type SimpleRange,
  type VersionKey,
  versionKey,
} from "./simple-range.ts";

const LOOSE = { loose: true } as const;

/**
 * Semver's answers, each computed once: every range and version is parsed a single time, and what is written as nearly all
 * are without semver. All of it is loose, as npm is.
 */
export class SemverCache {
  readonly #keys = new Map<string, VersionKey>();
  readonly #simple = new Map<string, SimpleRange | undefined>();
  readonly #versions = new Map<string, SemVer | undefined>();
  readonly #ranges = new Map<string, Range | undefined>();
  readonly #answers = new Map<string, Map<string, boolean>>();

  version(text: string): SemVer | undefined {
    if (!this.#versions.has(text)) this.#versions.set(text, parse(text, LOOSE) ?? undefined);
    return this.#versions.get(text);
  }

  range(text: string): Range | undefined {
    if (!this.#ranges.has(text)) this.#ranges.set(text, parseRange(text));
    return this.#ranges.get(text);
  }

  satisfies(version: string, range: string): boolean {
    if (range === "*" || range === "") return true;
    const simple = this.simpleRange(range);
    if (simple === undefined) return this.#ask(version, range);
    const key = this.#key(version);
    if (isRelease(key)) return isWithin(key, simple.releases);
    return key === PRERELEASE && simple.prereleasesUpTo === undefined ? false : this.#ask(version, range);
  }

  /** Undefined where only semver can tell. */
  simpleRange(range: string): SimpleRange | undefined {
    let simple = this.#simple.get(range);
    if (simple === undefined && !this.#simple.has(range)) this.#simple.set(range, (simple = readSimpleRange(range)));
    return simple;
  }

  #key(version: string): VersionKey {
    let key = this.#keys.get(version);
    if (key === undefined) this.#keys.set(version, (key = versionKey(version)));
    return key;
  }

  #ask(version: string, range: string): boolean {
    let answers = this.#answers.get(range);
    if (answers === undefined) this.#answers.set(range, (answers = new Map()));
    let answer = answers.get(version);
    if (answer === undefined) {
      const parsed = this.version(version);
      answer = parsed !== undefined && this.range(range)?.test(parsed) === true;
      answers.set(version, answer);
    }
    return answer;
  }

  /** Negative where `a` is lower. What is no version comes last. */
  compare(a: string, b: string): number {
    const [first, second] = [this.#key(a), this.#key(b)];
    if (isRelease(first) && isRelease(second)) return first - second;
    const [left, right] = [this.version(a), this.version(b)];
    if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
    return left.compare(right);
  }

  /** Whether a version could meet both ranges; true where one of them is no range and nobody can tell. */
  intersect(a: string, b: string): boolean {
    const [left, right] = [this.range(a), this.range(b)];
    return left === undefined || right === undefined || left.intersects(right, LOOSE);
  }
}

/** Semver reports what it cannot parse by throwing. */
function parseRange(text: string): Range | undefined {
  try {
    return new Range(text, LOOSE);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

import { compareExports, sameJson, type ExportsDifference } from "./compare-exports.ts";
import type { Mode } from "./in-page.ts";
import type { Cause, ProbeOutcome, SmokeAnswer } from "./probe-page.ts";
import type { BundlerStatus, EntryCase, SmokeCheck } from "./read-cases.ts";

/** A smoke check and what came of it. */
export interface SmokeVerdict {
  readonly expression: string;
  readonly expected: unknown;
  readonly passed: boolean;
  /** What it gave; absent where it threw or was never answered. */
  readonly actual?: unknown;
  readonly error?: string;
}

/** What is known of an entry when it has run. */
export interface Verdict {
  readonly specifier: string;
  /** The mode in which it ran. */
  readonly mode: Mode;
  /** How it fares with a bundler. */
  readonly status: BundlerStatus;
  readonly loads: boolean;
  /** Whether names and kinds are the oracle's; absent where it has none, or nothing loaded. */
  readonly sameExports?: boolean;
  readonly difference?: ExportsDifference;
  readonly cause?: Cause;
  readonly smoke: readonly SmokeVerdict[];
  readonly uncaught: readonly string[];
  readonly bundlerError?: string;
  /** Number of exports. */
  readonly exports?: number;
  /** From Run to the last word, milliseconds. */
  readonly ms: number;
}

/** Compares what a program found with what the oracle found. */
export function judge(entry: EntryCase, outcome: ProbeOutcome, mode: Mode = "production"): Verdict {
  const { kinds, cause, uncaught, ms } = outcome;
  const expected = entry.kinds ?? entry.nodeKinds;
  const difference = kinds && expected && compareExports(kinds, expected);
  return {
    specifier: entry.specifier,
    mode,
    status: entry.status,
    loads: kinds !== undefined,
    ...(kinds !== undefined && { exports: Object.keys(kinds).length }),
    ...(kinds !== undefined && expected !== undefined && { sameExports: difference === undefined }),
    ...(difference !== undefined && { difference }),
    ...(cause !== undefined && { cause }),
    smoke: entry.checks.map((check, index) => judgeSmoke(check, outcome.answers.get(index), cause)),
    uncaught,
    ...(entry.bundlerError !== undefined && { bundlerError: entry.bundlerError }),
    ms,
  };
}

function judgeSmoke(
  { expression, expected }: SmokeCheck,
  answer: SmokeAnswer | undefined,
  cause: Cause | undefined,
): SmokeVerdict {
  if (answer === undefined) return { expression, expected, passed: false, error: cause?.message ?? "no answer" };
  if ("error" in answer) return { expression, expected, passed: false, error: answer.error };
  const actual: unknown = JSON.parse(answer.json);
  return { expression, expected, passed: sameJson(actual, expected), actual };
}

/** Whether the entry is as the oracle has it. */
export function isSame({ sameExports, smoke }: Verdict): boolean {
  return sameExports === true && smoke.every(({ passed }) => passed);
}

/** The numbers of the last line. */
export interface Totals {
  readonly loads: number;
  readonly entries: number;
  readonly same: number;
  readonly compared: number;
  readonly passed: number;
  readonly checks: number;
}

/** Whether the entry counts: it loads for users of a bundler. */
export function counts({ status }: Verdict): boolean {
  return status === "plain" || status === "polyfilled";
}

/** Counts the entries that load for users of a bundler, and every smoke check. */
export function sumUp(verdicts: readonly Verdict[]): Totals {
  const counted = verdicts.filter(counts);
  const smoke = verdicts.flatMap((verdict) => verdict.smoke);
  return {
    loads: counted.filter(({ loads }) => loads).length,
    entries: counted.length,
    same: counted.filter(({ sameExports }) => sameExports).length,
    compared: counted.length,
    passed: smoke.filter(({ passed }) => passed).length,
    checks: smoke.length,
  };
}

/** Whether everything is as it must be. */
export function isClean({ loads, entries, same, compared, passed, checks }: Totals): boolean {
  return loads === entries && same === compared && passed === checks;
}

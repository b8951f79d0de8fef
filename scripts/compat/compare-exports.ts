import type { Kinds } from "./read-cases.ts";

/** How two sets of exports differ: each name with its kind. */
export interface ExportsDifference {
  /** Expected and not there. */
  readonly missing: readonly string[];
  /** There and not expected. */
  readonly extra: readonly string[];
  /** There, but `typeof` says something else. */
  readonly changed: readonly string[];
}

/** Undefined where there is no difference. */
export function compareExports(actual: Kinds, expected: Kinds): ExportsDifference | undefined {
  const missing = namesIn(expected).filter((name) => !Object.hasOwn(actual, name));
  const extra = namesIn(actual).filter((name) => !Object.hasOwn(expected, name));
  const changed = namesIn(expected).filter((name) => Object.hasOwn(actual, name) && actual[name] !== expected[name]);
  if (missing.length + extra.length + changed.length === 0) return undefined;
  return {
    missing: missing.map((name) => `${name} (${expected[name]})`),
    extra: extra.map((name) => `${name} (${actual[name]})`),
    changed: changed.map((name) => `${name} (${actual[name]}, not ${expected[name]})`),
  };
}

function namesIn(kinds: Kinds): string[] {
  return Object.keys(kinds).toSorted();
}

/** Whether two values that came from JSON are the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a, b] as Record<string, unknown>[];
  if (left === undefined || right === undefined) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}

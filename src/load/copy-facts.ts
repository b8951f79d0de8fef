import { type FileVersion, versionOf } from "../fetch/file-version.ts";
import { freshnessOf } from "../fetch/freshness.ts";

/** What is remembered of stored metadata. */
export interface CopyFacts extends FileVersion {
  /** When the registry last said that this is what it has, milliseconds since 1970. */
  readonly confirmedAt: number;
  /** For so long after that it is used without asking, milliseconds. */
  readonly freshFor: number;
}

/** Undefined for an answer that may not be kept. */
export function factsOf(headers: Headers): CopyFacts | undefined {
  const freshFor = freshnessOf(headers);
  if (freshFor === undefined) return undefined;
  return { confirmedAt: Date.now(), freshFor, ...versionOf(headers) };
}

/** A clock that was set back makes nothing fresh. */
export function isFresh({ confirmedAt, freshFor }: CopyFacts): boolean {
  const age = Date.now() - confirmedAt;
  return age >= 0 && age < freshFor;
}

export function isCopyFacts(value: unknown): value is CopyFacts {
  if (typeof value !== "object" || value === null || !("confirmedAt" in value) || !("freshFor" in value)) return false;
  return typeof value.confirmedAt === "number" && typeof value.freshFor === "number";
}

import { freshnessOf } from "../fetch/freshness.ts";

/** What is remembered of stored metadata. */
export interface CopyFacts {
  /** When the registry last said that this is what it has, milliseconds since 1970. */
  readonly confirmedAt: number;
  /** For so long after that it is used without asking, milliseconds. */
  readonly freshFor: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Undefined for an answer that may not be kept. */
export function factsOf(headers: Headers): CopyFacts | undefined {
  const freshFor = freshnessOf(headers);
  if (freshFor === undefined) return undefined;
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    confirmedAt: Date.now(),
    freshFor,
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
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

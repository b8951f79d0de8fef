import { namePattern } from "../resolve/name-pattern.ts";

/** What decides how young a version may be. */
export interface AgeOptions {
  /** The present, milliseconds since 1970. */
  readonly now: number;
  /** Only what was published by then counts, for the whole graph: milliseconds since 1970. Default: no bound. */
  readonly before?: number | undefined;
  /** How long a version must have been out, milliseconds; one day by default, 0 for no wait. */
  readonly minimumReleaseAge?: number | undefined;
  /** Packages that the minimum age does not hold for; `*` stands for any part of a name. */
  readonly releaseAgeExceptions?: readonly string[] | undefined;
}

const ONE_DAY = 24 * 60 * 60 * 1000;

/** The youngest publication that counts for a package under these options, milliseconds since 1970. */
export function newestAllowed(options: AgeOptions): (name: string) => number | undefined {
  const { before, now, minimumReleaseAge = ONE_DAY, releaseAgeExceptions = [] } = options;
  const young = minimumReleaseAge > 0 ? now - minimumReleaseAge : undefined;
  const bound = young === undefined ? before : Math.min(young, before ?? young);
  const exceptions = releaseAgeExceptions.map(namePattern);
  return (name) => (exceptions.some((matches) => matches(name)) ? before : bound);
}

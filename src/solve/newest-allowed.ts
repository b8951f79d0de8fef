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
  const exceptions = releaseAgeExceptions.map((pattern) => pattern.split("*"));
  return (name) => (exceptions.some((parts) => matchesParts(name, parts)) ? before : bound);
}

/** Whether the parts come in a name one after the other, the first at its start, the last at its end. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

import { isLoaderError, LoaderError } from "../errors.ts";
import { type PackageRequest, type PeerRequest, requestKey } from "../resolve/package-request.ts";
import { printUnmet, type UnmetRequest } from "../project/unmet-requests.ts";
import { OFFLINE_HINT } from "./offline-errors.ts";

/** The lockfile lacks requests, and may not be changed. */
export function staleError(open: readonly PackageRequest[], first: PackageRequest): LoaderError {
  const names = namesOf(open);
  const details = { specifier: names, referrer: first.referrer };
  return new LoaderError("ERR_LOCKFILE_STALE", `The lockfile is frozen and lacks ${names}`, details);
}

/** The lockfile has other versions than the ranges that it has them for, and may not be changed. */
export function unmetError(unmet: readonly UnmetRequest[]): LoaderError {
  const message = `The lockfile is frozen, and has been edited: ${unmet.map(printUnmet).join("; ")}`;
  return new LoaderError("ERR_LOCKFILE_STALE", message, {
    specifier: unmet.map(({ name }) => name).join(", "),
    hint: "trust neither of the two: take the lockfile from where it was made, or load without frozen, which chooses anew",
  });
}

/** The lockfile has what the manifests no longer ask for, and may not be changed. */
function leftOverError(left: readonly string[]): LoaderError {
  const names = left.join(", ");
  const message = `The lockfile is frozen and has ${names}, which the project does not ask for`;
  return new LoaderError("ERR_LOCKFILE_STALE", message, { specifier: names, referrer: "/package.json" });
}

/** The lockfile was made under other overrides or catalogs, and may not be changed. */
function changedRulesError(): LoaderError {
  const message = "The lockfile is frozen, and the project has other overrides or catalogs than when it was made";
  return new LoaderError("ERR_LOCKFILE_STALE", message, { referrer: "/package.json" });
}

/** An optional peer that is imported for certain, and that the project has in another version. */
export function peerMismatchError({ owner, name, range, referrer }: PeerRequest, version: string): LoaderError {
  return new LoaderError("ERR_VERSION_CONFLICT", `${owner} needs "${name}" in ${range}, the project has ${version}`, {
    package: name,
    expected: range,
    actual: version,
    referrer,
    hint: `ask for a version of "${name}" in ${range}, or decide for all with an override`,
  });
}

/** What the lockfile lacks cannot be solved without the network: `missing` is what the store has not. */
export function unsolvedError(open: readonly PackageRequest[], missing: LoaderError): LoaderError {
  const names = namesOf(open);
  const message = `${names} is not in the lockfile, and the network may not be used to look it up`;
  return new LoaderError("ERR_NOT_CACHED", message, { ...missing.details, specifier: names }, missing);
}

function namesOf(open: readonly PackageRequest[]): string {
  return [...new Set(open.map(requestKey))].join(", ");
}

/** What a packument could not be had for, as the import that asks for it sees it. */
export function packumentError(error: unknown, name: string, referrer: string): unknown {
  if (!isLoaderError(error)) return error;
  const unreachable = error.code === "ERR_FETCH_FAILED" || error.code === "ERR_NOT_CACHED";
  const message = unreachable ? `"${name}" is not known here and the registry cannot be reached` : error.message;
  const hint = unreachable ? { hint: OFFLINE_HINT } : {};
  return new LoaderError(
    error.code,
    message,
    { ...error.details, ...hint, package: name, specifier: name, referrer },
    error,
  );
}

/** What a frozen lockfile would have to change. */
interface LockChanges {
  /** Requests that it lacks. */
  readonly open: readonly PackageRequest[];
  /** What it has and nobody asks for any more, as `name@range`. */
  readonly left: readonly string[];
  /** Whether it was made under the same rules. */
  readonly keepLocked: boolean;
}

/** @throws LoaderError ERR_LOCKFILE_STALE */
export function assertUnchanged({ open, left, keepLocked }: LockChanges): void {
  const [first] = open;
  if (first !== undefined) throw staleError(open, first);
  if (!keepLocked) throw changedRulesError();
  if (left.length > 0) throw leftOverError(left);
}

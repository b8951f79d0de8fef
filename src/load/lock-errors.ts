import { isLoaderError, LoaderError } from "../errors.ts";
import { type PackageRequest, requestKey } from "../resolve/solve-versions.ts";
import { OFFLINE_HINT } from "./offline-errors.ts";

/** The lockfile lacks requests, and may not be changed. */
export function staleError(open: readonly PackageRequest[], first: PackageRequest): LoaderError {
  const names = namesOf(open);
  const details = { specifier: names, referrer: first.referrer };
  return new LoaderError("ERR_LOCKFILE_STALE", `The lockfile is frozen and lacks ${names}`, details);
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

import { type ErrorDetails, LoaderError } from "../errors.ts";

/** The way out when something is neither stored nor to be had. */
export const OFFLINE_HINT = "connect to the network and run once; from then on it works offline";

/** The error for something that is needed, not stored, and may not be fetched. */
export function notCachedError(subject: string, details: ErrorDetails): LoaderError {
  return new LoaderError("ERR_NOT_CACHED", `"${subject}" is not stored here`, { ...details, hint: OFFLINE_HINT });
}

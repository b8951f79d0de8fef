import { LoaderError } from "../errors.ts";
import { type LockPath, tomlLine } from "./toml-line.ts";

/** Makes the error for something wrong at a place of the lock that is being read. */
export type InvalidAt = (path: LockPath, reason: string) => LoaderError;

const HINT = "take the lockfile from where it was made, or clear it to have a new one made";

/** An `InvalidAt` that names the line of a TOML text. */
export function invalidInToml(text: string): InvalidAt {
  return (path, reason) => {
    const line = tomlLine(text, path);
    return line === undefined ? invalidLock(reason) : invalidLine(text, line, reason);
  };
}

/** An `InvalidAt` for JSON, where the place is a path: `package[3].integrity`. */
export const invalidInJson: InvalidAt = (path, reason) => {
  const steps = path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`));
  return new LoaderError("ERR_LOCKFILE_INVALID", `The lockfile cannot be used: ${reason} (at ${steps.join("")})`, {
    hint: HINT,
  });
};

export function invalidLine(text: string, line: number, reason: string): LoaderError {
  const frame = `${line} | ${text.split(/\r?\n/)[line - 1] ?? ""}`;
  return new LoaderError("ERR_LOCKFILE_INVALID", `The lockfile cannot be used: ${reason} (line ${line})`, {
    line,
    frame,
    hint: HINT,
  });
}

export function invalidLock(reason: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_LOCKFILE_INVALID", `The lockfile cannot be used: ${reason}`, { hint: HINT }, cause);
}

import { LoaderError } from "../errors.ts";
import { diffLocks, printChange } from "./diff-locks.ts";
import type { Lock } from "./lock.ts";

/** How many changes the message shows; `details.changes` has all. */
const SHOWN = 20;

/**
 * Holds a lock that may not change against the one that is needed now (P6, R71).
 * @throws LoaderError ERR_LOCKFILE_STALE when anything differs; it says what would change.
 */
export function assertFrozen(frozen: Lock, needed: Lock): void {
  const changes = diffLocks(frozen, needed).map(printChange);
  if (changes.length === 0) return;
  const shown = changes.slice(0, SHOWN);
  if (changes.length > SHOWN) shown.push(`and ${changes.length - SHOWN} more`);
  throw new LoaderError(
    "ERR_LOCKFILE_STALE",
    ["The lockfile is frozen, and this would change:", ...shown].join("\n  "),
    {
      changes,
      hint: "install without the frozen option and commit the new lockfile, or undo what changed the project",
    },
  );
}

import { formatError, isLoaderError } from "../../src/errors.ts";
import { runLock } from "./run-lock.ts";

const USAGE = `Usage: npm run raya -- lock PROJECT [options]

  Solves PROJECT and prints its lock to stdout. PROJECT is a folder with a package.json or a raya.toml, or a JSON file with
  the files of a project by path.

  --before DATE                                only what was published by then counts
  --format lock|graph|package-lock|importmap   what is printed (default: lock)
  --legacy-peer-deps                           peers are neither installed nor checked
`;

/** Runs a command. Resolves to the exit code: 0, or 1 where it failed. */
export async function runRaya(args: readonly string[]): Promise<number> {
  const [command, ...others] = args;
  if (command === "lock") return guarded(() => runLock(others));
  const isHelp = command === undefined || command === "--help" || command === "help";
  console.error(isHelp ? USAGE : `There is no command "${command}".\n\n${USAGE}`);
  return isHelp ? 0 : 1;
}

/** A failure is told on stderr, with its code; what is no failure of Raya's own with its stack. */
async function guarded(command: () => Promise<void>): Promise<number> {
  try {
    await command();
    return 0;
  } catch (error) {
    if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) {
      console.error(`${error.message}\n\n${USAGE}`);
      return 1;
    }
    if (!isLoaderError(error)) throw error;
    console.error(formatError(error));
    return 1;
  }
}

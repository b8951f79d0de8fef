import { formatError, isLoaderError } from "../../src/errors.ts";
import { runCache } from "./run-cache.ts";
import { runDocs } from "./run-docs.ts";
import { runImage } from "./run-image.ts";
import { runInfo } from "./run-info.ts";
import { runLock } from "./run-lock.ts";
import { runBuild, runPublish } from "./run-publish.ts";
import { runKey, runLogin, runSearch, runYank } from "./run-registry.ts";

const USAGE = `Usage: npm run raya -- lock PROJECT [options]

  Solves PROJECT and prints its lock to stdout. PROJECT is a folder with a package.json or a raya.toml, or a JSON file with
  the files of a project by path.

  --before DATE                                only what was published by then counts
  --format lock|graph|package-lock|importmap   what is printed (default: lock)
  --legacy-peer-deps                           peers are neither installed nor checked

       npm run raya -- image FOLDER ENTRY --base URL [--out FILE]

  Links the program ENTRY of the project in FOLDER for pages, writes its image to FILE (default: program.rimg) and the lockfile
  into FOLDER, and prints the image's integrity. URL is the base that the page's loader has.

       npm run raya -- info PACKAGE [--registry URL]

  Shows what the registry has of PACKAGE (name, name@range, name@tag): the version that this means, tags, versions.

       npm run raya -- docs PACKAGE[#HEADING] [--registry URL]

  Prints the README of PACKAGE, or the Markdown at a URL: the section under HEADING, its text or its anchor.

       npm run raya -- build [FOLDER] [--out FOLDER] [--include-source] [--emit-rdef]

  Compiles the package in FOLDER to module.rbin and module.rdef, in its dist by default. --include-source: it goes out with its
  archive, source.tgz. --emit-rdef: with declarations of its TypeScript, by its own compiler.

       npm run raya -- publish [FOLDER] [--patch|--minor|--major] [--tag TAG] [--key FILE] [--dry-run]
                               [--include-source] [--emit-rdef]
       npm run raya -- login
       npm run raya -- search WORDS
       npm run raya -- yank NAME@VERSION [--reason TEXT] [--undo]
       npm run raya -- key > FILE

  Speak to a registry of the Raya protocol: --registry URL, or the default of ~/.raya/config.toml. A TAG other than latest and
  stable makes a version before a release, as 1.0.0-beta.1. FILE is a key to sign with.

       npm run raya -- cache ls|verify|gc [--max-size 10GB]
       npm run raya -- cache rm NAME[@VERSION]…
       npm run raya -- cache pin NAME LOCKFILE
       npm run raya -- cache unpin NAME

  Shows, checks and clears what is stored in --dir FOLDER, that of ~/.raya/config.toml, or ~/.raya/cache. No room is made of
  what a pinned lockfile needs.
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  lock: runLock,
  image: runImage,
  info: runInfo,
  docs: runDocs,
  build: runBuild,
  publish: runPublish,
  login: runLogin,
  search: runSearch,
  yank: runYank,
  key: runKey,
  cache: runCache,
};

/** Runs a command. Resolves to the exit code: 0, or 1 where it failed. */
export async function runRaya(args: readonly string[]): Promise<number> {
  const [command, ...others] = args;
  const run = command !== undefined && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (run !== undefined) return guarded(() => run(others));
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

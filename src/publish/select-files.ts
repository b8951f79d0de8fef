import { matchesGlob } from "../solve/match-glob.ts";

/** Published whatever `files` says, as npm does. */
const ALWAYS = /^(?:package\.json|readme(?:\..*)?|licen[cs]e(?:\..*)?)$/i;
/** Never published: other packages, what is made of this one, and what is likely to be a secret. */
const NEVER =
  /(?:^|\/)(?:node_modules\/|\.[^/]*(?:$|\/)|(?:module\.r(?:bin|def)|source\.tgz)$)|^(?:raya\.lock|package-lock\.json)$|^[^/]*\.tgz$/;

/**
 * Which of a project's files are published: those that `files` of its manifest names (files, folders, patterns; `!` before one takes
 * out), its entry, README and license; without `files` all but hidden ones, `node_modules`, locks and archives.
 * @param paths from the package's folder, forward slashes
 */
export function selectFiles(paths: Iterable<string>, manifest: Readonly<Record<string, unknown>>): string[] {
  const { files, main, bin } = manifest;
  const listed = Array.isArray(files) ? files.filter((entry) => typeof entry === "string").map(normalize) : undefined;
  const entries = new Set([main, ...commandsOf(bin)].filter((entry) => typeof entry === "string").map(normalize));
  return [...paths].filter((path) => {
    if (ALWAYS.test(path) || entries.has(path)) return true;
    return !NEVER.test(path) && (listed === undefined || isListed(path, listed));
  });
}

/** The last entry that fits a path says whether it is in. */
function isListed(path: string, entries: readonly string[]): boolean {
  const last = entries.findLast((entry) => fits(path, entry.replace(/^!/, "")));
  return last !== undefined && !last.startsWith("!");
}

function fits(path: string, pattern: string): boolean {
  return pattern === "" || pattern === "." || matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`);
}

/** `./dist/` and `/dist` are `dist`. */
function normalize(entry: string): string {
  return entry.replace(/^(!?)\.?\/+/, "$1").replace(/\/+$/, "");
}

function commandsOf(bin: unknown): unknown[] {
  return typeof bin === "object" && bin !== null ? Object.values(bin) : [bin];
}

import type { ErrorDetails } from "../../errors.ts";
import type { RealmServices } from "../../run/image.ts";
import { REALM_SCHEME } from "./realm-scheme.ts";

/** Causes of an error that are followed: they may go round in a circle. */
const MAX_CAUSES = 10;
/** What runs images: folder and file of the loader's own, and of Node. */
const RUNTIME = [
  ...[new URL("../../run/", import.meta.url), new URL("./evaluate", import.meta.url)].flatMap(({ href, pathname }) => [
    href,
    decodeURIComponent(pathname),
  ]),
  "node:vm:",
  "node:internal/modules/",
];
const REALM_URL = new RegExp(`${REALM_SCHEME}//\\d+/([^\\s:]+)`, "g");
/** The first call of a stack that has a place. */
const PLACE = /^\s+at (?:.* \()?(\S+?):(\d+):(\d+)\)?$/m;

/**
 * Makes the stacks of what a program threw, and of its causes, name the files that somebody wrote; the loader's own calls
 * are left out.
 */
export async function locateError(thrown: unknown, services: Pick<RealmServices, "locate">): Promise<void> {
  const seen = new Set<unknown>();
  for (let at = thrown; at instanceof Error && !seen.has(at) && seen.size < MAX_CAUSES; at = at.cause) {
    seen.add(at);
    if (typeof at.stack !== "string") continue;
    const value = withoutRuntime(withModuleUrls(await services.locate(at.stack)));
    // A frozen error keeps the stack that it has.
    Reflect.defineProperty(at, "stack", { value, writable: true, configurable: true });
  }
}

/** Where something was thrown, as the first call of its stack says. */
export function placeOf(thrown: unknown): Pick<ErrorDetails, "file" | "line" | "column"> {
  const [, file, line, column] = (thrown instanceof Error && PLACE.exec(thrown.stack ?? "")) || [];
  return file === undefined ? {} : { file, line: Number(line), column: Number(column) };
}

/** Native modules of a program have addresses of the realm's own. */
function withModuleUrls(stack: string): string {
  return stack.replace(REALM_URL, (_, encoded: string) => decodeURIComponent(encoded));
}

function withoutRuntime(stack: string): string {
  const isRuntime = (line: string): boolean => /^\s+at /.test(line) && RUNTIME.some((place) => line.includes(place));
  return stack
    .split("\n")
    .filter((line) => !isRuntime(line))
    .join("\n");
}

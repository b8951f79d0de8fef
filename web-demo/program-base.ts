/** Base of every module URL of a program, on the page's own origin. */
export const PROGRAM_BASE = new URL("/~/", location.origin).href;

/** Folder of the visitor's own files below the base. */
const PROJECT = "project";

/** A module URL as a person reads it: `/main.tsx` for the visitor's files, `react@19.3.1/index.js` for a package's. */
export function shownFile(file: string): string {
  const bare = file.replace(/[?#].*$/, "");
  const below = bare.startsWith(PROGRAM_BASE) ? bare.slice(PROGRAM_BASE.length) : bare;
  return below.startsWith(`${PROJECT}/`) ? below.slice(PROJECT.length) : below;
}

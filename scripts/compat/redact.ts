import { npmRegistry } from "../../src/platform/node/npm-registry.ts";

let host: string | undefined;

/** Where a machine gets its packages from is its own affair: no text of the command names the registry's host. */
export function redact(text: string): string {
  host ??= new URL(npmRegistry()).host;
  return text.replaceAll(host, "<registry>");
}

/** Prints a line without the registry's host. */
export function say(line: string): void {
  console.log(redact(line));
}

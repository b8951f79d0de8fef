import { counts, type SmokeVerdict, type Totals, type Verdict } from "./judge.ts";

/** Names shown of a longer list; the report has them all. */
const SHOWN_NAMES = 12;
const SHOWN_VALUE = 300;

/** Everything that is not as the oracle has it, a line each; empty where all is well. */
export function formatVerdict(verdict: Verdict): string[] {
  const { specifier, loads, cause, difference, smoke, uncaught } = verdict;
  const lines: string[] = [];
  if (!loads) {
    const place = cause?.place === undefined ? "" : `\n      at ${cause.place}`;
    lines.push(`does not load: ${cause?.code}: ${firstLine(cause?.message)}${place}`);
    lines.push(...uncaught.map((text) => `    console: ${firstLine(text)}`));
  }
  if (difference !== undefined) {
    for (const [kind, names] of Object.entries(difference))
      if (names.length > 0) lines.push(`exports ${kind}: ${shorten(names)}`);
  }
  if (loads) lines.push(...smoke.filter(({ passed }) => !passed).map(formatSmoke));
  return lines.map((line) => `  ${specifier}  ${line}`);
}

function formatSmoke({ expression, expected, actual, error }: SmokeVerdict): string {
  const got = error === undefined ? `gave ${clip(JSON.stringify(actual))}` : `threw ${clip(firstLine(error))}`;
  return `smoke check ${got}, expected ${clip(JSON.stringify(expected))}: ${clip(expression)}`;
}

/** Entries that no bundler loads, or that nobody asked one about: how they fare here. */
export function formatOthers(verdicts: readonly Verdict[]): string[] {
  const others = verdicts.filter((verdict) => !counts(verdict));
  if (others.length === 0) return [];
  const lines = others.map(({ specifier, loads, exports, cause, bundlerError, sameExports }) => {
    const node = sameExports === undefined ? "" : sameExports ? ", the same as in Node" : ", not those of Node";
    const here = loads ? `loads, ${exports} exports${node}` : `${cause?.code}: ${firstLine(cause?.message)}`;
    const there = bundlerError === undefined ? "" : `\n      bundler: ${firstLine(bundlerError)}`;
    return `  ${specifier}  ${here}${there}`;
  });
  return ["", `Not loaded by a bundler, or not tried with one: ${others.length}`, ...lines];
}

/** The last line. */
export function formatTotals({ loads, entries, same, compared, passed, checks }: Totals): string {
  return `compat: ${loads} of ${entries} entries load, ${same} of ${compared} with the same exports, ${passed} of ${checks} smoke checks`;
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).join(", ");
  return names.length > SHOWN_NAMES ? `${shown} and ${names.length - SHOWN_NAMES} more` : shown;
}

function clip(text: string): string {
  return text.length > SHOWN_VALUE ? `${text.slice(0, SHOWN_VALUE)}…` : text;
}

function firstLine(text = ""): string {
  return clip(text.split("\n")[0] ?? "");
}

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isClean, sumUp, type Verdict } from "./judge.ts";
import { probeAll } from "./probe-all.ts";
import { readCases, type CaseFiles, type Cases, type PackageCase } from "./read-cases.ts";
import { redact, say } from "./redact.ts";
import { formatOthers, formatTotals } from "./report.ts";

const USAGE =
  "Usage: npm run compat -- --packages <file> --oracle <file> [--smoke <file>] [--only <id>[,<id>]] [--report <file>]";
/** Exit codes of a wrong call, and after Ctrl-C. */
const WRONG_CALL = 2;
const STOPPED = 130;

interface Settings extends CaseFiles {
  readonly only: readonly string[];
  readonly report: string | undefined;
}

/**
 * Loads every entry of a list of packages in Chromium and compares it with an oracle.
 * @param args as in `USAGE`
 * @returns the exit code: 0 when nothing differs, 1 when something does
 */
export async function runCompat(args: string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop.abort());
  try {
    const settings = readSettings(args);
    const cases = choose(await readCases(settings), settings.only);
    const verdicts = await probeAll(cases, stop.signal);
    return await conclude(verdicts, settings, stop.signal.aborted);
  } catch (error) {
    if (stop.signal.aborted) return STOPPED;
    console.error(redact(error instanceof Error ? error.message : String(error)));
    return WRONG_CALL;
  }
}

async function conclude(verdicts: readonly Verdict[], { report }: Settings, stopped: boolean): Promise<number> {
  const totals = sumUp(verdicts);
  if (report !== undefined)
    await writeFile(report, redact(`${JSON.stringify({ totals, entries: verdicts }, null, 2)}\n`));
  for (const line of formatOthers(verdicts)) say(line);
  say(formatTotals(totals));
  if (stopped) return STOPPED;
  return isClean(totals) ? 0 : 1;
}

/** @throws Error with the usage */
function readSettings(args: string[]): Settings {
  const { packages, oracle, smoke, only = [], report } = parse(args);
  if (packages === undefined || oracle === undefined) throw new Error(USAGE);
  return { packages, oracle, smoke, only: only.flatMap((text) => text.split(",")), report };
}

function parse(args: string[]) {
  const file = { type: "string" } as const;
  const options = {
    packages: file,
    oracle: file,
    smoke: file,
    report: file,
    only: { ...file, multiple: true },
  } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

/** By the package's id or its name. */
function choose({ packages, ...rest }: Cases, only: readonly string[]): Cases {
  if (only.length === 0) return { packages, ...rest };
  const isChosen = ({ id }: PackageCase): boolean => only.some((text) => id === text || id.startsWith(`${text}@`));
  const chosen = packages.filter(isChosen);
  if (chosen.length === 0) throw new Error(`There is no package "${only.join(", ")}" in the list`);
  return { packages: chosen, ...rest };
}

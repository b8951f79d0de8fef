import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CHECKS, type Check, type Command } from "./checks.ts";
import { readCounts, type Counts } from "./test-report.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const binaries = join(root, "node_modules/.bin");

/** Exit code after Ctrl-C, as shells have it. */
const STOPPED = 130;

interface Outcome extends Counts {
  readonly name: string;
  readonly seconds: number;
}

/**
 * Runs the checks one after the other, all of them whatever happens, and prints what came out.
 * @param args `--only <name>[,<name>]`
 * @returns the exit code: 0 when something ran and nothing failed
 */
export async function runChecks(args: string[]): Promise<number> {
  const checks = chosen(args);
  if (checks === undefined) return 2;
  const reports = mkdtempSync(join(tmpdir(), "raya-reports-"));
  const outcomes: Outcome[] = [];
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop.abort());
  try {
    for (const check of checks) outcomes.push(await runCheck(check, join(reports, `${check.name}.json`), stop.signal));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error("Stopped.");
    return STOPPED;
  } finally {
    rmSync(reports, { recursive: true });
  }
  return summarize(outcomes);
}

function chosen(args: string[]): readonly Check[] | undefined {
  const names = CHECKS.map(({ name }) => name);
  try {
    const { values } = parseArgs({ args, options: { only: { type: "string", multiple: true } } });
    const only = values.only?.flatMap((text) => text.split(",")) ?? names;
    const unknown = only.find((name) => !names.includes(name));
    if (unknown === undefined) return CHECKS.filter(({ name }) => only.includes(name));
    console.error(`There is no check "${unknown}".`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  console.error(`Usage: npm test -- [--only <name>[,<name>]]   names: ${names.join(", ")}`);
  return undefined;
}

async function runCheck(check: Check, report: string, signal: AbortSignal): Promise<Outcome> {
  console.log(`\n── ${check.name}: ${check.what}`);
  const started = performance.now();
  let exitCode = 0;
  for (const command of check.commands(report)) {
    exitCode = await run(command, check.env?.(report) ?? {}, signal);
    if (exitCode !== 0) break;
  }
  const seconds = (performance.now() - started) / 1000;
  return { name: check.name, seconds, ...countsOf(check, report, exitCode) };
}

/** A single check counts as one; a runner tells in its report how many tests it ran. */
function countsOf(check: Check, report: string, exitCode: number): Counts {
  if (check.report === undefined) return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
  const counts = readCounts(check.report, readText(report));
  const ranNothing = counts.passed + counts.failed === 0;
  // A runner that fails without a failed test did not get as far as the tests; one without tests proves nothing.
  return counts.failed === 0 && (exitCode !== 0 || ranNothing) ? { ...counts, failed: 1 } : counts;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

async function run([program, ...args]: Command, env: Record<string, string>, signal: AbortSignal): Promise<number> {
  const child = spawn(join(binaries, program), args, {
    cwd: root,
    env: { ...process.env, PATH: `${binaries}:${process.env["PATH"] ?? ""}`, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    signal,
  });
  const [code] = await once(child, "exit");
  return Number(code ?? 1);
}

function summarize(outcomes: readonly Outcome[]): number {
  console.log("\n check       passed  failed  skipped      time");
  for (const { name, passed, failed, skipped, seconds } of outcomes) {
    const numbers = [passed, failed, skipped].map((count) => String(count).padStart(8)).join("");
    console.log(` ${name.padEnd(10)}${numbers}${`${seconds.toFixed(1)} s`.padStart(11)}${failed > 0 ? "  ✗" : ""}`);
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

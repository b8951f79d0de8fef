/** Whose JSON a report is. */
export type Runner = "vitest" | "playwright";

/** Tests by outcome. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** One for each file; a file that could not be loaded has failed without a test that did. */
  testResults: { status: string; assertionResults: unknown[] }[];
}

interface PlaywrightReport {
  /** Tests; `flaky` are those that passed after a retry. */
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** Reads the JSON report of a runner; without one (the runner broke down) nothing was run. */
export function readCounts(runner: Runner, text: string | undefined): Counts {
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0 };
  return runner === "vitest" ? fromVitest(JSON.parse(text)) : fromPlaywright(JSON.parse(text));
}

function fromVitest(report: VitestReport): Counts {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function fromPlaywright({ stats }: PlaywrightReport): Counts {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

import type { Runner } from "./test-report.ts";

/** A program of node_modules/.bin and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** One line of the table that `npm test` prints. */
export interface Check {
  readonly name: string;
  readonly what: string;
  /** Run in turn until one fails. `report` is a file for the runner's JSON. */
  commands(report: string): readonly Command[];
  /** More environment for the programs. */
  env?(report: string): Record<string, string>;
  /** Whose JSON the report is; without it the whole check counts as one. */
  readonly report?: Runner;
}

/** Runs vitest with a report. */
const vitest = (report: string, ...args: string[]): Command => [
  "vitest",
  "run",
  ...args,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
];

const unitTests = (project: string, what: string): Check => ({
  name: project,
  what,
  commands: (report) => [vitest(report, "--config", "test/vitest.config.ts", "--project", project)],
  report: "vitest",
});

/** Everything that must hold, cheapest first. */
export const CHECKS: readonly Check[] = [
  { name: "types", what: "type check", commands: () => [["tsc", "-b"]] },
  { name: "lint", what: "oxlint with types", commands: () => [["oxlint", "--type-aware", "--deny-warnings"]] },
  { name: "format", what: "oxfmt", commands: () => [["oxfmt", "--check"]] },
  { name: "unused", what: "files, exports and dependencies that nobody uses (knip)", commands: () => [["knip"]] },
  unitTests("node", "unit tests in Node"),
  unitTests("workerd", "the same, and the edge, in workerd"),
  unitTests("chromium", "the same in Chromium"),
  {
    name: "determinism",
    what: "packages compile to the same bytes in Node, workerd and Chromium",
    commands: (report) => [vitest(report, "--config", "test/determinism/vitest.config.ts")],
    report: "vitest",
  },
  {
    name: "clients",
    what: "npm, pnpm, Yarn, Bun and Deno through the edge, before the real registry",
    commands: (report) => [vitest(report, "--config", "test/clients/vitest.config.ts")],
    report: "vitest",
  },
  {
    name: "package",
    what: "what npm would publish",
    commands: (report) => [["tsc", "-b"], ["publint", "--strict"], vitest(report, "--root", "test/dist")],
    report: "vitest",
  },
  {
    name: "e2e",
    what: "the playground, end to end, in Chromium",
    commands: () => [["playwright", "test", "--config", "test/e2e/playwright.config.ts", "--reporter=list,json"]],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
    report: "playwright",
  },
  {
    name: "deploy",
    what: "the page and the worker as for a deployment: wrangler deploy --dry-run, size and start",
    commands: (report) => [
      ["vite", "build", "--config", "web-demo/vite.config.ts", "--logLevel", "warn"],
      ["vite", "build", "--config", "web-demo/vite.sw.config.ts", "--logLevel", "warn"],
      vitest(report, "--root", "test/deploy"),
    ],
    report: "vitest",
  },
];

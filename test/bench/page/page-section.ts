import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { launchChromium } from "../workspace/chromium.ts";
import { createBundleContender } from "./bundle-contender.ts";
import { type Contender, measure, type Measurement } from "./contender.ts";
import { PAGE_PROGRAMS } from "./page-programs.ts";
import { createPlaygroundContender } from "./playground-contender.ts";

const ROUNDS = 5;
const MODES = ["cold", "warm", "offline"] as const;
type Mode = (typeof MODES)[number];

/**
 * How long from Run to the result, and how many requests: Raya beside the same program as one static bundle.
 * `cold`: a new browser profile, the page open, the edge has the packages; `warm`: a new tab of the profile that ran it
 * before; `offline`: the same with the server stopped.
 */
export const section: Section = {
  name: "page",
  what: "from Run to the result in the playground, beside a minified bundle served statically",
  async measure(log) {
    const browser = await launchChromium();
    const persistTo = mkdtempSync(join(tmpdir(), "raya-bench-"));
    log("Building the page and the bundles …");
    const contenders = [await createPlaygroundContender(persistTo), await createBundleContender(PAGE_PROGRAMS)];
    try {
      const samples = await runRounds(browser, contenders, log);
      const names = contenders.map(({ name }) => name);
      return {
        tables: [report(samples, names)],
        series: samples.series,
        about: { chromium: browser.version(), rounds: ROUNDS },
      };
    } finally {
      for (const contender of contenders) await contender.stop();
      await browser.close();
      rmSync(persistTo, { recursive: true, force: true });
    }
  },
};

/** Interleaved, so that what else the machine does hits all of them alike. Round 0 warms the edge and is not counted. */
async function runRounds(browser: Browser, contenders: readonly Contender[], log: Log): Promise<Samples> {
  const samples = new Samples();
  for (let round = 0; round <= ROUNDS; round++) {
    log(round === 0 ? "Warming the edge …" : `Round ${round} of ${ROUNDS} …`);
    for (const program of PAGE_PROGRAMS) {
      for (const contender of contenders) {
        const measured = await measureModes(browser, contender, program);
        if (round === 0) continue;
        for (const mode of MODES) {
          const { ms, requests } = measured[mode];
          samples.add(`${program.name}, ${mode}`, contender.name, ms);
          samples.add(`${program.name}, ${mode}`, requestsOf(contender.name), requests, "requests");
        }
      }
    }
  }
  return samples;
}

async function measureModes(
  browser: Browser,
  contender: Contender,
  program: (typeof PAGE_PROGRAMS)[number],
): Promise<Record<Mode, Measurement>> {
  await contender.start();
  const context = await browser.newContext();
  const cold = await measure(contender, context, program);
  const warm = await measure(contender, context, program);
  await contender.stop();
  const offline = await measure(contender, context, program);
  await context.close();
  return { cold, warm, offline };
}

function requestsOf(contender: string): string {
  return `${contender}, requests`;
}

function report(samples: Samples, contenders: readonly string[]): Table {
  const rows = PAGE_PROGRAMS.flatMap(({ name }) =>
    MODES.map((mode) => {
      const subject = `${name}, ${mode}`;
      const medians = contenders.map((contender) => samples.median(subject, contender));
      const cells = contenders.flatMap((contender) => [
        formatTimes(samples.values(subject, contender)),
        String(samples.median(subject, requestsOf(contender))),
      ]);
      return [subject, ...cells, formatRatio((medians[0] ?? 0) / (medians[1] ?? 0), () => true)];
    }),
  );
  const head = ["program", ...contenders.flatMap((name) => [`${name}, ms`, "requests"]), "ratio"];
  return { title: "Page: from Run to the result", rows: [head, ...rows] };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright";
import { findBrowser } from "../../scripts/browser.mjs";
import { createBundleContender } from "./bundle-contender.ts";
import { measure, type Contender, type Measurement } from "./contender.ts";
import { createPlaygroundContender } from "./playground-contender.ts";
import { PROGRAMS, type BenchProgram } from "./programs.ts";
import { formatReport, MODES, type Mode, type Sample } from "./report.ts";

// How long from Run to the result, and how many requests: Raya beside the same program as one static bundle.
//   cold     a new browser profile; the page is open, the edge has the packages
//   warm     a new tab of the profile that ran it before
//   offline  the same with the server stopped

const ROUNDS = 5;

const { executablePath, env } = await findBrowser();
const browser = await chromium.launch({ executablePath, ...(env && { env: { ...process.env, ...env } }) });
const persistTo = mkdtempSync(join(tmpdir(), "raya-bench-"));
const packages = fileURLToPath(new URL("../../.raya/bench/", import.meta.url));
console.log("Building the page and the bundles …");
const contenders = [await createPlaygroundContender(persistTo), await createBundleContender(PROGRAMS, packages)];
try {
  await writeReport(await runRounds());
} finally {
  for (const contender of contenders) await contender.stop();
  await browser.close();
  rmSync(persistTo, { recursive: true, force: true });
}

/** Interleaved, so that what else the machine does hits all of them alike. Round 0 warms the edge and is not counted. */
async function runRounds(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    console.log(round === 0 ? "Warming the edge …" : `Round ${round} of ${ROUNDS} …`);
    for (const program of PROGRAMS) {
      for (const contender of contenders) {
        const measured = await measureModes(browser, contender, program);
        if (round === 0) continue;
        for (const mode of MODES)
          samples.push({ program: program.name, contender: contender.name, mode, ...measured[mode] });
      }
    }
  }
  return samples;
}

async function measureModes(
  where: Browser,
  contender: Contender,
  program: BenchProgram,
): Promise<Record<Mode, Measurement>> {
  await contender.start();
  const context = await where.newContext();
  const cold = await measure(contender, context, program);
  const warm = await measure(contender, context, program);
  await contender.stop();
  const offline = await measure(contender, context, program);
  await context.close();
  return { cold, warm, offline };
}

async function writeReport(samples: readonly Sample[]): Promise<void> {
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "unknown",
    arch: arch(),
    node: process.versions.node,
    chromium: browser.version(),
    rounds: ROUNDS,
    date: new Date().toISOString(),
  };
  writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify({ machine, samples }, null, 2)}\n`);
  console.log(formatReport(machine, samples));
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright";
import type { BenchProgram } from "../program.ts";
import { PROGRAMS } from "../programs.ts";
import { atMost, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { assertSameVersions } from "../workspace/assert-same-versions.ts";
import { launchProfile } from "../workspace/chromium.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";
import { type Files, servePage } from "../workspace/serve-page.ts";
import { BASE, storeProgram } from "../workspace/stored-program.ts";
import type { StartPageProgram } from "./start-page.ts";

const WARM_ROUNDS = 9;
const COLD_ROUNDS = 3;
const OF_WARM_BUNDLE = 1.1;
const OF_COLD_BUNDLE = 1.5;

const CONTENDERS = ["raya", "bundle"] as const;

/** From objects in IndexedDB to a program that has run, beside an unminified bundle in IndexedDB and a blob: URL. */
export const section: Section = {
  name: "start",
  what: "offline start in Chromium: stored objects, linked and run, beside a stored bundle",
  async measure(log) {
    const samples = new Samples();
    const served = await servePage(new URL("start-page.ts", import.meta.url), await servedFiles(log));
    const profile = mkdtempSync(join(tmpdir(), "raya-bench-profile-"));
    try {
      const chromium = await measureWarm(profile, served.url, samples, log);
      await measureCold(profile, served.url, samples, log);
      const about = { chromium, warmRounds: WARM_ROUNDS, coldRounds: COLD_ROUNDS };
      return { tables: [reportWarm(samples), reportCold(samples)], series: samples.series, about };
    } finally {
      await served.close();
      rmSync(profile, { recursive: true, force: true });
    }
  },
};

/** Stores everything, then starts each in turns in one process. Round 0 warms it up. Gives the browser's version. */
async function measureWarm(profile: string, url: string, samples: Samples, log: Log): Promise<string> {
  const context = await launchProfile(profile);
  const page = await context.newPage();
  await page.goto(url);
  for (const { name } of PROGRAMS) await page.evaluate((program) => window.startBench.store(program), name);
  for (let round = 0; round <= WARM_ROUNDS; round++) {
    log(`Warm, round ${round} of ${WARM_ROUNDS} …`);
    for (const program of PROGRAMS) {
      for (const contender of CONTENDERS)
        await takeSample(page, program, contender, round === 0 ? "early" : "warm", samples);
    }
  }
  const version = context.browser()?.version() ?? "unknown";
  await context.close();
  return version;
}

/** Each start in a new browser process, whose first frame it is. */
async function measureCold(profile: string, url: string, samples: Samples, log: Log): Promise<void> {
  for (let round = 1; round <= COLD_ROUNDS; round++) {
    log(`Cold, round ${round} of ${COLD_ROUNDS} …`);
    for (const program of PROGRAMS) {
      for (const contender of CONTENDERS) {
        const context = await launchProfile(profile);
        const page = await context.newPage();
        await page.goto(url);
        await takeSample(page, program, contender, "cold", samples);
        await context.close();
      }
    }
  }
}

async function takeSample(
  page: Page,
  { name }: BenchProgram,
  contender: (typeof CONTENDERS)[number],
  mode: string,
  samples: Samples,
): Promise<void> {
  if (contender === "raya") {
    const { inFrame, total, load } = await page.evaluate((program) => window.startBench.raya(program), name);
    samples.add(name, `raya, ${mode}`, inFrame);
    samples.add(name, `raya, ${mode}, with the frame`, total);
    samples.add(name, `raya, ${mode}, load`, load);
  } else {
    const { inFrame, total } = await page.evaluate((program) => window.startBench.bundle(program), name);
    samples.add(name, `bundle, ${mode}`, inFrame);
    samples.add(name, `bundle, ${mode}, with the frame`, total);
  }
}

async function servedFiles(log: Log): Promise<Files> {
  const folder = measuredPackages();
  const files: Record<string, () => string | Uint8Array> = {};
  for (const program of PROGRAMS) {
    log(`Storing ${program.name} …`);
    const stored = await storeProgram(program);
    await assertSameVersions(program, stored, folder);
    const page: StartPageProgram = {
      base: BASE,
      project: stored.project,
      lockfile: stored.lockfile,
      records: [...stored.records],
      objects: [...stored.objects.keys()],
    };
    const { outputFiles } = await build(bundleOptions(program, folder));
    files[`/programs/${program.name}`] = () => JSON.stringify(page);
    files[`/bundles/${program.name}`] = () => outputFiles[0]?.contents ?? "";
    for (const [digest, bytes] of stored.objects) files[`/objects/${digest}`] = () => bytes;
  }
  return files;
}

function reportWarm(samples: Samples): Table {
  const rows = PROGRAMS.map(({ name }) => {
    const ratio = (suffix: string) =>
      samples.median(name, `raya, ${suffix}`) / samples.median(name, `bundle, ${suffix}`);
    return [
      name,
      formatTimes(samples.values(name, "raya, warm")),
      formatTimes(samples.values(name, "raya, warm, load")),
      formatTimes(samples.values(name, "bundle, warm")),
      formatRatio(ratio("warm"), atMost(OF_WARM_BUNDLE)),
      formatRatio(ratio("warm, with the frame"), () => true),
    ];
  });
  const head = [
    "program",
    "Raya, ms",
    "until linked",
    "bundle, ms",
    `ratio, ≤ ${OF_WARM_BUNDLE}`,
    "with opening the frame",
  ];
  return { title: "Start in a warm process: from IndexedDB to a program that has run", rows: [head, ...rows] };
}

function reportCold(samples: Samples): Table {
  const rows = PROGRAMS.map(({ name }) => [
    name,
    formatTimes(samples.values(name, "raya, cold")),
    formatTimes(samples.values(name, "raya, cold, load")),
    formatTimes(samples.values(name, "bundle, cold")),
    formatRatio(samples.median(name, "raya, cold") / samples.median(name, "bundle, cold"), atMost(OF_COLD_BUNDLE)),
  ]);
  const head = ["program", "Raya, ms", "until linked", "bundle, ms", `ratio, ≤ ${OF_COLD_BUNDLE}`];
  return { title: "Start in a new browser process", rows: [head, ...rows] };
}

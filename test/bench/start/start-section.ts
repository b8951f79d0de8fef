import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright";
import type { BenchProgram } from "../program.ts";
import { PROGRAMS } from "../programs.ts";
import { atMost, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { assertSameVersions } from "../workspace/assert-same-versions.ts";
import { launchProfile } from "../workspace/chromium.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";
import { type Files, servePage } from "../workspace/serve-page.ts";
import { storeProgram } from "../workspace/stored-program.ts";
import type { StartPageProgram } from "./start-page.ts";

const WARM_ROUNDS = 9;
const COLD_ROUNDS = 3;
/** Of the bundle's time: from objects, from the image. */
const WARM_LIMITS = [1.1, 0.5] as const;
const COLD_LIMITS = [1.5, 0.5] as const;

/** Raya from its objects and from the image that an earlier start has left, and esbuild's bundle. */
const CONTENDERS = ["objects", "image", "bundle"] as const;

/** From objects in IndexedDB to a program that has run, beside an unminified bundle in IndexedDB that is imported from a blob: URL. */
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
      const tables = [
        report(samples, "warm", "Start in a warm process: from IndexedDB to a program that has run", WARM_LIMITS),
        report(samples, "cold", "Start in a new browser process", COLD_LIMITS),
      ];
      return { tables, series: samples.series, about };
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
  await page.evaluate(() => window.startBench.install());
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
  const times =
    contender === "bundle"
      ? await page.evaluate((program) => window.startBench.bundle(program), name)
      : await page.evaluate(([program, from]) => window.startBench.raya(program, from), [name, contender] as const);
  samples.add(name, `${contender}, ${mode}`, times.inFrame);
  samples.add(name, `${contender}, ${mode}, with the frame`, times.total);
  if (times.load !== undefined) samples.add(name, `${contender}, ${mode}, until there is an image`, times.load);
}

async function servedFiles(log: Log): Promise<Files> {
  const folder = measuredPackages();
  const files: Record<string, () => string | Uint8Array> = {};
  for (const program of PROGRAMS) {
    log(`Storing ${program.name} …`);
    const stored = await storeProgram(program);
    await assertSameVersions(program, stored, folder);
    const page: StartPageProgram = {
      base: stored.base,
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

function report(samples: Samples, mode: "warm" | "cold", title: string, limits: readonly [number, number]): Table {
  const rows = PROGRAMS.map(({ name }) => {
    const median = (what: string, suffix = "") => samples.median(name, `${what}, ${mode}${suffix}`);
    const times = (what: string) => formatTimes(samples.values(name, `${what}, ${mode}`));
    return [
      name,
      times("objects"),
      formatNumber(median("objects", ", until there is an image")),
      times("image"),
      times("bundle"),
      formatRatio(median("objects") / median("bundle"), atMost(limits[0])),
      formatRatio(median("image") / median("bundle"), atMost(limits[1])),
      ...["objects", "image"].map((what) =>
        formatRatio(median(what, ", with the frame") / median("bundle", ", with the frame"), () => true),
      ),
    ];
  });
  const times = ["from objects, ms", "of it until linked", "from the image, ms", "bundle, ms"];
  const ratios = [`objects, ≤ ${limits[0]}`, `image, ≤ ${limits[1]}`, "with opening the frame", "the same, image"];
  return { title, rows: [["program", ...times, ...ratios], ...rows] };
}

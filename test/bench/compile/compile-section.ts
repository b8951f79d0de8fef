import type { Page } from "playwright";
import { atLeast, formatNumber, formatRatio } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { launchChromium } from "../workspace/chromium.ts";
import { servePage } from "../workspace/serve-page.ts";
import type { CompileBench } from "./compile-page.ts";
import { timeCompile, toSourceFiles } from "./compile-sources.ts";
import { readSourceSets, type SourceSet } from "./source-sets.ts";

const ROUNDS = 7;
const MEGABYTES_PER_SECOND = 10;
const TIMES_ESBUILD = 8;

const NODE = "Raya in Node";
const PAGE = "Raya in Chromium";
const ESBUILD = "esbuild-wasm in Chromium";
const [FIRST_NODE, FIRST_PAGE, FIRST_ESBUILD] = [NODE, PAGE, ESBUILD].map((name) => `${name}, first`) as [
  string,
  string,
  string,
];

/** Throughput of compiling: parsing, analysing and writing the records of each file. */
export const section: Section = {
  name: "compile",
  what: "compiling in Node, and in Chromium beside esbuild-wasm's transform of the same files",
  async measure(log) {
    const sets = await readSourceSets();
    const samples = new Samples();
    for (let round = 0; round <= ROUNDS; round++) {
      log(`Node, round ${round} of ${ROUNDS} …`);
      for (const { name, sources } of sets) {
        const files = toSourceFiles(sources);
        samples.add(name, round === 0 ? FIRST_NODE : NODE, timeCompile(files));
      }
    }
    const chromium = await measureInChromium(sets, samples, log);
    return { tables: [report(sets, samples)], series: samples.series, about: { chromium, rounds: ROUNDS } };
  },
};

/** Gives the browser's version. */
async function measureInChromium(sets: readonly SourceSet[], samples: Samples, log: Log): Promise<string> {
  const browser = await launchChromium();
  const files = sets.map(({ name, sources }) => [`/sets/${name}`, () => JSON.stringify(sources)] as const);
  const served = await servePage(new URL("compile-page.ts", import.meta.url), Object.fromEntries(files));
  try {
    const page = await browser.newPage();
    await page.goto(served.url);
    samples.add("start", ESBUILD, await page.evaluate(() => window.compileBench.startEsbuild()));
    for (let round = 0; round <= ROUNDS; round++) {
      log(`Chromium, round ${round} of ${ROUNDS} …`);
      for (const { name } of sets) {
        samples.add(name, round === 0 ? FIRST_PAGE : PAGE, await time(page, "raya", name));
        samples.add(name, round === 0 ? FIRST_ESBUILD : ESBUILD, await time(page, "esbuild", name));
      }
    }
    return browser.version();
  } finally {
    await browser.close();
    await served.close();
  }
}

function time(page: Page, compiler: Exclude<keyof CompileBench, "startEsbuild">, set: string): Promise<number> {
  return page.evaluate(([name, of]) => window.compileBench[name](of), [compiler, set] as const);
}

function report(sets: readonly SourceSet[], samples: Samples): Table {
  const bytesOf = (some: readonly SourceSet[]): number => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const row = (name: string, some: readonly SourceSet[]): string[] => {
    const took = (contender: string): number => some.reduce((sum, set) => sum + samples.median(set.name, contender), 0);
    const speed = (contender: string): number => bytesOf(some) / 1000 / took(contender);
    return [
      name,
      String(some.reduce((sum, { sources }) => sum + sources.length, 0)),
      formatNumber(bytesOf(some) / 1e6),
      formatNumber(speed(FIRST_NODE)),
      formatRatio(speed(NODE), atLeast(MEGABYTES_PER_SECOND)),
      `${formatNumber(speed(FIRST_PAGE))} / ${formatNumber(speed(PAGE))}`,
      `${formatNumber(speed(FIRST_ESBUILD))} / ${formatNumber(speed(ESBUILD))}`,
      formatRatio(speed(PAGE) / speed(ESBUILD), atLeast(TIMES_ESBUILD)),
    ];
  };
  const rows = [...sets.map((set) => row(set.name, [set])), row("all of them", sets)];
  const head = ["files of", "files", "MB", "Node, first", `Node, ≥ ${MEGABYTES_PER_SECOND}`];
  const browserHead = ["Chromium, first / then", "esbuild-wasm, first / then", `times, ≥ ${TIMES_ESBUILD}`];
  return { title: "Compile: MB of source a second, one thread, medians", rows: [[...head, ...browserHead], ...rows] };
}

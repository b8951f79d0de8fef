import { build } from "esbuild";
import { nodeSha256 } from "../../../src/platform/node/host.ts";
import { PROGRAMS } from "../programs.ts";
import { atMost, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Host } from "../../../src/host.ts";
import type { Log, Section } from "../section.ts";
import { assertSameVersions } from "../workspace/assert-same-versions.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { createStoredHost } from "../workspace/memory-host.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";
import { type StoredProgram, storeProgram } from "../workspace/stored-program.ts";
import { measureInChromium } from "./link-in-chromium.ts";
import { loadStored } from "./load-stored.ts";

const ROUNDS = 15;
const OF_NATIVE = 0.1;
const OF_WASM = 0.05;

/** A program that both sides can make. */
export interface LinkedProgram {
  readonly program: (typeof PROGRAMS)[number];
  readonly stored: StoredProgram;
}

/** From stored objects to one image, beside esbuild from installed files to one bundle. */
export const section: Section = {
  name: "link",
  what: "stored objects to an image, beside native esbuild in Node and esbuild-wasm in Chromium",
  async measure(log) {
    const folder = measuredPackages();
    const programs: LinkedProgram[] = [];
    for (const program of PROGRAMS) {
      log(`Storing ${program.name} …`);
      const stored = await storeProgram(program);
      await assertSameVersions(program, stored, folder);
      programs.push({ program, stored });
    }
    const samples = await measureInNode(programs, folder, log);
    const chromium = await measureInChromium(programs, folder, samples, ROUNDS, log);
    return {
      tables: [reportNode(programs, samples), reportChromium(programs, samples)],
      series: samples.series,
      about: { chromium, rounds: ROUNDS },
    };
  },
};

/** Both in one process, in turns; round 0 warms them up. */
async function measureInNode(programs: readonly LinkedProgram[], folder: string, log: Log): Promise<Samples> {
  const samples = new Samples();
  const hosts = new Map<StoredProgram, { whole: Host; packages: Host }>();
  for (const { stored } of programs) hosts.set(stored, await createHosts(stored));
  for (let round = 0; round <= ROUNDS; round++) {
    log(`Node, round ${round} of ${ROUNDS} …`);
    for (const { program, stored } of programs) {
      const { whole, packages } = hosts.get(stored) ?? (await createHosts(stored));
      const { total, link } = await loadStored(whole, stored, "objects");
      const { total: fromPackages } = await loadStored(packages, stored, "objects");
      const started = performance.now();
      await build(bundleOptions(program, folder));
      const esbuild = performance.now() - started;
      const suffix = round === 0 ? ", first" : "";
      samples.add(program.name, `Raya in Node${suffix}`, total);
      samples.add(program.name, `Raya's linker in Node${suffix}`, link);
      samples.add(program.name, `Raya in Node, from packages${suffix}`, fromPackages);
      samples.add(program.name, `esbuild${suffix}`, esbuild);
    }
  }
  return samples;
}

/** A store that has everything, and one as another program with the same packages finds it: with their own objects. */
async function createHosts({ objects, records }: StoredProgram): Promise<{ whole: Host; packages: Host }> {
  const whole = { ...(await createStoredHost(objects, records)), sha256: nodeSha256 };
  const read: Host["records"]["read"] = async (key) =>
    key.startsWith("partial") ? undefined : whole.records.read(key);
  // Nothing is kept: the next round is to find what this one did.
  const write = async (): Promise<void> => undefined;
  return { whole, packages: { ...whole, records: { ...whole.records, read, write } } };
}

function reportNode(programs: readonly LinkedProgram[], samples: Samples): Table {
  const rows = programs.map(({ program: { name }, stored }) => [
    name,
    countModules(stored),
    formatTimes(samples.values(name, "Raya in Node")),
    formatNumber(samples.median(name, "Raya's linker in Node")),
    formatTimes(samples.values(name, "esbuild")),
    formatRatio(samples.median(name, "Raya in Node") / samples.median(name, "esbuild"), atMost(OF_NATIVE)),
    formatTimes(samples.values(name, "Raya in Node, from packages")),
    formatRatio(samples.median(name, "Raya in Node, from packages") / samples.median(name, "esbuild"), () => true),
  ]);
  const raya = ["Raya, ms", "linker alone", "native esbuild, ms", `ratio, ≤ ${OF_NATIVE}`];
  const head = ["program", "modules", ...raya, "from packages' own objects, ms", "ratio"];
  return { title: "Link in Node: from stored objects to an image", rows: [head, ...rows] };
}

function countModules({ packages }: StoredProgram): string {
  return String([...packages.values()].reduce((sum, modules) => sum + modules, 0));
}

function reportChromium(programs: readonly LinkedProgram[], samples: Samples): Table {
  const both = (name: string, contender: string): string =>
    `${formatNumber(samples.median(name, `${contender}, first`))} / ${formatTimes(samples.values(name, contender))}`;
  const rows = programs.map(({ program: { name } }) => [
    name,
    both(name, "Raya in Chromium"),
    both(name, "Raya's linker in Chromium"),
    both(name, "esbuild-wasm"),
    formatRatio(samples.median(name, "Raya in Chromium") / samples.median(name, "esbuild-wasm"), atMost(OF_WASM)),
  ]);
  const head = ["program", "Raya, first / then, ms", "linker alone", "esbuild-wasm, ms", `ratio, ≤ ${OF_WASM}`];
  return { title: "Link in Chromium: from stored objects to an image", rows: [head, ...rows] };
}

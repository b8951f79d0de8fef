import { printLock, printLockJson } from "../../../src/lock/print-lock.ts";
import type { Lock } from "../../../src/lock/lock.ts";
import { readManifests } from "../../../src/project/read-project-state.ts";
import { solveLock } from "../../../src/project/solve-lock.ts";
import { METADATA_ENDPOINT } from "../../../src/solve/fetch-metadata-ahead.ts";
import { readMetadataText } from "../../../src/solve/metadata-text.ts";
import { atLeast, atMost, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { lockOfSize, measureLockReading, reportLockReading } from "./lock-reading.ts";
import { createManagers, type Manager, MANAGERS } from "./package-managers.ts";
import { RayaContender } from "./raya-contender.ts";
import { readSolveCases, type SolveCase } from "./solve-cases.ts";
import { startProxy } from "./start-proxy.ts";

const ROUNDS = 5;
/** Solves in one process: the first is what a page does, the others what an open project does. */
const SOLVES = 8;
const LOCKED = 1000;

/** What Raya starts with, and what that is compared with. */
const STARTS = [
  { from: "edge", label: "cold", cache: "cold", atMostOfBun: 1 },
  { from: "kept", label: "warm, from bytes", cache: "warm", atMostOfBun: 2 },
  { from: "memory", label: "warm, in hand", cache: "warm", atMostOfBun: 2 },
] as const;
const TIMES_PNPM = 4;
const CODE_KEPT = "Raya, first, code kept";

/** From manifests to a lock, beside what package managers need for theirs, all through one proxy. */
export const section: Section = {
  name: "solve",
  what: "from manifests to a lock, beside bun, pnpm and npm through the same caching proxy; reading a lock",
  async measure(log) {
    const cases = readSolveCases();
    const proxy = await startProxy();
    const samples = new Samples();
    try {
      const edge = `${proxy.url}npm/`;
      const raya = await RayaContender.create(edge);
      const managers = createManagers(proxy.url);
      const locks: Lock[] = [];
      for (const one of cases) {
        log(`Filling the proxy for ${one.name} …`);
        locks.push(await keepMetadata(one, edge, raya));
        for (const manager of managers) await manager.lock(one, "cold");
      }
      if (cases[0] !== undefined) await raya.keepCode(cases[0]);
      await measureSolves(cases, raya, managers, samples, log);
      await measurePeaks(cases, raya, managers, samples, log);
      const lock = lockOfSize(LOCKED, locks.toReversed());
      const chromium = await measureLockReading({ toml: printLock(lock), json: printLockJson(lock) }, samples, log);
      return {
        tables: [reportSolves(cases, samples), reportPeaks(cases, samples), reportLockReading(lock, samples)],
        series: samples.series,
        about: { chromium, rounds: ROUNDS, ...MANAGERS },
      };
    } finally {
      await proxy.stop();
    }
  },
};

/** What a store would have of a project's metadata after it was solved once. */
async function keepMetadata(one: SolveCase, registry: string, raya: RayaContender): Promise<Lock> {
  let text = "";
  const context = {
    async prefetch(question: unknown) {
      const answer = await fetch(registry + METADATA_ENDPOINT, { method: "POST", body: JSON.stringify(question) });
      text = await answer.text();
      if (!answer.ok) throw new Error(`The edge answered ${answer.status}: ${text}`);
      return readMetadataText(text);
    },
    async packument(name: string): Promise<never> {
      throw new Error(`Not enough of "${name}" was sent`);
    },
  };
  const project = readManifests(new Map(Object.entries(one.files)));
  const { lock } = await solveLock({ project, registries: [registry] }, context, {
    now: Date.now(),
    minimumReleaseAge: 0,
  });
  raya.keep(one, text);
  return lock;
}

/** In turns, so that what else the machine does hits all alike. */
async function measureSolves(
  cases: readonly SolveCase[],
  raya: RayaContender,
  managers: readonly Manager[],
  samples: Samples,
  log: Log,
): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    log(`Round ${round} of ${ROUNDS} …`);
    for (const one of cases) {
      for (const { from, label } of STARTS) {
        const { ms, process } = await raya.lock(one, from, { rounds: from === "edge" ? 1 : SOLVES });
        const [first = Number.NaN, ...others] = ms;
        samples.add(subjectOf(one, label), "Raya, first", first);
        const withCode = await raya.lock(one, from, { hasCode: true });
        samples.add(subjectOf(one, label), CODE_KEPT, withCode.ms[0] ?? Number.NaN);
        for (const other of others) samples.add(subjectOf(one, label), "Raya, then", other);
        if (from === "edge") samples.add(subjectOf(one, label), "Raya, process", process.ms);
      }
      for (const manager of managers) {
        for (const cache of ["cold", "warm"] as const) {
          const { ms } = await manager.lock(one, cache);
          samples.add(subjectOf(one, cache), manager.name, ms);
        }
      }
    }
  }
}

async function measurePeaks(
  cases: readonly SolveCase[],
  raya: RayaContender,
  managers: readonly Manager[],
  samples: Samples,
  log: Log,
): Promise<void> {
  log("Memory …");
  for (const one of cases) {
    for (const { from, label } of STARTS) {
      const { process } = await raya.lock(one, from, { watchesMemory: true });
      addPeak(samples, subjectOf(one, label), "Raya", process.peak);
    }
    for (const manager of managers) {
      for (const cache of ["cold", "warm"] as const) {
        const { peak } = await manager.lock(one, cache, true);
        addPeak(samples, subjectOf(one, cache), manager.name, peak);
      }
    }
  }
}

function addPeak(samples: Samples, subject: string, contender: string, peak: number | undefined): void {
  if (peak !== undefined) samples.add(subject, `${contender}, peak`, peak / 1e6, "MB");
}

function reportSolves(cases: readonly SolveCase[], samples: Samples): Table {
  const rows = cases.flatMap((one) =>
    STARTS.map(({ label, cache, atMostOfBun }) => {
      const mine = subjectOf(one, label);
      const theirs = subjectOf(one, cache);
      const firsts = [samples.median(mine, "Raya, first"), samples.median(mine, CODE_KEPT)];
      const limit = cache === "warm" ? TIMES_PNPM : 0;
      return [
        mine,
        formatTimes(samples.values(mine, "Raya, first")),
        formatTimes(samples.values(mine, CODE_KEPT)),
        formatNumber(samples.median(mine, "Raya, then")),
        ...(["bun", "pnpm", "npm"] as const).map((name) => formatTimes(samples.values(theirs, name))),
        ...firsts.map(
          (ms) => `${formatRatio(ms / samples.median(theirs, "bun"), atMost(atMostOfBun))} of ${atMostOfBun}`,
        ),
        ...firsts.map((ms) => formatRatio(samples.median(theirs, "pnpm") / ms, atLeast(limit))),
      ];
    }),
  );
  const head = [
    "project",
    "Raya, first in a process, ms",
    "its code kept",
    "then",
    "bun",
    "pnpm",
    "npm",
    "of bun's",
    "code kept",
    `pnpm's, ≥ ${TIMES_PNPM} warm`,
    "code kept",
  ];
  return { title: "Solve: from manifests to a lock", rows: [head, ...rows] };
}

function reportPeaks(cases: readonly SolveCase[], samples: Samples): Table {
  const rows = cases.flatMap((one) =>
    STARTS.map(({ label, cache }) => {
      const peak = (subject: string, name: string): string => formatNumber(samples.median(subject, `${name}, peak`));
      const theirs = subjectOf(one, cache);
      return [
        subjectOf(one, label),
        peak(subjectOf(one, label), "Raya"),
        ...["bun", "pnpm", "npm"].map((name) => peak(theirs, name)),
      ];
    }),
  );
  const head = ["project", "Raya in Node, MB", "bun", "pnpm", "npm"];
  return { title: "Peak resident memory of one solve", rows: [head, ...rows] };
}

function subjectOf({ name }: SolveCase, label: string): string {
  return `${name}, ${label}`;
}

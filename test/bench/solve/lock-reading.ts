import { IMPORTER_KINDS, type Lock, type LockedRequest, lookup } from "../../../src/lock/lock.ts";
import { pruneLock } from "../../../src/lock/prune-lock.ts";
import { atMost, formatKilobytes, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log } from "../section.ts";
import { launchChromium } from "../workspace/chromium.ts";
import { servePage } from "../workspace/serve-page.ts";
import type { LockText } from "./lock-page.ts";

const ROUNDS = 30;
/** Milliseconds. */
const GOAL = 5;
const SUBJECT = "lock";
const FORMS = ["toml", "json"] as const;

/** One lock of several: as much of the others as it takes to have so many packages, and hardly more. */
export function lockOfSize(packages: number, [first, ...others]: readonly Lock[]): Lock {
  if (first === undefined) throw new Error("There is no lock to begin with");
  let lock = first;
  for (const [index, other] of others.entries()) {
    const root = lookup(other.importers, ".");
    const requests = IMPORTER_KINDS.flatMap((kind) => Object.entries(root?.[kind] ?? {}));
    for (const [name, request] of requests) {
      const larger = withRequest(lock, other, `packages/${index}`, name, request);
      const size = Object.keys(larger.packages).length;
      if (size <= packages * 1.05) lock = larger;
      if (size >= packages && lock === larger) return lock;
    }
  }
  return lock;
}

/** A lock with one thing more that a workspace asks for, as another lock has it. */
function withRequest(lock: Lock, other: Lock, path: string, name: string, request: LockedRequest): Lock {
  const dependencies = { ...lock.importers[path]?.dependencies, [name]: request };
  const importer = { dependencies, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };
  return pruneLock({
    ...lock,
    importers: { ...lock.importers, [path]: importer },
    packages: { ...other.packages, ...lock.packages },
  });
}

/** Reads and checks a lock again and again in one page. Gives the browser's version. */
export async function measureLockReading(
  texts: Readonly<Record<(typeof FORMS)[number], string>>,
  samples: Samples,
  log: Log,
): Promise<string> {
  log("Reading the lock in Chromium …");
  const browser = await launchChromium();
  const served = await servePage(new URL("lock-page.ts", import.meta.url), {
    "/lock": () => JSON.stringify(texts satisfies Record<LockText, string>),
  });
  try {
    for (const form of FORMS) {
      const page = await browser.newPage();
      await page.goto(served.url);
      await page.evaluate(() => window.lockBench.prepare());
      const times = await page.evaluate(([one, rounds]) => window.lockBench.read(one, rounds), [form, ROUNDS] as const);
      const [cold = Number.NaN, ...others] = times;
      samples.add(SUBJECT, `${form}, first`, cold);
      for (const other of others) samples.add(SUBJECT, form, other);
      samples.add(SUBJECT, `${form}, text`, texts[form].length, "bytes");
      await page.close();
    }
    return browser.version();
  } finally {
    await browser.close();
    await served.close();
  }
}

export function reportLockReading(lock: Lock, samples: Samples): Table {
  const rows = FORMS.map((form) => [
    form.toUpperCase(),
    String(Object.keys(lock.packages).length),
    formatKilobytes(samples.median(SUBJECT, `${form}, text`)),
    formatNumber(samples.median(SUBJECT, `${form}, first`)),
    formatTimes(samples.values(SUBJECT, form)),
    formatRatio(samples.median(SUBJECT, form), atMost(GOAL)),
  ]);
  const head = ["lock", "packages", "KB", "first in the page, ms", "then", `median, ≤ ${GOAL}`];
  return { title: "Reading and checking a lock in Chromium", rows: [head, ...rows] };
}

/**
 * Differential test: generated programs, run by Node and by the loader, have to behave the same.
 *
 *     node test/differential/run.ts --kind esm --seeds 1-10000
 *
 * --kind esm|mixed      ES modules only, or ES modules and CommonJS
 * --seeds FIRST-LAST    default 1-1000
 * --mode image|modules  how the loader starts the program; default image
 * --packaged            the program is a package that a project imports
 * --awaits SHARE        share of programs with top-level await; default 0
 * --known               also what is known to differ
 * --jobs COUNT          processes at a time; default 1
 * --shrink COUNT        how many programs that differ in the same way are made smaller and shown; default 1
 * --show SEED           prints one program and what both make of it
 */
import { parseArgs } from "node:util";
import { printFiles } from "./program.ts";
import type { Report, Task } from "./protocol.ts";
import { runTasks } from "./run-tasks.ts";

const { values } = parseArgs({
  options: {
    kind: { type: "string", default: "esm" },
    seeds: { type: "string", default: "1-1000" },
    mode: { type: "string", default: "image" },
    packaged: { type: "boolean", default: false },
    known: { type: "boolean", default: false },
    awaits: { type: "string", default: "0" },
    jobs: { type: "string", default: "1" },
    shrink: { type: "string", default: "1" },
    show: { type: "string" },
  },
});

/** Seeds for one process: few enough that what modules leave behind does not matter. */
const CHUNK = 250;

function readOptions(): Task {
  const { kind, mode } = values;
  if (kind !== "esm" && kind !== "mixed") throw new RangeError(`--kind is esm or mixed, not ${kind}`);
  if (mode !== "image" && mode !== "modules") throw new RangeError(`--mode is image or modules, not ${mode}`);
  const [from = Number.NaN, to = from] = (values.show ?? values.seeds).split("-").map(Number);
  if (!Number.isInteger(from) || !Number.isInteger(to)) throw new RangeError("--seeds is FIRST-LAST");
  const { packaged, known } = values;
  const shrinks = { each: Number(values.shrink), done: {} };
  return { kind, mode, packaged, known, from, to, awaits: Number(values.awaits), shrinks };
}

function printReport(report: Report): void {
  if (report.result === "same") return;
  console.log(`\n━━ seed ${report.seed}: ${report.result}`);
  console.log(printFiles(report.program.files));
  if (report.result === "invalid") console.log(report.reason);
  else console.log(`native: ${report.native}\nours:   ${report.ours}`);
}

const all = readOptions();
const ends = new Map<string, number>();
const failed: number[] = [];
/** Seeds by the way in which they differ. */
const ways = new Map<string, number[]>();
let passed = 0;
const start = performance.now();

await runTasks(all, { jobs: Number(values.jobs), chunk: CHUNK }, (report) => {
  if (report.result === "same") {
    passed++;
    ends.set(report.end, (ends.get(report.end) ?? 0) + 1);
  } else failed.push(report.seed);
  if (report.result === "different") ways.set(report.way, [...(ways.get(report.way) ?? []), report.seed]);
  if (report.result === "invalid" || (report.result === "different" && report.isSmall)) printReport(report);
  if ((passed + failed.length) % 1000 === 0) console.log(`${passed + failed.length} run, ${failed.length} differ`);
});

for (const [way, seeds] of ways) console.log(`${seeds.length} × ${way}: ${seeds.slice(0, 20).join(" ")}`);
console.log(
  `ends: ${[...ends].map(([end, times]) => `${times} ${end}`).join(", ")}; ${((performance.now() - start) / 1000).toFixed(0)} s`,
);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;

/**
 * Differential test: generated programs, run by Node and by the loader, have to behave the same, or differ in a way that
 * the table in `docs/linking.md` lists. It fails where one differs otherwise.
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
  if (report.result === "same" || report.result === "listed") return;
  console.log(`\n━━ seed ${report.seed}: ${report.result}`);
  console.log(printFiles(report.program.files));
  if (report.result === "invalid") console.log(report.reason);
  else console.log(`native: ${report.native}\nours:   ${report.ours}`);
}

function printSeeds(seedsBy: ReadonlyMap<string, readonly number[]>): void {
  const most = [...seedsBy].toSorted(([, one], [, other]) => other.length - one.length);
  for (const [what, seeds] of most) console.log(`${seeds.length} × ${what}: ${seeds.slice(0, 20).join(" ")}`);
}

function note(seedsBy: Map<string, number[]>, what: string, seed: number): void {
  seedsBy.set(what, [...(seedsBy.get(what) ?? []), seed]);
}

const all = readOptions();
const ends = new Map<string, number[]>();
/** Seeds by rows of the table in `docs/linking.md`. */
const listed = new Map<string, number[]>();
/** Seeds by other ways in which they differ. */
const ways = new Map<string, number[]>();
const start = performance.now();
const count = (seedsBy: ReadonlyMap<string, readonly number[]>): number => [...seedsBy.values()].flat().length;

await runTasks(all, { jobs: Number(values.jobs), chunk: CHUNK }, (report) => {
  const { seed, result } = report;
  if (result === "same") note(ends, report.end, seed);
  else if (result === "listed") note(listed, report.rows.join(" – and – "), seed);
  else note(ways, result === "different" ? report.way : result, seed);
  if (result === "invalid" || (result === "different" && report.isSmall)) printReport(report);
  const run = count(ends) + count(listed) + count(ways);
  if (run % 1000 === 0) console.log(`${run} run, ${run - count(ends)} differ, ${count(ways)} in no listed way`);
});

const seconds = ((performance.now() - start) / 1000).toFixed(0);
const endings = [...ends].map(([end, seeds]) => `${seeds.length} ${end}`).join(", ");
console.log(`\nas Node, in ${seconds} s: ${endings}`);
console.log("differ in a listed way:");
printSeeds(listed);
console.log("differ otherwise:");
printSeeds(ways);
const total = count(ends) + count(listed) + count(ways);
console.log(
  `${total} graphs: ${count(ends)} as Node, ${count(listed)} differ in a listed way, ${count(ways)} otherwise`,
);
process.exitCode = count(ways) > 0 || count(ends) === 0 ? 1 : 0;

/** A process that runs some of the seeds: what modules leave behind in it goes when it ends. */
import { compare, type Difference, isDifference, type Runner, smallestDifference, wayOf } from "./compare.ts";
import { generate } from "./generate.ts";
import { createSubject } from "./linked.ts";
import { explain } from "./listed/explain.ts";
import { protectBuiltins } from "./observe.ts";
import { createOracle } from "./oracle.ts";
import { printOutcome } from "./program.ts";
import type { Report, Task } from "./protocol.ts";
import { syntaxError } from "./syntax.ts";

protectBuiltins();
// Programs leave rejected promises behind; what they log tells enough.
process.on("unhandledRejection", () => undefined);
process.on("message", (task: Task) => {
  runSeeds(task).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function runSeeds(task: Task): Promise<void> {
  const oracle = createOracle(task.kind);
  const subject = createSubject(task);
  const done: Record<string, number> = { ...task.shrinks.done };
  for (let seed = task.from; seed <= task.to; seed++) {
    const report = await runSeed(seed, task, oracle.run, subject, (way) => (done[way] ?? 0) < task.shrinks.each);
    if (report.result === "different" && report.isSmall) done[report.way] = (done[report.way] ?? 0) + 1;
    await new Promise<void>((resolve) => process.send?.(report, () => resolve()));
  }
  oracle.close();
}

async function runSeed(
  seed: number,
  task: Task,
  oracle: Runner,
  subject: Runner,
  maySearch: (way: string) => boolean,
): Promise<Report> {
  const program = generate(seed, task);
  for (const [path, text] of Object.entries(program.files)) {
    const reason = syntaxError(path, text);
    if (reason !== undefined) return { seed, result: "invalid", program, reason: `${path}: ${reason}` };
  }
  const result = await compare(program, oracle, subject);
  if (!isDifference(result)) return { seed, result: "same", end: result.end };
  const rows = await explain(result, oracle, subject);
  if (rows !== undefined) return { seed, result: "listed", rows };
  const way = wayOf(result);
  const isSmall = maySearch(way);
  const isListed = async (smaller: Difference) => (await explain(smaller, oracle, subject)) !== undefined;
  const found = isSmall ? await smallestDifference(result, oracle, subject, isListed) : result;
  return {
    seed,
    result: "different",
    way,
    isSmall,
    program: found.program,
    native: printOutcome(found.native),
    ours: printOutcome(found.ours),
  };
}

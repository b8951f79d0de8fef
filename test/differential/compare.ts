import type { Outcome, TestProgram } from "./program.ts";
import { printOutcome } from "./program.ts";
import { shrink } from "./shrink.ts";

/** Runs a program in one of the two ways; `patience` in milliseconds. */
export type Runner = (program: TestProgram, patience: number) => Promise<Outcome>;

export interface Difference {
  readonly program: TestProgram;
  readonly native: Outcome;
  readonly ours: Outcome;
}

/** Milliseconds after which a run is taken for one that never ends; machines may be busy with other things. */
const PATIENCE = { native: 1000, ours: 10_000 };

/** The outcome where both ways agree, else what differs. */
export async function compare(program: TestProgram, oracle: Runner, subject: Runner): Promise<Outcome | Difference> {
  const native = await oracle(program, PATIENCE.native);
  // Nothing can be learned from what Node refuses, such as a cycle through the require of an ES module.
  if (isRefused(native)) return { ...native, end: "refused" };
  const ours = await runOurs(program, native, subject);
  return sameOutcome(native, ours) ? native : { program, native, ours };
}

export function runOurs(program: TestProgram, native: Outcome, subject: Runner): Promise<Outcome> {
  const isPending = native.end === "pending" || native.log.some((line) => line.endsWith("pending"));
  return subject(program, isPending ? PATIENCE.native : PATIENCE.ours);
}

export function isDifference(result: Outcome | Difference): result is Difference {
  return "native" in result;
}

/** The smallest program that differs in the way this one does, and whose difference is not one that `isListed`. */
export async function smallestDifference(
  found: Difference,
  oracle: Runner,
  subject: Runner,
  isListed: (difference: Difference) => Promise<boolean>,
): Promise<Difference> {
  const wanted = wayOf(found);
  let smallest = found;
  await shrink(found.program, async (program) => {
    const native = await oracle(program, PATIENCE.native);
    if (isRefused(native) || native.end !== found.native.end) return false;
    const ours = await runOurs(program, native, subject);
    const smaller = { program, native, ours };
    if (sameOutcome(native, ours) || wayOf(smaller) !== wanted || (await isListed(smaller))) return false;
    smallest = smaller;
    return true;
  });
  return smallest;
}

/** How the runs end, and what kind of line is the first that differs: mostly equal where the cause is. */
export function wayOf({ native, ours }: Difference): string {
  const [first, second] = [printOutcome(native).split("\n"), printOutcome(ours).split("\n")];
  const at = first.findIndex((line, index) => line !== second[index]);
  const kind = (line = "nothing"): string => line.replaceAll(/m\d\.\d+/g, "m").slice(0, 14);
  const lines = native.end === ours.end ? [kind(first[at]), kind(second[at])] : [first[0], second[0]];
  return lines.join(" ≠ ");
}

function isRefused({ end, log }: Outcome): boolean {
  return end === "refused" || log.some((line) => line.endsWith("!refused"));
}

export function sameOutcome(one: Outcome, other: Outcome): boolean {
  return printOutcome(one) === printOutcome(other);
}

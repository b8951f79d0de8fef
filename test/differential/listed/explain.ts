import { type Difference, type Runner, runOurs, sameOutcome } from "../compare.ts";
import { type Outcome, printOutcome, type TestProgram } from "../program.ts";
import type { Cause, Removal } from "./cause.ts";
import { CAUSES } from "./causes.ts";

/** How many causes a difference may have. */
const MOST = 3;
/** Milliseconds for Node. */
const PATIENCE = 1000;

/** A program on its way to behaving the same: as Node is given it, and what both make of it. */
interface State extends Difference {
  /** As the loader is given it; `program` is Node's. */
  readonly subject: TestProgram;
  readonly causes: readonly Cause[];
}

/**
 * The rows that explain a difference, all of it: with them the outcomes are the same to the letter. Undefined where something
 * is left.
 */
export async function explain(found: Difference, oracle: Runner, subject: Runner): Promise<string[] | undefined> {
  let states: State[] = [{ ...found, subject: found.program, causes: [] }];
  for (let count = 1; count <= MOST; count++) {
    const next: State[] = [];
    for (const state of states) {
      for await (const further of furtherStates(state, oracle, subject)) {
        if (sameOutcome(further.native, further.ours)) return further.causes.map(({ row }) => row);
        next.push(further);
      }
    }
    states = next;
  }
  return undefined;
}

/** With one more cause, where that changes anything. */
async function* furtherStates(state: State, oracle: Runner, subject: Runner): AsyncGenerator<State> {
  for (const cause of CAUSES) {
    if (state.causes.includes(cause)) continue;
    const causes = [...state.causes, cause];
    for (const program of cause.models?.(state.program, state.native) ?? []) {
      const native = await oracle(program, PATIENCE);
      if (!sameOutcome(native, state.native)) yield { ...state, program, native, causes };
    }
    const without = cause.without && (await remove(state, cause.without, oracle, subject));
    if (without !== undefined) yield { ...without, causes };
  }
}

async function remove(
  state: State,
  { remove: rewrite, touches }: Removal,
  oracle: Runner,
  run: Runner,
): Promise<Omit<State, "causes"> | undefined> {
  const [program, subject] = [rewrite(state.program, state.native), rewrite(state.subject, state.native)];
  if (program === undefined || subject === undefined) return undefined;
  const native = await oracle(program, PATIENCE);
  if (!staysBut(touches, state.native, native)) return undefined;
  return { program, subject, native, ours: await runOurs(subject, native, run) };
}

/** Whether two outcomes have the same lines, save those that may change. */
function staysBut(touches: RegExp | undefined, before: Outcome, after: Outcome): boolean {
  const [was, is] = [before, after].map((outcome) => printOutcome(outcome).split("\n"));
  if (was === undefined || is === undefined || (touches === undefined && was.length !== is.length)) return false;
  return was.every((line, index) => line === is[index] || touches?.test(line) === true);
}

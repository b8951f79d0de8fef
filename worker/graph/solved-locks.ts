import type { GraphQuestion } from "../../src/load/graph/graph-question.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { FRESH_FOR } from "../load-copy.ts";

/** What a question was answered with. */
interface SolvedLock {
  readonly lock: string;
  /** Milliseconds since 1970: versions may have been published since. */
  readonly until: number;
}

/** Lockfiles by what was asked, as long as packuments are fresh: most questions are asked by many. */
export interface SolvedLocks {
  /** The question with the lockfile that answered it before. */
  recall(question: GraphQuestion): Promise<GraphQuestion>;
  /** @param lock all that the program needs is in it */
  keep(question: GraphQuestion, lock: string): Promise<void>;
}

export function createSolvedLocks({ memory, ports }: Edge): SolvedLocks {
  return {
    async recall(question) {
      const known = memory.get(await keyOf(question)) as SolvedLock | undefined;
      return known === undefined || known.until < ports.now() ? question : { ...question, lock: known.lock };
    },
    async keep(question, lock) {
      if (lock === question.lock) return;
      const solved: SolvedLock = { lock, until: ports.now() + FRESH_FOR };
      memory.set(await keyOf(question), solved, 2 * lock.length);
    },
  };
}

/** What somebody has already decides nothing. */
async function keyOf({ held: _held, ...question }: GraphQuestion): Promise<string> {
  return `solved:${await sha256Hex(encodeText(JSON.stringify(question)))}`;
}

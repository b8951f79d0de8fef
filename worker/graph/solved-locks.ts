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

/** What is known of a question. */
export interface KnownQuestion {
  /** With the lockfile that answered it before, where there is one. */
  readonly question: GraphQuestion;
  /** @param lock all that the program needs is in it */
  keep(lock: string): void;
}

/** Finds lockfiles by what was asked, as long as packuments are fresh: most questions are asked by many. */
export function createSolvedLocks({ memory, ports }: Edge): (question: GraphQuestion) => Promise<KnownQuestion> {
  return async (question) => {
    const key = await keyOf(question);
    const kept = memory.get(key) as SolvedLock | undefined;
    const known = kept !== undefined && kept.until >= ports.now() ? kept : undefined;
    return {
      question: known === undefined ? question : { ...question, lock: known.lock },
      keep(lock) {
        if (lock === question.lock || lock === known?.lock) return;
        // What was known grows no younger by being used.
        const solved: SolvedLock = { lock, until: known?.until ?? ports.now() + FRESH_FOR };
        memory.set(key, solved, 2 * lock.length);
      },
    };
  };
}

/** What somebody has already decides nothing. */
async function keyOf({ held: _held, ...question }: GraphQuestion): Promise<string> {
  return `solved:${await sha256Hex(encodeText(JSON.stringify(question)))}`;
}

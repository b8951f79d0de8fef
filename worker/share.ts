import type { EdgePorts } from "./edge.ts";

/** Does a piece of work once for all requests that want it at the same time. */
export type Share<T> = (key: string, produce: () => Promise<T>) => Promise<T>;

/** What sharing takes of the runtime. */
export type SharePorts = Pick<EdgePorts, "now" | "delay" | "waitUntil">;

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

interface Work<T> {
  readonly since: number;
  /** Undefined while it is under way. */
  outcome: Outcome<T> | undefined;
}

/** Milliseconds between two looks at the work of another request. */
const LOOK_EVERY = 4;
/** Milliseconds that a runtime grants work whose client has gone: what has not ended by then never will. */
const WORK_LIFE = 30_000;

/**
 * The work outlives the request that began it: the others that wait for it must not fail because one client went away.
 *
 * No request waits for a promise of another. Workerd ties promises and streams to the request that made them; under load it
 * has ended those who waited for another's as hung, and gone on with others in the wrong request, whose answers it then refused.
 * Whoever waits looks, by a timer of their own, whether the work is done. What is shared is plain data.
 */
export function createShare<T>(ports: SharePorts): Share<T> {
  const underWay = new Map<string, Work<T>>();
  const begin = (key: string, produce: () => Promise<T>): Promise<T> => {
    const work: Work<T> = { since: ports.now(), outcome: undefined };
    underWay.set(key, work);
    const own = produce().finally(() => {
      if (underWay.get(key) === work) underWay.delete(key);
    });
    const told = own.then(
      (value) => void (work.outcome = { value }),
      (error: unknown) => void (work.outcome = { error }),
    );
    ports.waitUntil?.(told);
    return own;
  };
  return async (key, produce) => {
    for (;;) {
      const work = underWay.get(key);
      if (work === undefined || ports.now() - work.since >= WORK_LIFE) return begin(key, produce);
      const outcome = await untilDone(work, ports);
      if (outcome !== undefined) return take(outcome);
    }
  };
}

/** What came of it; undefined if it is past its life. */
async function untilDone<T>(work: Work<T>, ports: SharePorts): Promise<Outcome<T> | undefined> {
  while (work.outcome === undefined && ports.now() - work.since < WORK_LIFE) await ports.delay(LOOK_EVERY);
  return work.outcome;
}

function take<T>(outcome: Outcome<T>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

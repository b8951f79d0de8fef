/** Runs a task when fewer than the cap are running. */
export type ParallelLimit = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Creates a cap on tasks that run at once; the others wait in the order in which they came (R7, P13). */
export function createParallelLimit(cap: number): ParallelLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= cap) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The slot goes to the next in line, or back.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

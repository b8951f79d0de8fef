import type { BuiltinParts } from "./builtin-realm.ts";

/** `timers`: the realm's own. */
export const timerParts: BuiltinParts = (_, { global, globals, require }) => ({
  clearImmediate: globals["clearImmediate"],
  clearInterval: (id: number) => global.clearInterval(id),
  clearTimeout: (id: number) => global.clearTimeout(id),
  promises: require("timers/promises"),
  setImmediate: globals["setImmediate"],
  setInterval: (run: () => void, delay?: number, ...values: unknown[]) => global.setInterval(run, delay, ...values),
  setTimeout: (run: () => void, delay?: number, ...values: unknown[]) => global.setTimeout(run, delay, ...values),
});

/** `timers/promises`: timers that are waited for. */
export const timerPromiseParts: BuiltinParts = (_, { global, globals }) => {
  interface Options {
    readonly signal?: AbortSignal;
  }
  const abortError = (signal: AbortSignal): Error =>
    Object.assign(new Error("The operation was aborted", { cause: signal.reason }), {
      name: "AbortError",
      code: "ABORT_ERR",
    });
  /** `start` is given what ends the wait, and gives what stops the timer. */
  const wait = <Value>(start: (done: () => void) => () => void, value: Value, { signal }: Options): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(abortError(signal));
      const stop = start(() => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      });
      function abort(): void {
        stop();
        reject(abortError(signal as AbortSignal));
      }
      signal?.addEventListener("abort", abort, { once: true });
    });
  const { setImmediate, clearImmediate } = globals as {
    readonly setImmediate: (run: () => void) => unknown;
    readonly clearImmediate: (id: unknown) => void;
  };
  const afterDelay = <Value>(delay?: number, value?: Value, options: Options = {}) =>
    wait(
      (done) => {
        const id = global.setTimeout(done, delay);
        return () => global.clearTimeout(id);
      },
      value,
      options,
    );
  const afterTurn = <Value>(value?: Value, options: Options = {}) =>
    wait(
      (done) => {
        const id = setImmediate(done);
        return () => clearImmediate(id);
      },
      value,
      options,
    );
  return {
    scheduler: {
      wait: (delay: number, options?: Options) => afterDelay(delay, undefined, options),
      yield: () => afterTurn(),
    },
    setImmediate: afterTurn,
    async *setInterval<Value>(delay?: number, value?: Value, options: Options = {}) {
      for (;;) yield await afterDelay(delay, value, options);
    },
    setTimeout: afterDelay,
  };
};

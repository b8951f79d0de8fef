import type { BuiltinParts } from "./builtin-realm.ts";

interface Emitter {
  readonly on: (name: PropertyKey, listener: (...values: unknown[]) => void) => unknown;
  readonly off: (name: PropertyKey, listener: (...values: unknown[]) => void) => unknown;
  readonly listeners: (name: PropertyKey) => unknown[];
  readonly getMaxListeners: () => number;
  readonly setMaxListeners: (count: number) => unknown;
}

/** `events`: what the package does not have yet. */
export const eventParts: BuiltinParts = (polyfill) => {
  const isEmitter = (target: unknown): target is Emitter =>
    typeof (target as Partial<Emitter> | null)?.listeners === "function";

  /** Events of a name, each as the array of its values, until the signal says stop. */
  const on = (emitter: Emitter, name: PropertyKey, { signal }: { signal?: AbortSignal } = {}) => {
    const values: unknown[][] = [];
    const waiting: { resolve(result: IteratorResult<unknown[]>): void; reject(error: unknown): void }[] = [];
    let failure: { error: unknown } | undefined;
    let ended = false;
    const hear = (...value: unknown[]): void => {
      const first = waiting.shift();
      if (first === undefined) values.push(value);
      else first.resolve({ value, done: false });
    };
    const fail = (error: unknown): void => {
      const first = waiting.shift();
      if (first === undefined) failure = { error };
      else first.reject(error);
      end();
    };
    const abort = (): void => {
      const error = new Error("The operation was aborted", { cause: signal?.reason });
      fail(Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
    };
    const end = (): void => {
      ended = true;
      emitter.off(name, hear);
      emitter.off("error", fail);
      signal?.removeEventListener("abort", abort);
      for (const one of waiting.splice(0)) one.resolve({ value: undefined, done: true });
    };
    emitter.on(name, hear);
    if (name !== "error") emitter.on("error", fail);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort);
    return {
      next: (): Promise<IteratorResult<unknown[]>> => {
        const value = values.shift();
        if (value !== undefined) return Promise.resolve({ value, done: false });
        if (failure !== undefined) {
          const { error } = failure;
          failure = undefined;
          return Promise.reject(error);
        }
        if (ended) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return: (): Promise<IteratorResult<unknown[]>> => {
        end();
        return Promise.resolve({ value: undefined, done: true });
      },
      throw: (error: unknown): void => fail(error),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };

  return {
    addAbortListener: (signal: AbortSignal, listener: () => void) => {
      if (signal.aborted) queueMicrotask(listener);
      else signal.addEventListener("abort", listener, { once: true });
      const remove = (): void => signal.removeEventListener("abort", listener);
      const dispose = (Symbol as { dispose?: symbol }).dispose;
      return dispose === undefined ? {} : { [dispose]: remove };
    },
    captureRejectionSymbol: Symbol.for("nodejs.rejection"),
    errorMonitor: Symbol("events.errorMonitor"),
    getEventListeners: (target: unknown, name: PropertyKey) => (isEmitter(target) ? target.listeners(name) : []),
    getMaxListeners: (target: unknown) =>
      isEmitter(target) ? target.getMaxListeners() : (polyfill["defaultMaxListeners"] as number),
    on,
    setMaxListeners: (count: number, ...targets: unknown[]) => {
      if (targets.length === 0) polyfill["defaultMaxListeners"] = count;
      for (const target of targets) if (isEmitter(target)) target.setMaxListeners(count);
    },
  };
};

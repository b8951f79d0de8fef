import type { BuiltinParts } from "./builtin-realm.ts";

/**
 * `async_hooks`: what can be had without the engine's help. A store is there for all that `run` calls, until it returns or
 * first awaits; what it left waiting finds none.
 */
export const asyncParts: BuiltinParts = () => {
  type Run = (...values: unknown[]) => unknown;
  class AsyncResource {
    readonly type: string;
    constructor(type: string) {
      this.type = type;
    }
    static bind(run: Run): Run {
      return AsyncLocalStorage.bind(run);
    }
    bind(run: Run): Run {
      return AsyncLocalStorage.bind(run);
    }
    runInAsyncScope(run: Run, self?: unknown, ...values: unknown[]): unknown {
      return run.apply(self, values);
    }
    emitDestroy(): this {
      return this;
    }
    asyncId(): number {
      return 1;
    }
    triggerAsyncId(): number {
      return 0;
    }
  }
  const storages = new Set<AsyncLocalStorage>();
  class AsyncLocalStorage {
    #store: unknown;
    readonly #default: unknown;
    readonly name: string;
    constructor({ defaultValue, name = "" }: { defaultValue?: unknown; name?: string } = {}) {
      this.#default = defaultValue;
      this.#store = defaultValue;
      this.name = name;
      storages.add(this);
    }
    /** Gives back what was there when `bind` was called, for as long as `run` takes. */
    static bind(run: Run): Run {
      const stores = [...storages].map((storage) => [storage, storage.#store] as const);
      return function (this: unknown, ...values) {
        const call = stores.reduce<() => unknown>(
          (inner, [storage, store]) =>
            () =>
              storage.run(store, inner),
          () => run.apply(this, values),
        );
        return call();
      };
    }
    static snapshot(): Run {
      return AsyncLocalStorage.bind((run, ...values) => (run as Run)(...values));
    }
    run(store: unknown, run: Run, ...values: unknown[]): unknown {
      const before = this.#store;
      this.#store = store;
      try {
        return run(...values);
      } finally {
        this.#store = before;
      }
    }
    exit(run: Run, ...values: unknown[]): unknown {
      return this.run(undefined, run, ...values);
    }
    enterWith(store: unknown): void {
      this.#store = store;
    }
    getStore(): unknown {
      return this.#store;
    }
    disable(): void {
      this.#store = this.#default;
    }
  }
  return {
    AsyncLocalStorage,
    AsyncResource,
    executionAsyncId: () => 1,
    executionAsyncResource: () => ({}),
    triggerAsyncId: () => 0,
  };
};

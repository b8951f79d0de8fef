import type { BuiltinParts } from "./builtin-realm.ts";

/** `diagnostics_channel`, whole: it needs nothing of the machine. */
export const channelParts: BuiltinParts = () => {
  type Listener = (message: unknown, name: PropertyKey) => void;
  type Run = (...values: unknown[]) => unknown;
  const channels = new Map<PropertyKey, Channel>();

  class Channel {
    readonly name: PropertyKey;
    readonly #listeners: Listener[] = [];
    constructor(name: PropertyKey) {
      this.name = name;
    }
    get hasSubscribers(): boolean {
      return this.#listeners.length > 0;
    }
    subscribe(listener: Listener): void {
      this.#listeners.push(listener);
    }
    unsubscribe(listener: Listener): boolean {
      const index = this.#listeners.indexOf(listener);
      if (index !== -1) this.#listeners.splice(index, 1);
      return index !== -1;
    }
    publish(message: unknown): void {
      for (const listener of this.#listeners.slice()) {
        try {
          listener(message, this.name);
        } catch (error) {
          // As in Node: it is uncaught, and disturbs neither the publisher nor the others.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
    runStores(message: unknown, run: Run, self?: unknown, ...values: unknown[]): unknown {
      this.publish(message);
      return run.apply(self, values);
    }
  }

  const channel = (name: PropertyKey): Channel => {
    const known = channels.get(name) ?? new Channel(name);
    channels.set(name, known);
    return known;
  };

  const PHASES = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;
  type Phases = Readonly<Record<(typeof PHASES)[number], Channel>>;
  class TracingChannel {
    readonly #phases: Phases;
    constructor(phases: Phases) {
      this.#phases = phases;
      Object.assign(this, phases);
    }
    get hasSubscribers(): boolean {
      return PHASES.some((phase) => this.#phases[phase].hasSubscribers);
    }
    subscribe(listeners: Partial<Record<(typeof PHASES)[number], Listener>>): void {
      for (const phase of PHASES) {
        const listener = listeners[phase];
        if (listener !== undefined) this.#phases[phase].subscribe(listener);
      }
    }
    unsubscribe(listeners: Partial<Record<(typeof PHASES)[number], Listener>>): boolean {
      return PHASES.every((phase) => {
        const listener = listeners[phase];
        return listener === undefined || this.#phases[phase].unsubscribe(listener);
      });
    }
    traceSync(run: Run, context: Record<string, unknown> = {}, self?: unknown, ...values: unknown[]): unknown {
      const { start, end, error: failed } = this.#phases;
      start.publish(context);
      try {
        return (context["result"] = run.apply(self, values));
      } catch (error) {
        context["error"] = error;
        failed.publish(context);
        throw error;
      } finally {
        end.publish(context);
      }
    }
    tracePromise(run: Run, context: Record<string, unknown> = {}, self?: unknown, ...values: unknown[]): unknown {
      const { start, end, asyncStart, asyncEnd, error: failed } = this.#phases;
      const settle = (field: "result" | "error", value: unknown): void => {
        context[field] = value;
        if (field === "error") failed.publish(context);
        asyncStart.publish(context);
        asyncEnd.publish(context);
      };
      start.publish(context);
      try {
        return Promise.resolve(run.apply(self, values)).then(
          (value) => {
            settle("result", value);
            return value;
          },
          (error: unknown) => {
            settle("error", error);
            throw error;
          },
        );
      } finally {
        end.publish(context);
      }
    }
    traceCallback(
      run: Run,
      position = -1,
      context: Record<string, unknown> = {},
      self?: unknown,
      ...values: unknown[]
    ): unknown {
      const { start, end, asyncStart, asyncEnd, error: failed } = this.#phases;
      const index = position < 0 ? values.length + position : position;
      const callback = values[index] as Run;
      values[index] = function (this: unknown, error: unknown, result: unknown, ...rest: unknown[]) {
        Object.assign(context, error ? { error } : { result });
        if (error) failed.publish(context);
        asyncStart.publish(context);
        try {
          return callback.call(this, error, result, ...rest);
        } finally {
          asyncEnd.publish(context);
        }
      };
      start.publish(context);
      try {
        return run.apply(self, values);
      } finally {
        end.publish(context);
      }
    }
  }

  return {
    Channel,
    channel,
    hasSubscribers: (name: PropertyKey) => channel(name).hasSubscribers,
    subscribe: (name: PropertyKey, listener: Listener) => channel(name).subscribe(listener),
    tracingChannel: (name: string | Phases) => {
      const phases =
        typeof name === "string"
          ? Object.fromEntries(PHASES.map((phase) => [phase, channel(`tracing:${name}:${phase}`)]))
          : name;
      return new TracingChannel(phases as Phases);
    },
    unsubscribe: (name: PropertyKey, listener: Listener) => channel(name).unsubscribe(listener),
  };
};

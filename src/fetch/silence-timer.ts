import type { LoaderError } from "../errors.ts";
import type { FetchContext } from "./retry.ts";

/** Gives up on a request when nothing has come for `limits.fetchTimeout`. */
export interface SilenceTimer {
  /** Waits for a head or a chunk; its arrival starts the clock anew. */
  guard<T>(arrival: Promise<T>): Promise<T>;
  stop(): void;
}

/**
 * Starts the clock.
 * @param signal when it fires, what is waited for is given up too, with its reason
 * @param createError what `guard` rejects with after the silence
 */
export function createSilenceTimer(
  context: Pick<FetchContext, "host" | "limits">,
  signal: AbortSignal | undefined,
  createError: () => LoaderError,
): SilenceTimer {
  const { host, limits } = context;
  const stopped = new AbortController();
  const ended = signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, signal]);
  let lastArrival = host.now();
  let arrivals = 0;

  async function watch(): Promise<never> {
    for (;;) {
      const seen = arrivals;
      await host.delay(lastArrival + limits.fetchTimeout - host.now(), ended);
      if (arrivals === seen) throw createError();
    }
  }

  const silence = watch();
  // Between two guards, and after the end, nobody is there to hear it.
  silence.catch(() => undefined);
  return {
    async guard(arrival) {
      const value = await Promise.race([arrival, silence]);
      lastArrival = host.now();
      arrivals += 1;
      return value;
    },
    stop: () => stopped.abort(),
  };
}

import type { MemoryCache } from "./memory-cache.ts";
import { createShare, type SharePorts } from "./share.ts";

/** What has been made to be kept. */
export interface Made<T> {
  readonly value: T;
  /** Bytes that it takes in memory. */
  readonly size: number;
  /** What the next ones get in its place. Default `value`. */
  readonly kept?: T;
}

/**
 * Gives what is in memory under a key; or else has it made, once for all requests that want it at the same time, and keeps it.
 * @param isGood whether what was kept can still be used. Default: always
 */
export type Recall = <T extends object>(
  key: string,
  make: () => Promise<Made<T>>,
  isGood?: (known: T) => boolean,
) => Promise<T>;

export function createRecall(memory: MemoryCache, ports: SharePorts): Recall {
  const share = createShare<object>(ports);
  // Whoever asks under a key knows what is kept there.
  return async <T extends object>(key: string, make: () => Promise<Made<T>>, isGood?: (known: T) => boolean) => {
    const known = memory.get(key) as T | undefined;
    if (known !== undefined && isGood?.(known) !== false) return known;
    const made = await share(key, async () => {
      const { value, size, kept = value } = await make();
      memory.set(key, kept, size);
      return value;
    });
    return made as T;
  };
}

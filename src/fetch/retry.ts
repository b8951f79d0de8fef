import { isLoaderError, type LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Host } from "../host.ts";
import type { Limits } from "../limits.ts";

/** What a fetch needs of the loader. */
export interface FetchContext {
  readonly host: Pick<Host, "fetch" | "delay" | "now">;
  readonly limits: Limits;
  readonly emit: Emit;
}

/**
 * Repeats `attempt` while it fails with a retryable error, at most `limits.attempts` times in all. Waits
 * `limits.retryDelay` before the second attempt and twice as long before each one after it, or as long as the answer's
 * `Retry-After` asked for, but never longer than `limits.fetchTimeout`.
 * @throws the last attempt's error, or the signal's reason
 */
export async function retry<T>(
  context: FetchContext,
  request: { subject: string; signal?: AbortSignal | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  const { host, limits, emit } = context;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= limits.attempts || !isLoaderError(error) || !error.retryable) throw error;
      const message = `Attempt ${count} of ${limits.attempts} failed: ${error.message}`;
      emit({ stage: "fetch", kind: "warning", subject: request.subject, message });
      await host.delay(waitBeforeNext(error, count, limits), request.signal);
    }
  }
}

function waitBeforeNext(error: LoaderError, count: number, limits: Limits): number {
  const { retryAfter } = error.details;
  const wait = typeof retryAfter === "number" ? retryAfter : limits.retryDelay * 2 ** (count - 1);
  return Math.min(wait, limits.fetchTimeout);
}

/** Milliseconds that a `Retry-After` header asks for, given as seconds or as a date; undefined without one. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

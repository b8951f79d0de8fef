import { isLoaderError, type LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Host } from "../host.ts";
import type { Limits } from "../limits.ts";

/** What a fetch needs of the loader. */
export interface FetchContext {
  readonly host: Pick<Host, "fetch" | "delay" | "now">;
  readonly limits: Limits;
  readonly emit: Emit;
  /** A number from 0 up to 1, for the waits between attempts. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Repeats `attempt` while it fails with a retryable error, at most `limits.attempts` times in all. Waits up to
 * `limits.retryDelay` before the second attempt and up to twice as long before each one after it, by chance down to half of
 * that, so that many clients do not come back at once; or as long as the answer's `Retry-After` asked for. Never waits longer
 * than `limits.fetchTimeout`.
 * @throws the last attempt's error, or the signal's reason
 */
export async function retry<T>(
  context: FetchContext,
  request: { subject: string; signal?: AbortSignal | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  const { host, limits, emit, random = Math.random } = context;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= limits.attempts || !isLoaderError(error) || !error.retryable) throw error;
      const message = `Attempt ${count} of ${limits.attempts} failed: ${error.message}`;
      emit({ stage: "fetch", kind: "warning", subject: request.subject, message });
      await host.delay(waitBeforeNext(error, count, limits, random), request.signal);
    }
  }
}

function waitBeforeNext(error: LoaderError, count: number, limits: Limits, random: () => number): number {
  const { retryAfter } = error.details;
  const backOff = limits.retryDelay * 2 ** (count - 1) * (1 - random() / 2);
  return Math.min(typeof retryAfter === "number" ? retryAfter : backOff, limits.fetchTimeout);
}

/**
 * Milliseconds that a `Retry-After` header asks for, given as seconds or as a date; undefined without one.
 * @param now milliseconds since 1970: the host's clock may count from elsewhere
 */
export function parseRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

import { isLoaderError, LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";

/** Places that have the same, and what is wanted of them. */
export interface TryInOrder<Result> {
  /** Addresses, the registry itself first, then its mirrors. */
  readonly addresses: readonly string[];
  /** Names what is wanted in events. */
  readonly subject: string;
  readonly emit: Emit;
  readonly attempt: (address: string) => Promise<Result>;
  /** Whether the next address is asked after the registry itself has failed like this. */
  readonly goesOn: (error: LoaderError) => boolean;
}

/**
 * Asks one address after the other until one answers. A mirror that fails in whatever way is passed over: it knows less than
 * the registry. Emits a `warning` for every address that is passed over.
 * @throws the registry's own error, whose `tried` lists the addresses, when there were several; what is no LoaderError at once
 */
export async function tryInOrder<Result>(request: TryInOrder<Result>): Promise<Result> {
  const { addresses, subject, emit, attempt, goesOn } = request;
  const failures: LoaderError[] = [];
  for (const address of addresses) {
    try {
      return await attempt(address);
    } catch (error) {
      if (!isLoaderError(error) || addresses.length === 1) throw error;
      if (failures.length === 0 && !goesOn(error)) throw error;
      failures.push(error);
      const isLast = failures.length === addresses.length;
      const message = `${address} was passed over: ${error.message}`;
      if (!isLast) emit({ stage: "fetch", kind: "warning", subject, message });
    }
  }
  const [first] = failures;
  if (first === undefined) throw new TypeError(`"${subject}" was to be had from nowhere`);
  throw new LoaderError(first.code, first.message, { ...first.details, tried: addresses }, first);
}

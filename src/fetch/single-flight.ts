/**
 * Does a piece of work once for all who want it at the same time.
 * @param key what the work is for; whoever comes with the same key while it is under way gets the same promise
 * @param produce the work; its signal fires when everyone who waited has given up
 * @param signal the caller's own: only this caller stops waiting, with the signal's reason
 */
export type SingleFlight<T> = (
  key: string,
  produce: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/** A new, empty set of flights; each is forgotten when it settles, so failures are not remembered. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, produce: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const promise = produce(controller.signal).finally(() => forget(key, flight));
    const flight: Flight<T> = { promise, controller, waiting: 0 };
    flights.set(key, flight);
    return flight;
  }

  function forget(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  return async (key, produce, signal) => {
    signal?.throwIfAborted();
    const flight = flights.get(key) ?? start(key, produce);
    flight.waiting += 1;
    if (signal === undefined) return flight.promise;
    return untilAborted(flight.promise, signal, () => {
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      forget(key, flight);
      flight.controller.abort(signal.reason);
    });
  };
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal, leave: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      leave();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** What a value is. */
export type Unit = "ms" | "bytes" | "MB/s" | "MB" | "requests" | "requests/s";

/** Everything measured of one thing, in the order it was measured. */
export interface Series {
  readonly subject: string;
  readonly contender: string;
  readonly unit: Unit;
  readonly values: readonly number[];
}

/** Collects samples by subject and contender. */
export class Samples {
  readonly #series = new Map<string, Series & { values: number[] }>();

  add(subject: string, contender: string, value: number, unit: Unit = "ms"): void {
    const key = `${subject}\0${contender}`;
    let series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, (series = { subject, contender, unit, values: [] }));
    series.values.push(value);
  }

  /** In the order they were taken; empty if there are none. */
  values(subject: string, contender: string): readonly number[] {
    return this.#series.get(`${subject}\0${contender}`)?.values ?? [];
  }

  median(subject: string, contender: string): number {
    return median(this.values(subject, contender));
  }

  get series(): readonly Series[] {
    return [...this.#series.values()];
  }
}

/** The middle value; of an even number the mean of the two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? Number.NaN)) / 2;
}

import type { Verdict } from "./judge.ts";
import { say } from "./redact.ts";
import { formatVerdict } from "./report.ts";

/** Milliseconds between two lines of progress. */
const INTERVAL = 10_000;

/** Prints what differs as it is found, and how far the run is. */
export class Progress {
  readonly #total: number;
  readonly #started = performance.now();
  #last = performance.now();
  #done = 0;
  #different = 0;

  /** @param total number of entries */
  constructor(total: number) {
    this.#total = total;
  }

  add(verdict: Verdict): void {
    this.#done++;
    const lines = formatVerdict(verdict);
    if (lines.length > 0) this.#different++;
    for (const line of lines) say(line);
    const now = performance.now();
    if (now - this.#last < INTERVAL && this.#done < this.#total) return;
    this.#last = now;
    const seconds = Math.round((now - this.#started) / 1000);
    say(`… ${this.#done} of ${this.#total} entries, ${this.#different} different, ${seconds} s`);
  }
}

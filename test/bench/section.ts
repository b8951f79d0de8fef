import type { Series } from "./report/samples.ts";
import type { Table } from "./report/table.ts";
import type { About } from "./report/write-results.ts";

/** Says what is being done, on stderr. */
export type Log = (text: string) => void;

/** What a section measured. */
export interface SectionResult {
  readonly tables: readonly Table[];
  readonly series: readonly Series[];
  /** What it says of itself beside the machine: the browser's version, rounds. */
  readonly about?: About;
}

/** One part of the benchmark: `npm run bench -- --only <name>`. */
export interface Section {
  readonly name: string;
  /** One line. */
  readonly what: string;
  measure(log: Log): Promise<SectionResult>;
}

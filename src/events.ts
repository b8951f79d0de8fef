import type { Stage } from "./errors.ts";

/** Where bytes came from: the upstream registry, the edge's cache, this browser's (or process') store, or the project. */
export type Source = "upstream" | "edge" | "browser" | "project";

/**
 * What a stage tells while it works.
 * - `start` and `done` bracket a piece of work, `done` carries `ms`;
 * - `progress` carries `bytes` so far and, when known, `total`;
 * - `hit` and `miss` are a store's answers;
 * - `heal` says that a damaged stored copy was thrown away and a good one fetched;
 * - `decision` is a line of the decision log, with `LoaderOptions.debug`: who asks for what, what the answer is and why;
 * - `warning` is something worth showing that is not a failure;
 * - `fail` precedes the error that the call rejects with.
 */
export type LoaderEventKind = "start" | "progress" | "hit" | "miss" | "done" | "heal" | "decision" | "warning" | "fail";

/** One event. `subject` names the thing: `react@19.3.1`, a URL, a file, or `program`. */
export interface LoaderEvent {
  readonly stage: Stage;
  readonly kind: LoaderEventKind;
  readonly subject: string;
  /** Host clock, milliseconds. */
  readonly at: number;
  readonly bytes?: number;
  readonly total?: number;
  readonly source?: Source;
  readonly ms?: number;
  readonly message?: string;
}

/** An event as a stage gives it; the loader adds the time. */
export type StageEvent = Omit<LoaderEvent, "at">;

/** How stages emit. What a listener throws fails the load. */
export type Emit = (event: StageEvent) => void;

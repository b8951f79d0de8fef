import type { Stage } from "../src/errors.ts";
import type { LoaderEvent, Source } from "../src/events.ts";

/** The stages the strip shows, in order; what happens to specifiers counts as resolving. */
export const STAGES = ["resolve", "fetch", "verify", "compile", "store", "link", "run"] as const;

export type StripStage = (typeof STAGES)[number];

/** One thing that comes in: a package, a packument or a URL. */
export interface Arrival {
  readonly subject: string;
  bytes: number;
  total: number | undefined;
  source: Source | undefined;
  complete: boolean;
}

/** Stages that every package goes through: all that are known are waited for, begun or not. */
const PER_PACKAGE = new Set<StripStage>(["verify", "compile", "store"]);

/** Pieces of work that are reckoned with besides those that are known. */
const UNDISCOVERED = 3;

interface Tally {
  readonly started: Set<string>;
  readonly finished: Set<string>;
  best: number;
}

/** Reads a load's events into what the page shows of it. */
export class Progress {
  readonly arrivals = new Map<string, Arrival>();
  readonly #tallies = new Map<StripStage, Tally>(
    STAGES.map((stage) => [stage, { started: new Set<string>(), finished: new Set<string>(), best: 0 }]),
  );
  #latest: StripStage = "resolve";
  #failed: StripStage | undefined;

  apply(event: LoaderEvent): void {
    const stage = stripStage(event.stage);
    this.#latest = stage;
    this.#count(stage, event);
    if (event.stage === "fetch" || (event.stage === "store" && event.kind === "hit")) this.#arrive(event);
  }

  /** Remembers the stage at which the load broke off. */
  fail(stage: Stage): void {
    this.#failed = stripStage(stage);
  }

  /** Where it failed; else the earliest stage that still has something to do, else the last one that was heard of. */
  get stage(): StripStage {
    return this.#failed ?? STAGES.find((stage) => this.#open(stage)) ?? this.#latest;
  }

  /** How much of a stage is done, 0 to 1; never goes back, although work is still being discovered. */
  fill(stage: StripStage): number {
    if (this.started("link") && STAGES.indexOf(stage) < STAGES.indexOf("link")) return 1;
    const tally = this.#tally(stage);
    const { size: finished } = tally.finished;
    // Linking and running are one piece of work each; before them, what is known now is never all.
    const expected =
      stage === "link" || stage === "run" ? 1 : Math.max(tally.started.size, this.#expected(stage)) + UNDISCOVERED;
    tally.best = Math.max(tally.best, finished / expected);
    return tally.best;
  }

  /** Whether anything has been heard of a stage. */
  started(stage: StripStage): boolean {
    return this.#tally(stage).started.size > 0;
  }

  /** Packages that are here or on their way. */
  get packages(): number {
    return [...this.arrivals.keys()].filter(isPackage).length;
  }

  /** Bytes that have come so far, by where they came from. */
  bytesBySource(): ReadonlyMap<Source, number> {
    const sums = new Map<Source, number>();
    for (const { source, bytes } of this.arrivals.values()) {
      if (source !== undefined) sums.set(source, (sums.get(source) ?? 0) + bytes);
    }
    return sums;
  }

  /** Bytes that came over the network, packuments included. */
  get networkBytes(): number {
    const sums = this.bytesBySource();
    return (sums.get("upstream") ?? 0) + (sums.get("edge") ?? 0);
  }

  #count(stage: StripStage, { kind, subject }: LoaderEvent): void {
    // Packuments are fetched to resolve, and their bytes say nothing of how much there is to fetch.
    if (kind === "warning" || (stage === "fetch" && isPackument(subject))) return;
    const { started, finished } = this.#tally(stage);
    started.add(subject);
    if (kind === "done" || kind === "hit") finished.add(subject);
    // What has been compiled is stored at once.
    if (stage === "compile" && kind === "done") this.#tally("store").finished.add(subject);
  }

  /** Every package goes through these: all that are known are waited for, begun or not. */
  #expected(stage: StripStage): number {
    return PER_PACKAGE.has(stage) ? this.packages : 0;
  }

  #arrive({ subject, kind, bytes, total, source, stage }: LoaderEvent): void {
    let arrival = this.arrivals.get(subject);
    if (arrival === undefined) {
      arrival = { subject, bytes: 0, total: undefined, source: undefined, complete: false };
      this.arrivals.set(subject, arrival);
    }
    arrival.bytes = Math.max(arrival.bytes, bytes ?? 0);
    arrival.total = total ?? arrival.total;
    arrival.source = source ?? (stage === "store" ? "browser" : arrival.source);
    arrival.complete ||= kind === "done" || kind === "hit";
  }

  #tally(stage: StripStage): Tally {
    const tally = this.#tallies.get(stage);
    if (tally === undefined) throw new Error(`no tally for the stage "${stage}"`);
    return tally;
  }

  #open(stage: StripStage): boolean {
    const { started, finished } = this.#tally(stage);
    return !this.#passed(stage) && started.size > finished.size;
  }

  #passed(stage: StripStage): boolean {
    return STAGES.slice(Math.max(STAGES.indexOf(stage) + 1, STAGES.indexOf("link"))).some((later) =>
      this.started(later),
    );
  }
}

function stripStage(stage: Stage): StripStage {
  return stage === "specifier" ? "resolve" : stage;
}

/** True for the bare name of a package, under which its packument is fetched. */
function isPackument(subject: string): boolean {
  return !isPackage(subject) && !subject.includes(":");
}

/** True for `name@version`, false for a packument's name and for URLs. */
function isPackage(subject: string): boolean {
  return /^(@[^/@]+\/)?[^/@]+@\d[^/]*$/.test(subject);
}

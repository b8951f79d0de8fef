import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright";
import { type Cause, collectMessages, type PageState, type ProbeSettings, readState, startProgram } from "./in-page.ts";
import { PROBE_KEY, type ProbeMessage } from "./probe-program.ts";
import type { Kinds } from "./read-cases.ts";

export type { Cause } from "./in-page.ts";

/** What a smoke check gave: JSON, or what it threw. */
export type SmokeAnswer = { readonly json: string } | { readonly error: string };

/** What came of one program. */
export interface ProbeOutcome {
  readonly kinds?: Kinds;
  readonly answers: ReadonlyMap<number, SmokeAnswer>;
  /** Why there is less than there should be. */
  readonly cause?: Cause;
  /** Errors in the console that nobody caught: no failure by themselves. */
  readonly uncaught: readonly string[];
  readonly ms: number;
  /** Whether the page can take another program. */
  readonly healthy: boolean;
}

/** How long a program may take, milliseconds. */
export interface ProbeLimits {
  /** For resolving, fetching, compiling and linking, which may mean a download of many megabytes. */
  readonly load: number;
  /** For evaluating and for all smoke checks. */
  readonly run: number;
}

export const PROBE_LIMITS: ProbeLimits = { load: 180_000, run: 30_000 };

/** Milliseconds for answers that only a page that hangs does not give. */
const PATIENCE = 5_000;
/** Of timers that only guard something: they keep no process alive. */
const IDLE = { ref: false };

/** A tab with the playground, for one program after the other. */
export class ProbePage {
  readonly #page: Page;
  readonly #limits: ProbeLimits;

  private constructor(page: Page, limits: ProbeLimits) {
    this.#page = page;
    this.#limits = limits;
  }

  /** Opens the playground at `url`. */
  static async open(context: BrowserContext, url: string, limits: ProbeLimits): Promise<ProbePage> {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "domcontentloaded" });
    await page.waitForFunction(() => "raya" in window);
    await page.evaluate(collectMessages, PROBE_KEY);
    return new ProbePage(page, limits);
  }

  /** Runs a program until it has said everything, has failed, or its time is up. */
  async run(settings: ProbeSettings, checks: number): Promise<ProbeOutcome> {
    const started = performance.now();
    const heard = new Heard(checks);
    const lost = this.#lost();
    const cause = await Promise.race([this.#follow(settings, heard, lost.signal), lost.cause]);
    lost.stop();
    const { uncaught } = (await this.#look()) ?? { uncaught: [] };
    return {
      ...(heard.kinds !== undefined && { kinds: heard.kinds }),
      answers: heard.answers,
      ...(cause !== undefined && { cause }),
      uncaught,
      ms: Math.round(performance.now() - started),
      healthy: cause === undefined || cause.code.startsWith("ERR_"),
    };
  }

  /** Undefined when everything was heard. */
  async #follow(settings: ProbeSettings, heard: Heard, lost: AbortSignal): Promise<Cause | undefined> {
    const start = this.#page.evaluate(startProgram, settings);
    let doing: keyof ProbeLimits = "load";
    let end = performance.now() + this.#limits.load;
    await Promise.race([start, delay(this.#limits.load, undefined, IDLE)]);
    while (!lost.aborted) {
      await delay(50);
      const page = await this.#look();
      heard.take(page?.heard ?? []);
      if (heard.complete) return undefined;
      if (page?.state === "failed") return page.error;
      // A page that does not answer is kept from it by the program, which has then been loaded.
      if (doing === "load" && page?.loaded !== false) {
        doing = "run";
        end = performance.now() + this.#limits.run;
      }
      if (performance.now() > end) return this.#timeout(page, doing);
    }
    return undefined;
  }

  #timeout(page: PageState | undefined, doing: keyof ProbeLimits): Cause {
    const what = { load: "loaded", run: "run" }[doing];
    const silence = page === undefined ? ", and its page does not answer" : "";
    const message = `the program has not ${what} in ${this.#limits[doing] / 1000} s${silence}`;
    return { code: "TIMEOUT", message };
  }

  /** Undefined where the page does not answer. */
  async #look(): Promise<PageState | undefined> {
    return Promise.race([this.#page.evaluate(readState).catch(() => undefined), delay(PATIENCE, undefined, IDLE)]);
  }

  /** Tells when the page is gone. */
  #lost(): { cause: Promise<Cause>; signal: AbortSignal; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<Cause>();
    const gone = new AbortController();
    const onCrash = (): void => resolve({ code: "PAGE_LOST", message: "the page crashed" });
    const onClose = (): void => resolve({ code: "PAGE_LOST", message: "the page was closed" });
    this.#page.on("crash", onCrash).on("close", onClose);
    const stop = (): void => {
      gone.abort();
      this.#page.off("crash", onCrash).off("close", onClose);
    };
    return { cause: promise, signal: gone.signal, stop };
  }
}

/** What a program has said so far. */
class Heard {
  readonly answers = new Map<number, SmokeAnswer>();
  kinds: Kinds | undefined;
  readonly #checks: number;

  constructor(checks: number) {
    this.#checks = checks;
  }

  get complete(): boolean {
    return this.kinds !== undefined && this.answers.size === this.#checks;
  }

  /** @param messages all that came; nobody but the probe uses its key */
  take(messages: readonly unknown[]): void {
    for (const message of messages as readonly ProbeMessage[]) {
      if (message.kind === "exports") this.kinds = message.kinds;
      else this.answers.set(message.index, message);
    }
  }
}

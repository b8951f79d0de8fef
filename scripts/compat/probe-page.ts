import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright";
import type { LoaderError } from "../../src/errors.ts";
import type { ConsoleApi } from "../../web-demo/console-api.ts";
import { PROBE_KEY, type ProbeMessage } from "./probe-program.ts";
import type { Kinds } from "./read-cases.ts";

/** Why something did not run: an error's code where it has one, and its sentence. */
export interface Cause {
  /** A LoaderError's code, or `TIMEOUT`, `PAGE_LOST`, `SILENT`, which are the harness's own. */
  readonly code: string;
  readonly message: string;
  /** `name@version/file:line:column`, or who imported what failed. */
  readonly place?: string;
}

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

/** Milliseconds for resolving, fetching, compiling and linking, which may mean a download of many megabytes. */
const LOAD_LIMIT = 180_000;
/** Milliseconds for evaluating and for all smoke checks. */
const RUN_LIMIT = 30_000;
/** Milliseconds for answers that only a page that hangs does not give. */
const PATIENCE = 5_000;

/** What a page says of its latest run. */
interface PageState {
  state: "busy" | "done" | "failed" | "stopped";
  loaded: boolean;
  error: Cause | undefined;
  uncaught: string[];
}

/** A tab with the playground, for one program after the other. */
export class ProbePage {
  readonly #page: Page;
  #hear: (message: ProbeMessage) => void = () => {};

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the playground at `url`. */
  static async open(context: BrowserContext, url: string): Promise<ProbePage> {
    const page = await context.newPage();
    const probe = new ProbePage(page);
    await page.exposeFunction("hearProbe", (message: ProbeMessage) => probe.#hear(message));
    await page.addInitScript(forwardMessages, PROBE_KEY);
    await page.goto(url, { waitUntil: "domcontentloaded" });
    await page.waitForFunction(() => "raya" in window);
    return probe;
  }

  /** Runs a program until it has said everything, has failed, or its time is up. */
  async run(files: Record<string, string>, checks: number): Promise<ProbeOutcome> {
    const started = performance.now();
    const heard = new Heard(checks);
    this.#hear = (message) => heard.add(message);
    const lost = this.#lost();
    const cause = await Promise.race([this.#follow(files, heard), lost.cause]);
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
  async #follow(files: Record<string, string>, heard: Heard): Promise<Cause | undefined> {
    await this.#page.evaluate(startProgram, files);
    let limit = performance.now() + LOAD_LIMIT;
    let running = false;
    for (;;) {
      await Promise.race([heard.everything, delay(running ? 25 : 50)]);
      const page = await this.#look();
      if (page?.state === "failed" && heard.kinds === undefined) return page.error;
      if (heard.complete) return undefined;
      if (page?.state === "failed") return page.error;
      if (page?.loaded && !running) {
        running = true;
        limit = performance.now() + RUN_LIMIT;
      }
      if (performance.now() > limit || page?.state === "stopped") return timeout(page, running);
    }
  }

  /** Undefined where the page does not answer. */
  async #look(): Promise<PageState | undefined> {
    return Promise.race([this.#page.evaluate(readState).catch(() => undefined), delay(PATIENCE, undefined)]);
  }

  #lost(): { cause: Promise<Cause>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<Cause>();
    const onCrash = (): void => resolve({ code: "PAGE_LOST", message: "the page crashed" });
    const onClose = (): void => resolve({ code: "PAGE_LOST", message: "the page was closed" });
    this.#page.on("crash", onCrash).on("close", onClose);
    return { cause: promise, stop: () => void this.#page.off("crash", onCrash).off("close", onClose) };
  }
}

function timeout(page: PageState | undefined, running: boolean): Cause {
  const doing = running ? `running for ${RUN_LIMIT / 1000} s` : `loading for ${LOAD_LIMIT / 1000} s`;
  const how = page === undefined ? ", and its page does not answer" : "";
  return { code: "TIMEOUT", message: `the program has been ${doing}${how}` };
}

/** What a program has said so far. */
class Heard {
  readonly answers = new Map<number, SmokeAnswer>();
  readonly everything: Promise<void>;
  kinds: Kinds | undefined;
  readonly #checks: number;
  #settle: () => void;

  constructor(checks: number) {
    this.#checks = checks;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.everything = promise;
    this.#settle = resolve;
  }

  get complete(): boolean {
    return this.kinds !== undefined && this.answers.size === this.#checks;
  }

  add(message: ProbeMessage): void {
    if (message.kind === "exports") this.kinds ??= message.kinds;
    else this.answers.set(message.index, message);
    if (this.complete) this.#settle();
  }
}

// What follows runs in the page, and may use nothing from outside of itself.

interface ProbeWindow extends Window {
  raya: ConsoleApi;
  hearProbe(message: unknown): void;
  /** How the latest run ended. */
  ended?: string | undefined;
}

function forwardMessages(key: string): void {
  if (window !== window.top) return;
  addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== "object" || data === null || !(key in data)) return;
    (window as unknown as ProbeWindow).hearProbe((data as Record<string, unknown>)[key]);
  });
}

async function startProgram(files: Record<string, string>): Promise<void> {
  const page = window as unknown as ProbeWindow;
  page.raya.setProject(files, "/main.js");
  await page.raya.setLockfile(null);
  page.ended = undefined;
  void page.raya.run().then((state) => (page.ended = state));
}

function readState(): PageState {
  const page = window as unknown as ProbeWindow;
  const { events, error } = page.raya;
  const shown = [...document.querySelectorAll("[data-testid=console-entry][data-level=error]")];
  return {
    state: (page.ended ?? "busy") as PageState["state"],
    loaded: events.some(({ stage, kind }) => stage === "run" && kind === "start"),
    error: page.ended === "failed" ? describe(error) : undefined,
    uncaught: shown.slice(0, 3).map(({ textContent }) => textContent?.slice(0, 500) ?? ""),
  };

  function describe(thrown: unknown): Cause {
    const { code = "CRASHED", message, details = {} } = thrown as Partial<LoaderError>;
    const { file, line = 0, column = 0, referrer } = details;
    const place = file === undefined ? referrer : `${file.replace(/^.*\/~\//, "")}:${line}:${column}`;
    return { code, message: message ?? String(thrown), ...(place !== undefined && { place }) };
  }
}

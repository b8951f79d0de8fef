import { setTimeout as delay } from "node:timers/promises";
import { chromium, type BrowserContext, type BrowserServer } from "playwright";
import { findBrowser } from "../browser.mjs";
import type { Mode } from "./in-page.ts";
import { PROBE_LIMITS, ProbePage, type ProbeLimits, type ProbeOutcome } from "./probe-page.ts";
import { probeProgram } from "./probe-program.ts";
import type { EntryCase, PackageCase } from "./read-cases.ts";

/** Milliseconds that a browser gets to close a tab or itself. */
const CLOSE_LIMIT = 5_000;
/** Programs after which the profile, and the browser, is replaced: what they leave behind must not add up. */
const PROFILE_LIFE = 16;
const BROWSER_LIFE = 64;

interface RunningBrowser {
  readonly server: BrowserServer;
  newContext(): Promise<BrowserContext>;
}

/**
 * A browser of its own that takes one program after the other. They run in frames of their own; when one does harm to
 * its page or to the browser all the same, the next one starts in a fresh one.
 */
export class Lane {
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #limits: ProbeLimits;
  #browser: RunningBrowser | undefined;
  #context: BrowserContext | undefined;
  #page: ProbePage | undefined;
  #programs = 0;

  /**
   * @param url the playground's address
   * @param signal ends the browser at once
   */
  constructor(url: string, signal: AbortSignal, limits: ProbeLimits = PROBE_LIMITS) {
    this.#url = url;
    this.#limits = limits;
    this.#signal = signal;
    signal.addEventListener("abort", () => void this.#closeBrowser(), { once: true });
  }

  /** Runs an entry. What is no answer of the loader's may be the machine's fault, and is tried once more. */
  async probe(item: PackageCase, entry: EntryCase, mode: Mode): Promise<ProbeOutcome> {
    this.#programs++;
    if (this.#programs % BROWSER_LIFE === 0) await this.#closeBrowser();
    else if (this.#programs % PROFILE_LIFE === 0) await this.#closeContext();
    const first = await this.#try(item, entry, mode);
    const final = first.healthy && !/^ERR_FETCH_(?:FAILED|TIMEOUT|STATUS)$/.test(first.cause?.code ?? "");
    return final || this.#signal.aborted ? first : this.#try(item, entry, mode);
  }

  async close(): Promise<void> {
    await this.#closeBrowser();
  }

  async #try(item: PackageCase, entry: EntryCase, mode: Mode): Promise<ProbeOutcome> {
    const files = probeProgram(entry, item.peers);
    try {
      this.#page ??= await this.#open();
      const outcome = await this.#page.run({ files, mode }, entry.checks.length);
      if (!outcome.healthy) await this.#closeContext();
      return outcome;
    } catch (error) {
      await this.#closeBrowser();
      const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      return { answers: new Map(), cause: { code: "PAGE_LOST", message }, uncaught: [], ms: 0, healthy: false };
    }
  }

  async #open(): Promise<ProbePage> {
    this.#browser ??= await startBrowser();
    this.#context ??= await this.#browser.newContext();
    return ProbePage.open(this.#context, this.#url, this.#limits);
  }

  async #closeContext(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    this.#page = undefined;
    if (context !== undefined && !(await closes(context))) await this.#closeBrowser();
  }

  async #closeBrowser(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    this.#context = undefined;
    this.#page = undefined;
    await browser?.server.kill();
  }
}

async function closes(context: BrowserContext): Promise<boolean> {
  const closed = context.close().then(
    () => true,
    () => false,
  );
  return Promise.race([closed, delay(CLOSE_LIMIT, false, { ref: false })]);
}

async function startBrowser(): Promise<RunningBrowser> {
  const { executablePath, env } = await findBrowser();
  const server = await chromium.launchServer({
    executablePath,
    env: { ...processEnvironment(), ...env, TZ: "UTC" },
    // A container's shared memory may be 64 MB.
    args: ["--disable-dev-shm-usage"],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    server,
    async newContext() {
      // What the oracle's browser had; the page's own service worker would only keep everything a second time.
      const context = await browser.newContext({ timezoneId: "UTC", locale: "en-US", serviceWorkers: "block" });
      // A window that a program opens is nobody's.
      context.on("page", (page) => void page.opener().then((opener) => (opener === null ? undefined : page.close())));
      return context;
    },
  };
}

function processEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

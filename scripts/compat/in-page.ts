import type { LoaderError } from "../../src/errors.ts";
import type { ConsoleApi } from "../../web-demo/console-api.ts";
import type { RunState } from "../../web-demo/run-controller.ts";

// What runs in the page of the playground. It goes there as text and uses nothing from outside of itself.

/** Why something did not run: an error's code where it has one, and its sentence. */
export interface Cause {
  /** A LoaderError's code; `TIMEOUT` and `PAGE_LOST` are the harness's own, `CRASHED` is what has no code. */
  readonly code: string;
  readonly message: string;
  /** `name@version/file:line:column`, or who imported what failed. */
  readonly place?: string;
}

/** `process.env.NODE_ENV`, and the condition of that name. */
export type Mode = "production" | "development";

export interface ProbeSettings {
  readonly files: Readonly<Record<string, string>>;
  readonly mode: Mode;
}

/** What a page says of its latest run. */
export interface PageState {
  /** What the program has said so far. */
  heard: unknown[];
  state: "busy" | RunState;
  loaded: boolean;
  error: Cause | undefined;
  uncaught: string[];
}

interface ProbeWindow extends Window {
  raya: ConsoleApi;
  /** What the program has said so far. */
  heard: unknown[];
  /** How the latest run ended. */
  ended?: RunState | undefined;
}

/** Collects what frames post under `key`. The frames themselves are left as they are: some packages export every global. */
export function collectMessages(key: string): void {
  const page = window as unknown as ProbeWindow;
  addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "object" && data !== null && key in data)
      page.heard.push((data as Record<string, unknown>)[key]);
  });
}

/** Puts a program in and runs it; `readState` tells how it fares. */
export async function startProgram({ files, mode }: ProbeSettings): Promise<void> {
  const page = window as unknown as ProbeWindow;
  page.raya.setProject(files, "/main.js");
  await page.raya.setLockfile(null);
  page.ended = undefined;
  page.heard = [];
  void page.raya.run({ mode }).then((state) => (page.ended = state));
}

/** How the latest run fares. */
export function readState(): PageState {
  const page = window as unknown as ProbeWindow;
  const { events, error } = page.raya;
  const shown = [...document.querySelectorAll("[data-testid=console-entry][data-level=error]")];
  return {
    heard: page.heard,
    state: page.ended ?? "busy",
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

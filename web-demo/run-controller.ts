import { LoaderError } from "../src/errors.ts";
import type { LoaderEvent } from "../src/events.ts";
import type { LoadOptions, Project } from "../src/loader.ts";
import { runInFrame, type ConsoleEntry, type RuntimeError } from "../src/platform/browser/sandbox-frame.ts";
import type { Realm } from "../src/run/image.ts";
import { LoaderClient, type LoadedProgram } from "./loader-client.ts";
import type { ProgramFacts } from "./loader-messages.ts";

/** `loading` until the program is linked, `running` until its entry has been evaluated. */
export type RunState = "idle" | "loading" | "running" | "done" | "failed" | "stopped";

/** What the page hears of a run. */
export interface RunListener {
  onStart(): void;
  onState(state: RunState, ms: number): void;
  onEvent(event: LoaderEvent): void;
  /** What the program is made of: after linking, and again when it imports more while it runs. */
  onFacts(facts: ProgramFacts): void;
  onConsole(entry: ConsoleEntry): void;
  /** An error of the running program that nobody caught. */
  onRuntimeError(error: RuntimeError): void;
  /** Why the run failed. */
  onFailure(error: unknown): void;
}

/** Loads and runs one program at a time; a new run or `stop` ends the one before. */
export class RunController {
  readonly #container: HTMLElement;
  readonly #listener: RunListener;
  readonly #client: LoaderClient;
  #state: RunState = "idle";
  #canceller = new AbortController();
  #program: LoadedProgram | undefined;
  #realm: Realm | undefined;
  #started = 0;

  constructor(container: HTMLElement, listener: RunListener) {
    this.#container = container;
    this.#listener = listener;
    this.#client = new LoaderClient((event) => listener.onEvent(event));
  }

  get busy(): boolean {
    return this.#state === "loading" || this.#state === "running";
  }

  /** @throws LoaderError when `text` is not a lockfile */
  checkLockfile(text: string): Promise<number> {
    return this.#client.checkLockfile(text);
  }

  /** Runs `project` and gives how that ended; the listener hears why it failed. */
  async run(project: Project, options: Pick<LoadOptions, "lockfile" | "mode">): Promise<RunState> {
    this.#end(new DOMException("Another run began", "AbortError"));
    const { signal } = (this.#canceller = new AbortController());
    this.#started = performance.now();
    this.#listener.onStart();
    this.#setState("loading");
    try {
      await this.#load(project, { ...options, signal });
      this.#setState("running");
      await this.#evaluate(signal);
      this.#setState("done");
      return "done";
    } catch (error) {
      if (signal.aborted) return "stopped";
      this.#setState("failed");
      this.#listener.onFailure(error);
      return "failed";
    }
  }

  stop(): void {
    if (!this.busy) return;
    this.#end(new DOMException("The run was stopped", "AbortError"));
    this.#setState("stopped");
  }

  async #load(project: Project, options: LoadOptions): Promise<void> {
    const program = await this.#client.load(project, options, (facts) => {
      if (this.#program === program) this.#listener.onFacts(facts);
    });
    options.signal?.throwIfAborted();
    this.#program = program;
    this.#listener.onFacts(program.facts);
  }

  async #evaluate(signal: AbortSignal): Promise<void> {
    const program = this.#program;
    if (program === undefined) return;
    this.#emit("start");
    const frame = runInFrame({
      container: this.#container,
      image: program.image,
      services: program.services,
      title: "Result of the program",
      onConsole: (entry) => this.#unless(signal, () => this.#listener.onConsole(entry)),
      onError: (error) => this.#unless(signal, () => this.#listener.onRuntimeError(error)),
    });
    this.#realm = await Promise.race([frame, rejectOnAbort(signal)]);
    this.#emit("done");
  }

  #unless(signal: AbortSignal, act: () => void): void {
    if (!signal.aborted) act();
  }

  #emit(kind: "start" | "done"): void {
    this.#listener.onEvent({ stage: "run", kind, subject: "program", at: Date.now() });
  }

  #end(reason: DOMException): void {
    this.#canceller.abort(reason);
    this.#realm?.dispose();
    this.#realm = undefined;
    this.#container.replaceChildren();
    this.#program?.release();
    this.#program = undefined;
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.#listener.onState(state, performance.now() - this.#started);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** The loader's error that a program's error carries, if it carries one. */
export function loaderErrorOf(error: RuntimeError): LoaderError | undefined {
  return error.error === undefined ? undefined : LoaderError.fromJSON(error.error);
}

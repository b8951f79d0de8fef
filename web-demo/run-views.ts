import { isLoaderError } from "../src/errors.ts";
import type { LoaderEvent } from "../src/events.ts";
import type { PackageReport } from "../src/loader.ts";
import type { ConsoleEntry, RuntimeError } from "../src/platform/browser/sandbox-frame.ts";
import { ConsoleView } from "./console-view.ts";
import { byId } from "./element.ts";
import { ErrorView, type ErrorActions } from "./error-view.ts";
import type { ProgramFacts } from "./loader-messages.ts";
import { LoadingView } from "./loading-view.ts";
import { PackagesPanel } from "./packages-panel.ts";
import { Progress } from "./progress.ts";
import { loaderErrorOf, type RunListener, type RunState } from "./run-controller.ts";
import { Strip } from "./strip.ts";
import { showToast } from "./toast.ts";
import type { ViewTabs } from "./view-tabs.ts";

/** What fills the result's box: nothing yet, what is arriving, the program, or why it failed. */
type Showing = "idle" | "loading" | "frame" | "error";

/** Everything that shows a run: strip, result, console, packages. */
export class RunViews implements RunListener {
  readonly #stage = byId("stage");
  readonly #run = byId("run");
  readonly #strip = new Strip();
  readonly #loading = new LoadingView();
  readonly #packagesPanel = new PackagesPanel();
  readonly #console: ConsoleView;
  readonly #errors: ErrorView;
  readonly #views: ViewTabs;
  readonly #keep: (facts: ProgramFacts) => void;
  #state: RunState = "idle";
  #ms = 0;
  #progress = new Progress();
  #drawing = false;
  #warned = false;
  #events: LoaderEvent[] = [];
  #packages: readonly PackageReport[] = [];
  #error: unknown;

  constructor(views: ViewTabs, actions: ErrorActions, keep: (facts: ProgramFacts) => void) {
    this.#views = views;
    this.#keep = keep;
    this.#console = new ConsoleView(actions);
    this.#errors = new ErrorView(actions);
  }

  get events(): readonly LoaderEvent[] {
    return this.#events;
  }

  get packages(): readonly PackageReport[] {
    return this.#packages;
  }

  get error(): unknown {
    return this.#error;
  }

  /** Forgets the run: another program is in the editor. */
  clear(): void {
    this.#forget();
    this.onState("idle", 0);
    this.#packagesPanel.showNothing();
    this.#views.showPackageCount(0);
  }

  onStart(): void {
    this.#forget();
    this.#views.show("result");
  }

  onState(state: RunState, ms: number): void {
    this.#state = state;
    this.#ms = ms;
    this.#strip.showState(state, this.#sentence());
    this.#run.dataset["busy"] = String(state === "loading" || state === "running");
    byId("run-label").textContent = state === "loading" || state === "running" ? "Stop" : "Run";
    this.#show(SHOWN_IN[state]);
    if (state === "done") this.#showFacts();
    this.#drawSoon();
  }

  onEvent(event: LoaderEvent): void {
    this.#events.push(event);
    this.#progress.apply(event);
    if (event.stage === "store" && event.kind === "warning") this.#warnNotKept();
    this.#drawSoon();
  }

  onFacts(facts: ProgramFacts): void {
    this.#packages = facts.packages;
    this.#keep(facts);
    this.#showFacts();
  }

  onConsole(entry: ConsoleEntry): void {
    this.#console.add(entry);
  }

  onRuntimeError(error: RuntimeError): void {
    this.#console.addError(error);
    const cause = loaderErrorOf(error);
    if (cause !== undefined && this.#state === "done") this.#errors.show(cause);
  }

  onFailure(error: unknown): void {
    this.#error = error;
    if (isLoaderError(error)) this.#progress.fail(error.stage);
    this.#errors.show(error);
    // What a program drew before it threw is worth seeing under the error.
    if (this.#progress.started("run")) this.#show("frame");
  }

  #forget(): void {
    this.#progress = new Progress();
    this.#events = [];
    this.#packages = [];
    this.#error = undefined;
    this.#warned = false;
    this.#console.clear();
    this.#errors.clear();
    this.#loading.clear();
    this.#strip.clearTotals();
  }

  /** A store without room says so for every package; the visitor hears it once. */
  #warnNotKept(): void {
    if (this.#warned) return;
    this.#warned = true;
    showToast("This browser has no room to keep the program: it runs, but will not without the network.");
  }

  #show(showing: Showing): void {
    this.#stage.dataset["show"] = showing;
  }

  #showFacts(): void {
    const figures = { ms: this.#ms, networkBytes: this.#progress.networkBytes };
    this.#views.showPackageCount(this.#packages.length);
    this.#packagesPanel.show(this.#packages, figures);
    this.#strip.showTotals(this.#packages, figures.networkBytes);
  }

  #sentence(): string {
    if (this.#state === "loading") return this.#progress.stage;
    return {
      idle: "Ready",
      running: "run",
      done: `Done in ${Math.round(this.#ms)} ms`,
      failed: "Failed",
      stopped: "Stopped",
    }[this.#state];
  }

  /** Events come by the thousand; the page is drawn once a frame. */
  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#strip.showProgress(this.#progress, this.#state);
      if (this.#state !== "loading") return;
      this.#strip.showState(this.#state, this.#sentence());
      this.#loading.show(this.#progress);
    });
  }
}

const SHOWN_IN: Readonly<Record<RunState, Showing>> = {
  idle: "idle",
  loading: "loading",
  running: "frame",
  done: "frame",
  failed: "error",
  stopped: "idle",
};

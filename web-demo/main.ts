import type { LoadOptions } from "../src/loader.ts";
import { registerServiceWorker } from "../src/platform/service-worker/register.ts";
import type { ConsoleApi } from "./console-api.ts";
import { answersRequests, runAtEdge } from "./edge-run.ts";
import { byId } from "./element.ts";
import { createCatalog } from "./examples/catalog.ts";
import { renderIdle } from "./idle-view.ts";
import { showLockChip } from "./lock-chip.ts";
import { LockfilePanel } from "./lockfile-panel.ts";
import { createNetworkChip } from "./network-chip.ts";
import type { Place } from "./place.ts";
import { ProgramStore, type StoredProgram } from "./program-store.ts";
import { RunController, type RunState } from "./run-controller.ts";
import { RunViews } from "./run-views.ts";
import { createSplitter } from "./splitter.ts";
import { createThemeButton } from "./theme-button.ts";
import { showToast } from "./toast.ts";
import { ViewTabs } from "./view-tabs.ts";
import { Workspace } from "./workspace.ts";

const warnNotKept = (reason: string) => showToast(`This browser does not keep your code: ${reason}`);
const catalog = createCatalog(location.origin);
const store = new ProgramStore(catalog, warnNotKept);
const views = new ViewTabs();

const runViews = new RunViews(
  views,
  {
    placeOf: (file, line, column) => workspace.placeOf(file, line, column),
    frameOf: (place) => workspace.frameOf(place),
    reveal(place: Place) {
      views.show("code");
      workspace.reveal(place);
    },
    mark: (place) => workspace.mark(place),
    retry: () => void run(),
    updateVersions: () => void updateVersions(),
  },
  ({ lockfile, packages }) => keepLockfile(lockfile, packages.length),
);
const controller = new RunController(byId("frame-host"), runViews);
const lockfilePanel = new LockfilePanel({
  use: (text) => void setLockfile(text),
  update: () => void updateVersions(),
  check: (text) => controller.checkLockfile(text),
});
const workspace = new Workspace(catalog, store, {
  onOpen: showProgram,
  onChange: showEdgeButton,
  onRun: () => void run(),
});

function showProgram(program: StoredProgram): void {
  controller.stop();
  runViews.clear();
  showLockfile(program.lockfile, undefined);
  showEdgeButton();
}

/** For programs that answer requests; others have nothing to say at the edge. */
function showEdgeButton(): void {
  byId("run-edge").hidden = !answersRequests(workspace.program);
}

function runProgramAtEdge(): Promise<void> {
  controller.stop();
  return runAtEdge(workspace.program, byId("frame-host"), runViews);
}

function showLockfile(lockfile: string | null, packages: number | undefined): void {
  lockfilePanel.show(lockfile, packages);
  showLockChip(lockfile !== null);
}

function keepLockfile(lockfile: string | null, packages: number | undefined): void {
  workspace.keepLockfile(lockfile);
  showLockfile(lockfile, packages);
}

async function setLockfile(text: string | null): Promise<void> {
  const packages = text === null ? undefined : await controller.checkLockfile(text);
  keepLockfile(text, packages);
}

function run(options: Pick<LoadOptions, "mode"> = {}): Promise<RunState> {
  const { files, entry, lockfile } = workspace.program;
  return controller.run({ files, entry }, lockfile === null ? options : { ...options, lockfile });
}

function updateVersions(): Promise<RunState> {
  keepLockfile(null, undefined);
  return run();
}

function exposeConsoleApi(): void {
  const api: ConsoleApi = {
    setProject(files, entry = "/main.tsx" in files ? "/main.tsx" : (Object.keys(files)[0] ?? "/main.tsx")) {
      workspace.put(files, entry);
    },
    run,
    stop: () => controller.stop(),
    getLockfile: () => workspace.program.lockfile,
    setLockfile,
    get events() {
      return runViews.events;
    },
    get packages() {
      return runViews.packages;
    },
    get error() {
      return runViews.error;
    },
  };
  window.raya = api;
}

function startChrome(): void {
  const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  byId("run-keys").textContent = isApple ? "⌘ ↵" : "Ctrl ↵";
  byId("run").addEventListener("click", () => (controller.busy ? controller.stop() : void run()));
  byId("run-edge").addEventListener("click", () => void runProgramAtEdge());
  byId("lock-chip").addEventListener("click", () => views.show("lock"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    void run();
  });
  const workbench = byId("workbench");
  createSplitter({
    handle: byId("splitter"),
    container: workbench,
    property: "--code-width",
    axis: "x",
    initial: 46,
    min: 20,
    max: 75,
  });
  const result = byId("panel-result");
  createSplitter({
    handle: byId("console-splitter"),
    container: result,
    property: "--console-height",
    axis: "y",
    initial: 28,
    min: 6,
    max: 80,
  });
  createThemeButton(warnNotKept);
  createNetworkChip();
  renderIdle();
}

async function installServiceWorker(): Promise<void> {
  try {
    await registerServiceWorker("/service-worker.js", {
      onUpdateReady: (activate) => showToast("A new version is ready.", { label: "Reload", run: activate }),
    });
  } catch (error) {
    showToast(`The page will not work offline: ${error instanceof Error ? error.message : String(error)}`);
  }
}

startChrome();
workspace.show();
exposeConsoleApi();
void installServiceWorker();

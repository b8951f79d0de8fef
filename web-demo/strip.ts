import type { Source } from "../src/events.ts";
import type { PackageReport } from "../src/loader.ts";
import { byId, element } from "./element.ts";
import { formatBytes, formatCount } from "./format.ts";
import { STAGES, type Progress, type StripStage } from "./progress.ts";
import type { RunState } from "./run-controller.ts";
import { SOURCE_NAMES } from "./source-names.ts";

/** The strip under the top bar: status, stages, totals. */
export class Strip {
  readonly #status = byId("status");
  readonly #totals = byId("totals");
  readonly #segments: ReadonlyMap<StripStage, HTMLElement>;

  constructor() {
    this.#segments = new Map(STAGES.map((stage) => [stage, element("li", { class: "stage-segment" }, stage)]));
    byId("stages").append(...this.#segments.values());
  }

  /** Shows the state in words; `text` is the sentence that goes with it. */
  showState(state: RunState, text: string): void {
    this.#status.dataset["state"] = state;
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }

  /** Shows how far a load has come. */
  showProgress(progress: Progress, state: RunState): void {
    const { stage: current } = progress;
    for (const [stage, segment] of this.#segments) {
      const complete = state === "done";
      segment.style.setProperty("--fill", String(complete ? 1 : progress.fill(stage)));
      segment.dataset["state"] = stage === current && !complete ? segmentState(state) : "";
    }
    if (state === "loading") this.#showArriving(progress);
  }

  /** Shows what a finished program is made of. */
  showTotals(packages: readonly PackageReport[], networkBytes: number): void {
    if (packages.length === 0) return this.#totals.replaceChildren(element("span", {}, "No packages"));
    const counts = new Map<Source, number>();
    for (const { source } of packages) counts.set(source, (counts.get(source) ?? 0) + 1);
    const network = networkBytes === 0 ? "Nothing from the network" : `${formatBytes(networkBytes)} from the network`;
    this.#totals.replaceChildren(
      ...[...counts].map(([source, count]) => sourceBadge(source, `${count} ${SOURCE_NAMES[source].short}`)),
      element("span", { class: "narrow-count" }, formatCount(packages.length, "package")),
      element("span", {}, network),
    );
  }

  clearTotals(): void {
    this.#totals.replaceChildren();
  }

  #showArriving(progress: Progress): void {
    const bytes = [...progress.bytesBySource()];
    this.#totals.replaceChildren(
      ...bytes.map(([source, sum]) => sourceBadge(source, `${formatBytes(sum)} ${SOURCE_NAMES[source].short}`)),
      ...(progress.packages === 0 ? [] : [element("span", {}, formatCount(progress.packages, "package"))]),
    );
  }
}

function segmentState(state: RunState): string {
  if (state === "failed") return "failed";
  return state === "loading" || state === "running" ? "active" : "";
}

function sourceBadge(source: Source, text: string): HTMLElement {
  return element("span", { class: "badge", "data-source": source }, text);
}

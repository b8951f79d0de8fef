import { byId, element } from "./element.ts";
import { formatBytes } from "./format.ts";
import type { Arrival, Progress } from "./progress.ts";
import { SOURCE_NAMES } from "./source-names.ts";

const ROWS = 9;

/** What is on its way, while the result is not there yet: the latest arrivals, each with its own bar. */
export class LoadingView {
  readonly #caption = element("p", { class: "loading-caption" });
  readonly #list = element("ol", { class: "arrivals", "aria-label": "Arriving" });
  readonly #more = element("p", { class: "arrivals-more" });
  readonly #rows = new Map<string, HTMLElement>();

  constructor() {
    byId("loading").append(this.#caption, this.#list, this.#more);
  }

  show(progress: Progress): void {
    const arrivals = [...progress.arrivals.values()];
    const shown = arrivals.slice(-ROWS);
    this.#caption.textContent = arrivals.length === 0 ? "Looking up what the program imports" : "";
    this.#more.textContent = arrivals.length > ROWS ? `and ${arrivals.length - ROWS} before` : "";
    const subjects = new Set(shown.map(({ subject }) => subject));
    for (const [subject, row] of this.#rows) if (!subjects.has(subject)) this.#drop(subject, row);
    for (const arrival of shown) this.#update(arrival);
  }

  clear(): void {
    for (const [subject, row] of this.#rows) this.#drop(subject, row);
  }

  #drop(subject: string, row: HTMLElement): void {
    row.remove();
    this.#rows.delete(subject);
  }

  #update({ subject, bytes, total, source, complete }: Arrival): void {
    let row = this.#rows.get(subject);
    if (row === undefined) {
      row = element("li", { class: "arrival" }, element("b", {}, subject), element("span"), element("span"));
      this.#rows.set(subject, row);
      this.#list.append(row);
    }
    const [, size, origin] = row.children;
    if (source !== undefined) row.dataset["source"] = source;
    row.toggleAttribute("data-complete", complete);
    row.style.setProperty("--fill", String(complete ? 1 : total === undefined || total === 0 ? 0.1 : bytes / total));
    if (size !== undefined) size.textContent = bytes === 0 ? "" : formatBytes(bytes);
    if (origin !== undefined && source !== undefined) {
      origin.className = "badge";
      origin.textContent = SOURCE_NAMES[source].short;
    }
  }
}

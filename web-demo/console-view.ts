import type { ConsoleEntry, ConsoleValue, RuntimeError } from "../src/platform/browser/sandbox-frame.ts";
import { button, byId, element } from "./element.ts";
import type { Place } from "./place.ts";
import { shownStack } from "./program-base.ts";

/** What the console needs to turn the place of an error into a link. */
export interface ConsoleActions {
  placeOf(file: string | undefined, line?: number, column?: number): Place | undefined;
  reveal(place: Place): void;
}

/** More than this and the oldest go: a program that logs in a loop must not take the page down. */
const MAX_ENTRIES = 1000;

/** The program's console: entries as they come, equal neighbours counted instead of repeated. */
export class ConsoleView {
  readonly #list = byId("console");
  readonly #count = byId("console-count");
  readonly #actions: ConsoleActions;
  #last: { key: string; times: number } = { key: "", times: 0 };
  #errors = 0;

  constructor(actions: ConsoleActions) {
    this.#actions = actions;
    byId("console-clear").addEventListener("click", () => this.clear());
  }

  add(entry: ConsoleEntry): void {
    if (entry.level === "clear") return this.clear();
    const key = JSON.stringify(entry);
    if (key === this.#last.key) return this.#repeat();
    this.#last = { key, times: 1 };
    this.#append(entry.level, renderValues(entry.values));
  }

  /** An error that the program threw and nobody caught. */
  addError(error: RuntimeError): void {
    this.#last = { key: "", times: 0 };
    const text = error.message;
    const value: ConsoleValue = {
      kind: "error",
      text,
      ...(error.stack !== undefined && { detail: shownStack(error.stack) }),
    };
    const parts: HTMLElement[] = [renderValues([value])];
    const place = this.#actions.placeOf(error.file, error.line, error.column);
    if (place !== undefined) parts.push(this.#link(place));
    this.#append("error", ...parts);
  }

  clear(): void {
    this.#list.replaceChildren();
    this.#last = { key: "", times: 0 };
    this.#errors = 0;
    this.#showCount();
  }

  #append(level: string, ...parts: HTMLElement[]): void {
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 24;
    this.#list.append(
      element("div", { class: "console-entry", "data-testid": "console-entry", "data-level": level }, ...parts),
    );
    if (this.#list.childElementCount > MAX_ENTRIES) this.#list.firstElementChild?.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
    if (level === "error") this.#errors++;
    this.#showCount();
  }

  #repeat(): void {
    const entry = this.#list.lastElementChild;
    const badge = entry?.querySelector(".console-repeat") ?? element("span", { class: "count console-repeat" });
    badge.textContent = String(++this.#last.times);
    entry?.append(badge);
  }

  #link(place: Place): HTMLElement {
    const label = `${place.path.slice(1)}:${place.line}:${place.column}`;
    return button({ class: "console-place", title: "Go to this line" }, () => this.#actions.reveal(place), label);
  }

  #showCount(): void {
    this.#count.dataset["level"] = this.#errors > 0 ? "error" : "";
    this.#count.textContent = this.#errors > 0 ? String(this.#errors) : String(this.#list.childElementCount || "");
    this.#count.title = this.#errors > 0 ? "errors" : "entries";
  }
}

/** Values with a space between them, so that they read and copy as one line. */
function renderValues(values: readonly ConsoleValue[]): HTMLElement {
  const spaced = values.flatMap((value, at) => (at === 0 ? [renderValue(value)] : [" ", renderValue(value)]));
  return element("div", { class: "console-values" }, ...spaced);
}

function renderValue({ kind, text, detail }: ConsoleValue): HTMLElement {
  if (detail === undefined || detail === text)
    return element("span", { class: "console-value", "data-kind": kind }, text);
  return element(
    "details",
    { class: "console-value", "data-kind": kind },
    element("summary", {}, text),
    element("pre", {}, detail),
  );
}

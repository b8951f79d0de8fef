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

interface Line {
  readonly level: string;
  /** Lines with the same key are the same to the eye; an empty one is like no other. */
  readonly key: string;
  readonly render: () => HTMLElement[];
}

/** The program's console: drawn once a frame, equal neighbours counted instead of repeated. */
export class ConsoleView {
  readonly #list = byId("console");
  readonly #count = byId("console-count");
  readonly #actions: ConsoleActions;
  #waiting: Line[] = [];
  #last: { key: string; times: number } = { key: "", times: 0 };
  #errors = 0;

  constructor(actions: ConsoleActions) {
    this.#actions = actions;
    byId("console-clear").addEventListener("click", () => this.clear());
  }

  add(entry: ConsoleEntry): void {
    if (entry.level === "clear") return this.clear();
    const { level, values } = entry;
    this.#draw({ level, key: JSON.stringify(entry), render: () => [renderValues(values)] });
  }

  /** An error that the program threw and nobody caught. */
  addError(error: RuntimeError): void {
    const { message: text, stack } = error;
    const value: ConsoleValue = { kind: "error", text, ...(stack !== undefined && { detail: shownStack(stack) }) };
    const place = this.#actions.placeOf(error.file, error.line, error.column);
    const link = place === undefined ? [] : [place];
    const render = () => [renderValues([value]), ...link.map((there) => this.#link(there))];
    this.#draw({ level: "error", key: "", render });
  }

  clear(): void {
    this.#waiting = [];
    this.#list.replaceChildren();
    this.#last = { key: "", times: 0 };
    this.#errors = 0;
    this.#showCount();
  }

  #draw(line: Line): void {
    if (this.#waiting.push(line) === 1) requestAnimationFrame(() => this.#flush());
    if (this.#waiting.length > 2 * MAX_ENTRIES) this.#waiting.splice(0, MAX_ENTRIES);
  }

  #flush(): void {
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 24;
    for (const line of this.#waiting.splice(0).slice(-MAX_ENTRIES)) this.#append(line);
    while (this.#list.childElementCount > MAX_ENTRIES) this.#list.firstElementChild?.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
    this.#showCount();
  }

  #append({ level, key, render }: Line): void {
    if (level === "error") this.#errors++;
    if (key !== "" && key === this.#last.key) return this.#repeat();
    this.#last = { key, times: 1 };
    const attributes = { class: "console-entry", "data-testid": "console-entry", "data-level": level };
    this.#list.append(element("div", attributes, ...render()));
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

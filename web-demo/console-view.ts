import type { ConsoleEntry, ConsoleValue, RuntimeError } from "../src/platform/browser/sandbox-frame.ts";
import { button, byId, element } from "./element.ts";
import type { Place } from "./place.ts";
import { ownPlace, renderStack, type StackActions } from "./stack-view.ts";

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
  readonly #actions: StackActions;
  #waiting: Line[] = [];
  #last: { key: string; times: number } = { key: "", times: 0 };
  #errors = 0;

  constructor(actions: StackActions) {
    this.#actions = actions;
    byId("console-clear").addEventListener("click", () => this.clear());
  }

  add(entry: ConsoleEntry): void {
    if (entry.level === "clear") return this.clear();
    const { level, values } = entry;
    const stack = values.find(({ kind }) => kind === "error")?.detail ?? "";
    const render = () => [this.#renderValues(values), ...this.#link(ownPlace(stack, this.#actions))];
    this.#draw({ level, key: JSON.stringify(entry), render });
  }

  /** An error that the program threw and nobody caught. */
  addError(error: RuntimeError): void {
    const { message: text, stack = "", file, line, column } = error;
    const place = ownPlace(stack, this.#actions) ?? this.#actions.placeOf(file, line, column);
    const render = () => [this.#renderValues([{ kind: "error", text, detail: stack }]), ...this.#link(place)];
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

  #link(place: Place | undefined): HTMLElement[] {
    if (place === undefined) return [];
    const label = `${place.path.slice(1)}:${place.line}:${place.column}`;
    return [button({ class: "console-place", title: "Go to this line" }, () => this.#actions.reveal(place), label)];
  }

  /** Values with a space between them, so that they read and copy as one line. */
  #renderValues(values: readonly ConsoleValue[]): HTMLElement {
    const rendered = values.map((value) => this.#renderValue(value));
    return element(
      "div",
      { class: "console-values" },
      ...rendered.flatMap((value, at) => (at === 0 ? [value] : [" ", value])),
    );
  }

  #renderValue({ kind, text, detail = "" }: ConsoleValue): HTMLElement {
    if (detail === "" || detail === text) return element("span", { class: "console-value", "data-kind": kind }, text);
    return element(
      "details",
      { class: "console-value", "data-kind": kind },
      element("summary", {}, text),
      kind === "error" ? renderStack(detail, this.#actions) : element("pre", {}, detail),
    );
  }

  #showCount(): void {
    this.#count.dataset["level"] = this.#errors > 0 ? "error" : "";
    this.#count.textContent = this.#errors > 0 ? String(this.#errors) : String(this.#list.childElementCount || "");
    this.#count.title = this.#errors > 0 ? "errors" : "entries";
  }
}

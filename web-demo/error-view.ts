import { isLoaderError, type ErrorDetails, type LoaderError } from "../src/errors.ts";
import { button, byId, element } from "./element.ts";
import { formatBytes } from "./format.ts";
import type { Place } from "./place.ts";
import { shownFile } from "./program-base.ts";
import { ownPlace, renderStack, type StackActions } from "./stack-view.ts";

/** What the error card can do besides showing. */
export interface ErrorActions extends StackActions {
  /** The line of source at the place, with a caret under the column. */
  frameOf(place: Place): string;
  /** Marks the line in the editor, without leading the visitor there. */
  mark(place: Place): void;
  retry(): void;
  updateVersions(): void;
}

const LOCK_CODES = new Set([
  "ERR_LOCKFILE_STALE",
  "ERR_LOCKFILE_INVALID",
  "ERR_LOCKFILE_VERSION",
  "ERR_INTEGRITY_MISMATCH",
]);

/** Shows why a run failed: what happened, where, with which facts, and what to do. */
export class ErrorView {
  readonly #slot = byId("error");
  readonly #actions: ErrorActions;

  constructor(actions: ErrorActions) {
    this.#actions = actions;
  }

  show(error: unknown): void {
    this.#slot.replaceChildren(isLoaderError(error) ? this.#loaderCard(error) : this.#otherCard(error));
  }

  clear(): void {
    this.#slot.replaceChildren();
  }

  #loaderCard(error: LoaderError): HTMLElement {
    return element(
      "article",
      { class: "error-card", "data-testid": "error", "data-code": error.code },
      this.#head(error.code, `while ${STAGE_VERBS[error.stage]}`, error.message),
      ...this.#frame(error),
      ...facts(error),
      ...this.#stack(error),
      ...(error.hint === undefined ? [] : [element("p", { class: "error-hint" }, sentence(error.hint))]),
      this.#buttons(error),
    );
  }

  #otherCard(error: unknown): HTMLElement {
    const code = error instanceof Error ? error.name : "Error";
    const message = error instanceof Error ? error.message : String(error);
    return element(
      "article",
      { class: "error-card", "data-testid": "error", "data-code": code },
      this.#head(code, "", message),
      element("p", { class: "error-hint" }, "This is a fault of the playground itself. Reloading the page may help."),
    );
  }

  #head(code: string, stage: string, message: string): HTMLElement {
    return element(
      "header",
      { class: "error-head" },
      element("p", { class: "error-code" }, code, " ", element("span", { class: "error-stage" }, stage)),
      button({ class: "button quiet small", "aria-label": "Dismiss the error" }, () => this.clear(), "Dismiss"),
      element("p", { class: "error-message" }, message),
    );
  }

  /** The visitor's own line, even where it was a package that threw: there is nothing to change in that. */
  #frame({ details }: LoaderError): HTMLElement[] {
    if (details.file === undefined && details.frame === undefined) return [];
    const thrown = this.#actions.placeOf(details.file, details.line, details.column);
    const place = thrown ?? ownPlace(stackOf(details), this.#actions);
    if (place !== undefined) this.#actions.mark(place);
    const parts: HTMLElement[] = [];
    const label = placeLabel(place === undefined ? details : { ...place, file: place.path });
    if (place !== undefined) {
      const reveal = () => this.#actions.reveal(place);
      parts.push(button({ class: "error-place", title: "Go to this line" }, reveal, label));
    } else if (label !== "") {
      parts.push(element("p", { class: "error-place" }, label));
    }
    const frame = details.frame ?? (place === undefined ? undefined : this.#actions.frameOf(place));
    if (frame !== undefined) parts.push(element("pre", {}, frame));
    return [element("div", { class: "error-frame" }, ...parts)];
  }

  /** Where a program that threw was, call by call. */
  #stack({ details }: LoaderError): HTMLElement[] {
    const stack = stackOf(details);
    if (stack === "") return [];
    const isOwn = this.#actions.placeOf(details.file, details.line, details.column) !== undefined;
    const summary = element("summary", {}, "Stack trace");
    return [element("details", { class: "error-stack", open: !isOwn }, summary, renderStack(stack, this.#actions))];
  }

  #buttons(error: LoaderError): HTMLElement {
    const bar = element("div", { class: "error-actions" });
    const again = error.retryable ? "Try again" : "Run again";
    bar.append(button({ class: "button small" }, () => this.#actions.retry(), again));
    if (LOCK_CODES.has(error.code)) {
      bar.append(
        button({ class: "button small" }, () => this.#actions.updateVersions(), "Drop the lockfile and resolve anew"),
      );
    }
    return bar;
  }
}

const STAGE_VERBS: Readonly<Record<LoaderError["stage"], string>> = {
  specifier: "reading an import",
  resolve: "resolving",
  fetch: "fetching",
  verify: "verifying",
  compile: "compiling",
  store: "storing",
  link: "linking",
  run: "running",
};

function placeLabel({ file, line, column }: ErrorDetails): string {
  if (file === undefined) return "";
  return [shownFile(file), line, column].filter((part) => part !== undefined).join(":");
}

function facts({ details }: LoaderError): HTMLElement[] {
  const size = details.size === undefined ? "" : ` (${formatBytes(details.size)})`;
  const rows: [string, string | undefined][] = [
    ["Package", details.package],
    ["Imported by", details.referrer && shownFile(details.referrer)],
    ["Address", details.url],
    ["Expected", details.expected],
    ["Actual", details.actual && details.actual + size],
    ["Limit", details.limit === undefined ? undefined : String(details.limit)],
  ];
  const shown = rows.flatMap(([label, value]) =>
    value === undefined ? [] : [element("dt", {}, label), element("dd", {}, value)],
  );
  return shown.length === 0 ? [] : [element("dl", { class: "error-facts" }, ...shown)];
}

function stackOf({ runtime }: ErrorDetails): string {
  return typeof runtime === "object" && runtime !== null && "stack" in runtime ? String(runtime.stack) : "";
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

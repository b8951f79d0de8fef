import { isLoaderError } from "../src/errors.ts";
import { copyButton } from "./clipboard.ts";
import { button, byId, element } from "./element.ts";
import { icon } from "./icon.ts";

/** What the panel asks of the page. */
export interface LockfileActions {
  /** Takes `text` as the program's lockfile from now on; null has a new one made. */
  use(text: string | null): void;
  /** Drops the lockfile and runs, so that everything is resolved anew. */
  update(): void;
  /** @throws LoaderError when `text` is not a lockfile */
  check(text: string): Promise<number>;
}

/** The lockfile as text: to read, copy, download, edit and paste. */
export class LockfilePanel {
  readonly #actions: LockfileActions;
  readonly #text = element("textarea", {
    class: "lock-text",
    "data-testid": "lockfile",
    "aria-label": "Lockfile",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    placeholder:
      "The first run writes raya.lock here: the exact version and digest of everything the program is made of.\n\nOr paste one, and exactly what it says is what runs.",
  });
  readonly #state = element("span", { class: "lock-state" });
  readonly #notice = element("div", { class: "lock-notice", hidden: true, role: "status" });
  readonly #tools: HTMLButtonElement[];
  #current = "";

  constructor(actions: LockfileActions) {
    this.#actions = actions;
    this.#tools = [
      copyButton("Copy", () => this.#text.value),
      button({ class: "button quiet small" }, () => this.#download(), icon("download"), "Download"),
      button(
        { class: "button quiet small", title: "Resolve everything anew and run" },
        () => actions.update(),
        icon("refresh"),
        "Update",
      ),
      button({ class: "button quiet small" }, () => actions.use(null), icon("close"), "Clear"),
    ];
    this.#text.addEventListener("input", () => this.#showDifference());
    const bar = element(
      "div",
      { class: "lock-bar" },
      this.#state,
      element("span", { class: "spacer" }),
      ...this.#tools,
    );
    byId("panel-lock").append(bar, this.#notice, this.#text);
  }

  /** Shows the program's lockfile; null means that it has none yet. */
  show(lockfile: string | null, packages: number | undefined): void {
    this.#current = lockfile ?? "";
    this.#text.value = this.#current;
    for (const tool of this.#tools) tool.disabled = lockfile === null;
    const label = packages === undefined ? "raya.lock" : `raya.lock, ${packages} pinned`;
    this.#state.replaceChildren(...(lockfile === null ? ["No lockfile yet"] : [icon("lock"), label]));
    this.#notice.hidden = true;
  }

  #showDifference(): void {
    if (this.#text.value === this.#current) {
      this.#notice.hidden = true;
      return;
    }
    this.#showNotice("", "Not in use yet.");
  }

  #showNotice(level: string, message: string): void {
    this.#notice.dataset["level"] = level;
    this.#notice.replaceChildren(
      element("p", {}, message),
      button({ class: "button quiet small" }, () => this.#discard(), "Discard"),
      button({ class: "button small" }, () => void this.#use(), "Use this lockfile"),
    );
    this.#notice.hidden = false;
  }

  #discard(): void {
    this.#text.value = this.#current;
    this.#notice.hidden = true;
  }

  async #use(): Promise<void> {
    const text = this.#text.value;
    if (text.trim() === "") return this.#actions.use(null);
    try {
      await this.#actions.check(text);
      this.#actions.use(text);
    } catch (error) {
      const hint = isLoaderError(error) && error.hint !== undefined ? `\n${error.hint}` : "";
      this.#showNotice("error", `${error instanceof Error ? error.message : String(error)}${hint}`);
    }
  }

  #download(): void {
    const url = URL.createObjectURL(new Blob([this.#text.value], { type: "application/toml" }));
    const link = element("a", { href: url, download: "raya.lock" });
    link.click();
    URL.revokeObjectURL(url);
  }
}

import { button, byId, element } from "./element.ts";
import { icon } from "./icon.ts";

/** What the tabs ask of the page. Paths are absolute: `/main.tsx`. */
export interface FileActions {
  select(path: string): void;
  add(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
}

/** What the tabs show. */
export interface FileTabsState {
  readonly paths: readonly string[];
  readonly entry: string;
  readonly selected: string;
}

/** The project's files as tabs: click to open, double-click or F2 to rename, Delete to delete. */
export class FileTabs {
  readonly #list = byId("files");
  readonly #actions: FileActions;
  #state: FileTabsState = { paths: [], entry: "", selected: "" };

  constructor(actions: FileActions) {
    this.#actions = actions;
    byId("add-file").addEventListener("click", () => this.#askName(undefined));
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
  }

  show(state: FileTabsState): void {
    this.#state = state;
    const focused = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...state.paths.map((path) => this.#tab(path)));
    const selected = this.#list.querySelector<HTMLElement>('[aria-selected="true"]');
    selected?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focused) selected?.focus();
  }

  #tab(path: string): HTMLElement {
    const selected = path === this.#state.selected;
    const isEntry = path === this.#state.entry;
    const name = button(
      {
        class: "file-name",
        role: "tab",
        "aria-selected": String(selected),
        "aria-controls": "editor",
        tabindex: selected ? 0 : -1,
        title: isEntry ? `${path}, the file that runs` : `${path}, double-click to rename`,
        "data-path": path,
      },
      () => this.#actions.select(path),
      path.slice(1),
    );
    name.addEventListener("dblclick", () => this.#askName(path));
    const tab = element("div", { class: "file-tab", role: "presentation", "data-selected": selected }, name);
    if (selected && !isEntry) {
      const remove = () => this.#actions.remove(path);
      tab.append(button({ class: "file-close", "aria-label": `Delete ${path.slice(1)}` }, remove, icon("close")));
    }
    return tab;
  }

  #onKey(event: KeyboardEvent): void {
    const path = event.target instanceof HTMLElement ? event.target.dataset["path"] : undefined;
    if (path === undefined) return;
    const { paths, entry } = this.#state;
    const at = paths.indexOf(path);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = paths[(at + step + paths.length) % paths.length];
    if (step !== 0 && next !== undefined) this.#actions.select(next);
    else if (event.key === "F2") this.#askName(path);
    else if (event.key === "Delete" && path !== entry) this.#actions.remove(path);
    else return;
    event.preventDefault();
  }

  /** Puts a text field in place of the tab `from`, or after the last one for a new file. */
  #askName(from: string | undefined): void {
    if (from !== undefined && from === this.#state.entry) return;
    const input = element("input", {
      class: "file-input",
      value: from?.slice(1),
      placeholder: "chart.ts",
      "aria-label": from === undefined ? "Name of the new file" : `New name of ${from.slice(1)}`,
      spellcheck: "false",
      autocapitalize: "off",
    });
    const tab = this.#list.children[this.#state.paths.indexOf(from ?? "")];
    if (tab === undefined) this.#list.append(input);
    else tab.replaceWith(input);
    this.#readName(input, from);
    input.focus();
    input.select();
  }

  #readName(input: HTMLInputElement, from: string | undefined): void {
    let settled = false;
    const settle = (action?: () => void) => {
      if (settled) return;
      settled = true;
      if (action === undefined) this.show(this.#state);
      else action();
    };
    const accept = () => {
      const path = `/${input.value.trim().replace(/^\.?\//, "")}`;
      if (path === "/" || path === from) return settle();
      const problem = problemOf(path, this.#state.paths);
      input.setCustomValidity(problem);
      if (!input.reportValidity()) return undefined;
      return settle(() => (from === undefined ? this.#actions.add(path) : this.#actions.rename(from, path)));
    };
    input.addEventListener("input", () => input.setCustomValidity(""));
    input.addEventListener("blur", () => settle());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") accept();
      else if (event.key === "Escape") settle();
    });
  }
}

function problemOf(path: string, paths: readonly string[]): string {
  if (paths.includes(path)) return `${path.slice(1)} is there already`;
  if (!/^(\/[\w@.-]+)+$/.test(path)) return "Letters, digits, dots, dashes and slashes only";
  if (path.split("/").some((part) => part === "." || part === "..")) return "A path cannot have . or .. in it";
  if (!/\.([cm]?[jt]sx?|json|css|txt|md|svg|html)$/.test(path))
    return "Give it an ending: .ts, .tsx, .js, .jsx, .json or .css";
  return "";
}

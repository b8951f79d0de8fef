import { button, byId, element } from "./element.ts";
import { icon, type IconName } from "./icon.ts";

/** The views of the page. On a desktop the code is always there, and is not a tab. */
export type View = "code" | "result" | "packages" | "lock";

const VIEWS: readonly { view: View; label: string; icon: IconName }[] = [
  { view: "code", label: "Code", icon: "code" },
  { view: "result", label: "Result", icon: "result" },
  { view: "packages", label: "Packages", icon: "packages" },
  { view: "lock", label: "Lock", icon: "lock" },
];

const phone = matchMedia("(max-width: 760px)");

/** The tabs of the right-hand side; on a phone, the bar at the bottom. */
export class ViewTabs {
  readonly #workbench = byId("workbench");
  readonly #tabs = new Map<View, HTMLButtonElement>();
  readonly #packageCount = element("span", { class: "count" });
  #view: View = "code";

  constructor() {
    const list = byId("views");
    for (const { view, label, icon: name } of VIEWS) {
      const controls = view === "code" ? "code" : `panel-${view}`;
      const attributes = {
        class: "view-tab",
        role: "tab",
        id: `tab-${view}`,
        "data-view": view,
        "aria-controls": controls,
      };
      const tab = button(attributes, () => this.show(view), icon(name), element("span", {}, label));
      if (view === "packages") tab.append(this.#packageCount);
      this.#tabs.set(view, tab);
    }
    list.append(...this.#tabs.values());
    list.addEventListener("keydown", (event) => this.#onKey(event));
    phone.addEventListener("change", () => this.show(this.#view));
    this.show("code");
  }

  show(view: View): void {
    this.#view = view;
    this.#workbench.dataset["view"] = view;
    const shown = view === "code" && !phone.matches ? "result" : view;
    for (const [name, tab] of this.#tabs) {
      tab.setAttribute("aria-selected", String(name === shown));
      tab.tabIndex = name === shown ? 0 : -1;
      if (name !== "code") byId(`panel-${name}`).hidden = name !== (shown === "code" ? "result" : shown);
    }
  }

  showPackageCount(count: number): void {
    this.#packageCount.textContent = count === 0 ? "" : String(count);
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const tabs = [...this.#tabs.values()].filter((tab) => tab.offsetParent !== null);
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next?.click();
    next?.focus();
    event.preventDefault();
  }
}

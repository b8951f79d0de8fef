import { button, byId, element } from "./element.ts";
import type { Example } from "./examples/example.ts";
import type { ProgramStore } from "./program-store.ts";

/** Fills the menu of examples; what the visitor changed in one is kept and comes back with it. */
export function createExamplesMenu(catalog: readonly Example[], store: ProgramStore, open: (id: string) => void): void {
  const menu = byId("examples");

  function choose(id: string): void {
    menu.hidePopover();
    open(id);
  }

  function render(): void {
    const current = store.current.id;
    menu.replaceChildren(
      ...catalog.map(({ id, title, description }) =>
        button(
          { class: "menu-item", role: "menuitemradio", "aria-checked": String(id === current), "data-example": id },
          () => choose(id),
          element("strong", {}, title),
          element("span", { class: "edited" }, store.isEdited(id) ? "edited" : ""),
          element("small", {}, description),
        ),
      ),
    );
  }

  menu.addEventListener("beforetoggle", render);
  menu.addEventListener("toggle", () => menu.querySelector<HTMLElement>('[aria-checked="true"]')?.focus());
  menu.addEventListener("keydown", (event) => moveFocus(menu, event));
  render();
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function moveFocus(menu: HTMLElement, event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

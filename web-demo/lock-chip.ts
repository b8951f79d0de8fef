import { byId, element } from "./element.ts";
import { icon } from "./icon.ts";

/** The small sign in the strip that the program is locked; leads to the lockfile. */
export function showLockChip(locked: boolean): void {
  const chip = byId("lock-chip");
  chip.hidden = !locked;
  chip.title = "What is locked is what runs. Show the lockfile";
  chip.replaceChildren(icon("lock"), element("span", { class: "chip-label" }, "Locked"));
}

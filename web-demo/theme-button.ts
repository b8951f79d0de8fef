import { byId } from "./element.ts";
import { icon, type IconName } from "./icon.ts";

const KEY = "raya.theme";
const THEMES: readonly { theme: string; icon: IconName; label: string }[] = [
  { theme: "system", icon: "system", label: "Theme: as the system" },
  { theme: "light", icon: "sun", label: "Theme: light" },
  { theme: "dark", icon: "moon", label: "Theme: dark" },
];

/** The button that goes round system, light and dark. `public/theme.js` applies the choice before the first paint. */
export function createThemeButton(onUnavailable: (reason: string) => void): void {
  const created = byId("theme");
  const root = document.documentElement;

  function render(): void {
    const current = THEMES.find(({ theme }) => theme === root.dataset["theme"]) ?? THEMES[0];
    if (current === undefined) return;
    created.replaceChildren(icon(current.icon));
    created.title = current.label;
    created.setAttribute("aria-label", current.label);
  }

  function advance(): void {
    const at = THEMES.findIndex(({ theme }) => theme === (root.dataset["theme"] ?? "system"));
    const next = THEMES[(at + 1) % THEMES.length]?.theme ?? "system";
    if (next === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = next;
    render();
    try {
      localStorage.setItem(KEY, next);
    } catch (error) {
      onUnavailable(error instanceof Error ? error.message : String(error));
    }
  }

  created.addEventListener("click", advance);
  render();
}

import { button } from "./element.ts";
import { icon } from "./icon.ts";
import { showToast } from "./toast.ts";

/** Copies `text`; tells the visitor when the browser does not let it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    showToast(`Not copied: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** A button that copies what `read` gives and says so for a moment. */
export function copyButton(label: string, read: () => string): HTMLButtonElement {
  const created = button({ class: "button quiet small" }, () => void copy(), icon("copy"), label);
  async function copy(): Promise<void> {
    if (!(await copyText(read()))) return;
    created.replaceChildren(icon("check"), "Copied");
    setTimeout(() => created.replaceChildren(icon("copy"), label), 1600);
  }
  return created;
}

import { button, byId, element } from "./element.ts";

const SHOWN_FOR = 6000;

/** What a toast offers to do. */
export interface ToastAction {
  readonly label: string;
  run(): void;
}

/** Says something in the corner; with an action it stays until that is taken or dismissed, unless `passing`. */
export function showToast(message: string, action?: ToastAction, passing = action === undefined): void {
  const toast = element("div", { class: "toast" }, element("p", {}, message));
  const remove = () => toast.remove();
  if (action !== undefined) {
    const take = () => {
      remove();
      action.run();
    };
    toast.append(button({ class: "button small" }, take, action.label));
  }
  toast.append(button({ class: "button quiet small" }, remove, "Dismiss"));
  byId("toasts").append(toast);
  if (passing) setTimeout(remove, SHOWN_FOR);
}

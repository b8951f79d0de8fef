import { byId, element } from "./element.ts";

/** Says whether there is a network, and whether the page can do without it. */
export function createNetworkChip(): void {
  const chip = byId("network");

  function render(): void {
    const offline = !navigator.onLine;
    const ready = navigator.serviceWorker?.controller !== null && navigator.serviceWorker !== undefined;
    chip.dataset["state"] = offline ? "offline" : ready ? "ready" : "online";
    chip.title = offline
      ? "There is no network. What has been loaded once runs from this browser."
      : ready
        ? "The page and what it has loaded are kept in this browser and work without a network."
        : "";
    const label = offline ? "Offline" : ready ? "Works offline" : "Online";
    chip.replaceChildren(element("span", { class: "dot" }), element("span", { class: "chip-label" }, label));
  }

  addEventListener("online", render);
  addEventListener("offline", render);
  navigator.serviceWorker?.addEventListener("controllerchange", render);
  render();
}

import { byId, element } from "./element.ts";

const TRY = ["d3", "zod@^4", "react-dom@19/client", "./chart.ts", "https://…/add.wasm"];

/** What the result shows before the first run. */
export function renderIdle(): void {
  const mark = document.querySelector(".brand-mark")?.cloneNode(true);
  byId("idle").append(
    ...(mark === undefined ? [] : [mark]),
    element(
      "div",
      {},
      element("h2", {}, "Write imports, press Run"),
      element(
        "p",
        {},
        "Packages come straight from npm. Each one is checked against the registry’s own digest before any of it runs, and stays in this browser for when the network is gone.",
      ),
    ),
    element("ul", { "aria-label": "What can be imported" }, ...TRY.map((specifier) => element("li", {}, specifier))),
  );
}

import type { Source } from "../src/events.ts";
import type { PackageReport } from "../src/loader.ts";
import { copyText } from "./clipboard.ts";
import { button, byId, element } from "./element.ts";
import { formatBytes, shortDigest } from "./format.ts";
import { SOURCE_NAMES } from "./source-names.ts";

/** What a finished run says besides its packages. */
export interface RunFigures {
  /** From Run to the entry evaluated, milliseconds. */
  readonly ms: number;
  readonly networkBytes: number;
}

/** The table of what was loaded; cards on a phone. */
export class PackagesPanel {
  readonly #panel = byId("panel-packages");

  showNothing(): void {
    this.#panel.replaceChildren(
      element(
        "div",
        { class: "empty" },
        element("strong", {}, "Nothing loaded yet"),
        element(
          "p",
          {},
          "After a run, every package is listed here: its version, size and SHA-256, what imported it, and where it came from.",
        ),
      ),
    );
  }

  show(packages: readonly PackageReport[], figures: RunFigures): void {
    if (packages.length === 0) return this.#showNone();
    const head = ["Package", "Size", "Brought in by", "SHA-256", "From"].map((label, column) =>
      element("th", { scope: "col", class: column === 1 ? "number" : undefined }, label),
    );
    this.#panel.replaceChildren(
      renderSummary(packages, figures),
      element(
        "table",
        { class: "package-table" },
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...packages.map(renderRow)),
      ),
    );
  }

  #showNone(): void {
    this.#panel.replaceChildren(
      element(
        "div",
        { class: "empty" },
        element("strong", {}, "No packages"),
        element("p", {}, "This program imports nothing but its own files."),
      ),
    );
  }
}

function renderSummary(packages: readonly PackageReport[], figures: RunFigures): HTMLElement {
  const total = packages.reduce((sum, { archiveSize }) => sum + archiveSize, 0);
  const sizes = new Map<Source, number>();
  for (const { source, archiveSize } of packages) sizes.set(source, (sizes.get(source) ?? 0) + archiveSize);
  const shares = [...sizes].map(([source, size]) => {
    const share = element("span", { "data-source": source });
    share.style.setProperty("--share", String(size));
    return share;
  });
  const legend = [...sizes].map(([source, size]) =>
    element("span", { class: "badge", "data-source": source }, `${SOURCE_NAMES[source].long} ${formatBytes(size)}`),
  );
  return element(
    "div",
    { class: "summary" },
    element(
      "dl",
      { class: "figures" },
      figure("packages", String(packages.length)),
      figure("in archives", formatBytes(total)),
      figure("over the network", formatBytes(figures.networkBytes)),
      figure("from Run to result", `${Math.round(figures.ms)} ms`),
    ),
    element("div", { class: "origin-bar", "aria-hidden": "true" }, ...shares),
    element("div", { class: "origin-legend" }, ...legend),
  );
}

function figure(label: string, value: string): HTMLElement {
  return element("div", { class: "figure" }, element("dt", {}, label), element("dd", {}, value));
}

function renderRow(report: PackageReport): HTMLElement {
  const { name, version, source, sha256, archiveSize, via } = report;
  return element(
    "tr",
    {
      "data-testid": "package-row",
      "data-name": name,
      "data-version": version,
      "data-source": source,
      "data-sha256": sha256,
    },
    element(
      "td",
      {},
      element("span", { class: "package-name" }, name),
      element("span", { class: "package-version" }, version),
    ),
    element("td", { class: "number" }, formatBytes(archiveSize)),
    element("td", { class: "via-cell" }, renderVia(via)),
    element("td", { class: "digest-cell" }, renderDigest(report)),
    element("td", { class: "origin-cell" }, element("span", { class: "badge" }, SOURCE_NAMES[source].short)),
  );
}

/** The chain of imports without its last step, which is the package itself. */
function renderVia(via: readonly string[]): HTMLElement {
  const steps = via.length > 1 ? via.slice(0, -1) : via;
  return element(
    "span",
    { class: "via" },
    ...steps.map((step) => element("span", { class: "via-step" }, step.replace(/^\//, ""))),
  );
}

function renderDigest({ name, version, sha256 }: PackageReport): HTMLElement {
  const label = `Copy the SHA-256 of ${name}@${version}`;
  const created = button(
    { class: "digest", title: `${sha256}\nClick to copy`, "aria-label": label },
    () => void copy(),
    shortDigest(sha256),
  );
  async function copy(): Promise<void> {
    if (!(await copyText(sha256))) return;
    created.textContent = "copied";
    setTimeout(() => (created.textContent = shortDigest(sha256)), 1200);
  }
  return created;
}

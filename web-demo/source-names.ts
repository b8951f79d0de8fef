import type { Source } from "../src/events.ts";

/** What the page calls the places that bytes come from. */
export const SOURCE_NAMES: Readonly<Record<Source, { short: string; long: string }>> = {
  upstream: { short: "upstream", long: "Upstream registry" },
  edge: { short: "edge", long: "Edge cache" },
  browser: { short: "this browser", long: "This browser" },
  project: { short: "project", long: "The project" },
};

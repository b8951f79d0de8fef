import type { Browser } from "playwright";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import { startRegistryServer } from "../../fixtures/registry-server/registry-server.ts";
import { atMost, formatKilobytes, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Section } from "../section.ts";
import { bundleEdgeWorker, startEdgeWorker } from "../serve/start-edge-worker.ts";
import { launchChromium } from "../workspace/chromium.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { installPackages } from "../workspace/install-packages.ts";
import { createBundleSite } from "./bundle-site.ts";
import { COLD_PROGRAM, COLD_PROGRAM_OF_FILES, INTERACTIVE } from "./cold-program.ts";
import { startDelayingProxy } from "./delaying-proxy.ts";
import { createMapSites, JSPM } from "./map-sites.ts";
import { createImageSite, createRayaSite } from "./raya-site.ts";
import type { Site } from "./site.ts";
import { startSiteServer } from "./site-server.ts";

const ROUNDS = 3;
/** Milliseconds. */
const ROUND_TRIPS = [0, 50, 150];
const LIMIT = 1.25;
const GIVE_UP = 60_000;
const RAYA = "Raya";

/** Notes when the program can be used, by the page's own clock: it begins with the navigation. */
const WATCH = `
if (window === top) window.interactive = new Promise((resolve, reject) => {
  console.log = (text) => text === ${JSON.stringify(INTERACTIVE)} && resolve(performance.now());
  console.error = (text) => reject(new Error(text));
  addEventListener("error", ({ message }) => reject(new Error(message)));
  addEventListener("unhandledrejection", ({ reason }) => reject(reason));
});`;

declare global {
  interface Window {
    /** Of `WATCH`: milliseconds since the navigation began. */
    interactive: Promise<number>;
  }
}

/** First visit to a page with a React application: the loader counts in, as everything does that the page needs. */
export const section: Section = {
  name: "cold",
  what: "first visit to a React application, at several distances: Raya beside a bundle, import maps and plain modules",
  async measure(log) {
    const folder = `${BENCH_FOLDER}cold`;
    installPackages({ ...COLD_PROGRAM.dependencies, ...JSPM }, folder);
    const upstream = await startRegistryServer(npmRegistry());
    const edge = await startEdgeWorker(await bundleEdgeWorker(), upstream.registry);
    const browser = await launchChromium();
    try {
      log("Building the pages …");
      const sites = [
        await createImageSite(COLD_PROGRAM, `${RAYA}, from its image`, edge.url),
        await createRayaSite(COLD_PROGRAM, `${RAYA}, barrels`, edge.url),
        await createRayaSite(COLD_PROGRAM_OF_FILES, `${RAYA}, single files`, edge.url),
        await createBundleSite(folder),
        ...(await createMapSites(folder)),
      ];
      const samples = new Samples();
      for (let round = 0; round <= ROUNDS; round++) {
        log(round === 0 ? "Warming the servers …" : `Round ${round} of ${ROUNDS} …`);
        for (const roundTrip of round === 0 ? [0] : ROUND_TRIPS)
          for (const site of sites) {
            const visit = await measureVisit(browser, site, roundTrip);
            if (round > 0) record(samples, site, roundTrip, visit);
          }
      }
      const about = { chromium: browser.version(), rounds: ROUNDS };
      return { tables: [report(samples, sites)], series: samples.series, about };
    } finally {
      await browser.close();
      await edge.stop();
      await upstream.close();
    }
  },
};

interface Visit {
  readonly ms: number;
  readonly requests: number;
  /** That came, with those of TLS and HTTP. */
  readonly bytes: number;
}

/** In a new browser profile. */
async function measureVisit(browser: Browser, site: Site, roundTrip: number): Promise<Visit> {
  const server = await startSiteServer(site);
  const proxy = await startDelayingProxy(server.port, roundTrip);
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    page.setDefaultTimeout(GIVE_UP);
    await page.goto(`https://127.0.0.1:${proxy.port}/`, { waitUntil: "commit" });
    const ms = await page.evaluate(() => window.interactive);
    return { ms, requests: server.takeRequests(), bytes: proxy.takeReceived() };
  } catch (cause) {
    throw new Error(`${site.name}, ${roundTrip} ms away, did not start`, { cause });
  } finally {
    await context.close();
    proxy.close();
    server.close();
  }
}

const subjectOf = (roundTrip: number): string => `${roundTrip} ms away`;

function record(samples: Samples, { name }: Site, roundTrip: number, { ms, requests, bytes }: Visit): void {
  samples.add(subjectOf(roundTrip), name, ms);
  samples.add("requests", name, requests, "requests");
  samples.add("bytes", name, bytes, "bytes");
}

function report(samples: Samples, sites: readonly Site[]): Table {
  const rows = sites.map(({ name }) => [
    name,
    String(samples.median("requests", name)),
    formatKilobytes(samples.median("bytes", name)),
    ...ROUND_TRIPS.flatMap((roundTrip) => {
      const subject = subjectOf(roundTrip);
      const ratio = samples.median(subject, name) / samples.median(subject, "one bundle");
      return [
        formatTimes(samples.values(subject, name)),
        formatRatio(ratio, name.startsWith(RAYA) ? atMost(LIMIT) : () => true),
      ];
    }),
  ]);
  const times = ROUND_TRIPS.flatMap((roundTrip) => [`${subjectOf(roundTrip)}, ms`, `of the bundle`]);
  const title = `Cold: first visit to a React application until it can be used (of the bundle: ≤ ${LIMIT} for Raya)`;
  return { title, rows: [["page", "requests", "KB", ...times], ...rows] };
}

import { buildDemo } from "../../../scripts/build-demo.ts";
import { findFreePort, startEdge, type Edge } from "../../../scripts/edge-process.ts";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import type { ConsoleApi } from "../../../web-demo/console-api.ts";
import { pinnedSource } from "../program.ts";
import type { Contender } from "./contender.ts";
import { RESULT } from "./page-programs.ts";

/** Raya: the playground and its edge, whose store is kept in `persistTo`. */
export async function createPlaygroundContender(persistTo: string): Promise<Contender> {
  await buildDemo();
  const port = await findFreePort();
  const vars = { UPSTREAM_REGISTRY: npmRegistry() };
  let edge: Edge | undefined;
  return {
    name: "raya",
    async start() {
      edge = await startEdge({ port, persistTo, vars, onComplaint: (line) => console.error(`wrangler: ${line}`) });
    },
    async stop() {
      await edge?.stop();
      edge = undefined;
    },
    async open(page) {
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForFunction(() => "raya" in window);
      await page.evaluate(() => navigator.serviceWorker.ready);
    },
    run: (page, program) => page.evaluate(runInPlayground, { source: pinnedSource(program), result: RESULT }),
  };
}

/** Runs in the page: from run() to the console entry, or the error, that ends it. */
function runInPlayground({ source, result }: { source: string; result: string }): Promise<number> {
  const api: ConsoleApi = window.raya;
  api.setProject({ "/main.js": source }, "/main.js");
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const entries = [...document.querySelectorAll("[data-testid=console-entry]")];
      const error = document.querySelector("[data-testid=error]");
      if (entries.some(({ textContent }) => textContent?.includes(result))) resolve(performance.now() - started);
      else if (error !== null) reject(new Error(error.textContent ?? "failed"));
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
    const started = performance.now();
    void api.run();
  });
}

import type { Samples } from "../report/samples.ts";
import type { Log } from "../section.ts";
import { launchChromium } from "../workspace/chromium.ts";
import { type Files, servePage } from "../workspace/serve-page.ts";
import type { LinkPageProgram } from "./link-page.ts";
import type { LinkedProgram } from "./link-section.ts";
import { collectVirtualFiles } from "./virtual-files.ts";

/** Both in one page, in turns; what the first round gives is kept apart. Gives the browser's version. */
export async function measureInChromium(
  programs: readonly LinkedProgram[],
  folder: string,
  samples: Samples,
  rounds: number,
  log: Log,
): Promise<string> {
  const browser = await launchChromium();
  const served = await servePage(new URL("link-page.ts", import.meta.url), await servedFiles(programs, folder));
  try {
    const page = await browser.newPage();
    await page.goto(served.url);
    samples.add("start", "esbuild-wasm", await page.evaluate(() => window.linkBench.startEsbuild()));
    for (const { program } of programs) await page.evaluate((name) => window.linkBench.prepare(name), program.name);
    for (let round = 0; round <= rounds; round++) {
      log(`Chromium, round ${round} of ${rounds} …`);
      const suffix = round === 0 ? ", first" : "";
      for (const { program } of programs) {
        const raya = await page.evaluate((name) => window.linkBench.raya(name), program.name);
        const esbuild = await page.evaluate((name) => window.linkBench.esbuild(name), program.name);
        samples.add(program.name, `Raya in Chromium${suffix}`, raya.total);
        samples.add(program.name, `Raya's linker in Chromium${suffix}`, raya.link);
        samples.add(program.name, `esbuild-wasm${suffix}`, esbuild.total);
      }
    }
    return browser.version();
  } finally {
    await browser.close();
    await served.close();
  }
}

async function servedFiles(programs: readonly LinkedProgram[], folder: string): Promise<Files> {
  const files: Record<string, () => string | Uint8Array> = {};
  for (const { program, stored } of programs) {
    const page: LinkPageProgram = {
      base: stored.base,
      project: stored.project,
      lockfile: stored.lockfile,
      records: [...stored.records],
      objects: [...stored.objects.keys()],
      files: await collectVirtualFiles(program, folder),
    };
    files[`/programs/${program.name}`] = () => JSON.stringify(page);
    for (const [digest, bytes] of stored.objects) files[`/objects/${digest}`] = () => bytes;
  }
  return files;
}

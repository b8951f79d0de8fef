import { fileURLToPath } from "node:url";
import { build, type InlineConfig, type PluginOption } from "vite";

/** Settings of a build of the page. */
export interface DemoBuild {
  /** Folder to write to; default web-demo/dist. */
  outDir?: string;
  /** More plug-ins for the page, such as one that makes a build differ. */
  plugins?: PluginOption[];
}

/** Builds the page, then its service worker (which lists what the page consists of). Quiet unless something fails. */
export async function buildDemo({ outDir, plugins }: DemoBuild = {}): Promise<void> {
  const settings = outDir === undefined ? {} : { outDir };
  await build({ ...configuration("vite.config.ts"), build: settings, ...(plugins && { plugins }) });
  await build({ ...configuration("vite.sw.config.ts"), build: settings });
}

function configuration(file: string): InlineConfig {
  return { configFile: fileURLToPath(new URL(`../web-demo/${file}`, import.meta.url)), logLevel: "warn" };
}

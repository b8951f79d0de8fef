import { availableParallelism } from "node:os";
import { readBuildSettings } from "../../load/build-settings.ts";
import { createLoader, type Loader, type LoaderOptions } from "../../loader.ts";
import { cacheFolder } from "./cache-folder.ts";
import { createNodeHost } from "./host.ts";
import { npmRegistry } from "./npm-registry.ts";

export * from "../../index.ts";
export { cacheFolder } from "./cache-folder.ts";
export { createNodeHost } from "./host.ts";

/**
 * A loader for Node that keeps objects in memory, or in the folder that `dir` in the `[cache]` of `registries.config` names, and compiles
 * in as many threads as its `[build]` says; without one in this. Without `registry` it loads from the one that npm on this machine
 * is set to.
 */
export function createNodeLoader(options: Partial<LoaderOptions> = {}): Loader {
  const registry = options.registry ?? npmRegistry();
  const config = options.registries?.config;
  return createLoader(createNodeHost({ cache: cacheFolder(config), jobs: jobsOf(config) }), {
    base: "https://raya.invalid/~/",
    ...options,
    registry,
  });
}

function jobsOf(config: string | undefined): number {
  const build = config === undefined ? undefined : readBuildSettings(config);
  return build?.parallel === true ? (build.jobs ?? availableParallelism()) : 0;
}

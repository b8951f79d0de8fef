import { createLoader as createCoreLoader, type Loader, type LoaderOptions } from "../../loader.ts";
import { createNodeHost } from "./host.ts";

export * from "../../index.ts";
export { createNodeHost } from "./host.ts";

/**
 * A loader for Node. Without `registry` it uses what npm is set to in this environment (`npm_config_registry`, as npm
 * hands it to the scripts it runs).
 */
export function createNodeLoader(options: Partial<LoaderOptions> = {}): Loader {
  const registry = options.registry ?? process.env["npm_config_registry"];
  if (registry === undefined)
    throw new TypeError("createNodeLoader needs the option registry: the URL of an npm registry");
  const base = registry.endsWith("/") ? registry : `${registry}/`;
  return createCoreLoader(createNodeHost(), { base: "https://raya.invalid/~/", ...options, registry: base });
}

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readCacheSettings } from "../../load/cache/cache-settings.ts";

/**
 * The folder that `dir` in the `[cache]` of a `config.toml` names; `~/` is the user's own.
 * @param config text of the file
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function cacheFolder(config: string | undefined): string | undefined {
  const { dir } = config === undefined ? {} : readCacheSettings(config);
  if (dir === undefined) return undefined;
  return dir.startsWith("~/") ? join(homedir(), dir.slice(2)) : resolve(dir);
}

import { parseToml } from "../../fetch/parse-toml.ts";
import { settingError } from "../../fetch/registries/settings-builder.ts";

/** What a `config.toml` says of the cache. */
export interface CacheSettings {
  /** Its name: a folder, where there are folders (`~/` is the user's own); what databases and keys begin with, elsewhere. */
  readonly dir?: string;
  /** Bytes. */
  readonly maxSize?: number;
}

const FILE = "config.toml";

/**
 * Reads `[cache]` of a `config.toml`; the other tables are not its business.
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function readCacheSettings(text: string): CacheSettings {
  const root = parseToml(text, (reason) => settingError({ file: FILE, key: "cache" }, reason));
  const { cache = {} } = root;
  if (typeof cache !== "object" || cache === null)
    throw settingError({ file: FILE, key: "cache" }, "it is not a table");
  const { dir, max_size: maxSize } = cache as Readonly<Record<string, unknown>>;
  if (dir !== undefined && (typeof dir !== "string" || dir === ""))
    throw settingError({ file: FILE, key: "cache.dir" }, "it is not a name");
  return {
    ...(dir !== undefined && { dir }),
    ...(maxSize !== undefined && { maxSize: readSize(maxSize, FILE, "cache.max_size") }),
  };
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/**
 * Bytes of a size as people write it: `10GB`, `512 MiB`, a number of bytes.
 * @param file where it stands, with `key` in it
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function readSize(value: unknown, file: string, key: string): number {
  const [, digits, unit = "B"] = /^(\d+(?:\.\d+)?)\s*([KMGT]?i?B)?$/i.exec(String(value).trim()) ?? [];
  const size = Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (Number.isFinite(size)) return Math.floor(size);
  throw settingError({ file, key }, "it is not a size", 'write a number and a unit, as in "10GB" or "512MiB"');
}

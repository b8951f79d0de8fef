import { parseToml } from "../fetch/parse-toml.ts";
import { settingError } from "../fetch/registries/settings-builder.ts";

/** What a `config.toml` says of compiling. */
export interface BuildSettings {
  /** Whether packages are compiled beside each other. */
  readonly parallel: boolean;
  /** Most threads at a time; default as many as the machine runs. */
  readonly jobs?: number;
}

const FILE = "config.toml";

/**
 * Reads `[build]` of a `config.toml` (R112); the other tables are not its business.
 * @returns undefined where it has none
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function readBuildSettings(text: string): BuildSettings | undefined {
  const { build } = parseToml(text, (reason) => settingError({ file: FILE, key: "build" }, reason));
  if (build === undefined) return undefined;
  if (typeof build !== "object" || build === null)
    throw settingError({ file: FILE, key: "build" }, "it is not a table");
  const { parallel = true, jobs } = build as Readonly<Record<string, unknown>>;
  if (typeof parallel !== "boolean")
    throw settingError({ file: FILE, key: "build.parallel" }, "it is not true or false");
  if (jobs === undefined) return { parallel };
  if (typeof jobs !== "number" || !Number.isInteger(jobs) || jobs < 1)
    throw settingError({ file: FILE, key: "build.jobs" }, "it is not a number of threads");
  return { parallel, jobs };
}

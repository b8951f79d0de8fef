import { parseNpmrc } from "./parse-npmrc.ts";
import { parseRegistryConfig } from "./parse-registry-config.ts";
import { mergeSettings, NO_SETTINGS, type RegistrySettings } from "./registry-settings.ts";
import { SettingsBuilder } from "./settings-builder.ts";

/** Settings of registries, as the texts of the files that people have them in. */
export interface RegistryTexts {
  /** Text of a `config.toml`: its `[registry]` and `[network]`. */
  readonly config?: string;
  /** Text of an `.npmrc`; it comes before the `config.toml` where both say something. */
  readonly npmrc?: string;
  /** Values of the `${NAME}` placeholders in both. Default none: no environment is looked at. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * @param registry address of the registry of what the texts send nowhere else; name and password in it are taken out
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function readRegistries(registry: string, { config, npmrc, env = {} }: RegistryTexts): RegistrySettings {
  const layers = [readAddress(registry)];
  if (config !== undefined) layers.push(parseRegistryConfig(config, env));
  if (npmrc !== undefined) layers.push(parseNpmrc(npmrc, env));
  return layers.reduce(mergeSettings);
}

/** An address without a password is taken as it is. */
function readAddress(registry: string): RegistrySettings {
  if (!URL.canParse(registry) || new URL(registry).password === "") return { ...NO_SETTINGS, registry };
  const builder = new SettingsBuilder();
  builder.setRegistry(registry, { file: "the loader's options", key: "registry" });
  return builder.build();
}

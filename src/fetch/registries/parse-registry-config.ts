import { LoaderError } from "../../errors.ts";
import { parseToml } from "../parse-toml.ts";
import { fillPlaceholders } from "./fill-placeholders.ts";
import type { RegistrySettings } from "./registry-settings.ts";
import { type Placeholders, settingError, type SettingPlace, SettingsBuilder } from "./settings-builder.ts";

type Table = Readonly<Record<string, unknown>>;

const FILE = "config.toml";

/**
 * Reads `[registry]` and `[network]` of a `config.toml`; the other tables are not its business.
 * @param text the file's text
 * @param values what `${NAME}` placeholders stand for; no environment is looked at
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID; it shows no value
 */
export function parseRegistryConfig(text: string, values: Placeholders = {}): RegistrySettings {
  const root = parseToml(text, notToml);
  const builder = new SettingsBuilder();
  readRegistry(tableIn(root, "registry"), builder, values);
  readNetwork(tableIn(root, "network"), builder);
  return builder.build();
}

function readRegistry(registry: Table, builder: SettingsBuilder, values: Placeholders): void {
  const read = (value: unknown, place: SettingPlace): string => fillPlaceholders(textOf(value, place), values, place);
  const main = placeOf("registry.default");
  if (registry["default"] !== undefined) builder.setRegistry(read(registry["default"], main), main);
  if (registry["mirrors"] !== undefined) {
    const place = placeOf("registry.mirrors");
    if (registry["default"] === undefined) throw settingError(place, "mirrors are those of registry.default");
    const mirrors = listOf(registry["mirrors"], place).map((mirror) => read(mirror, place));
    builder.setMirrors(read(registry["default"], main), mirrors, place);
  }
  for (const [scope, address] of Object.entries(tableIn(registry, "scopes", "registry."))) {
    const place = placeOf(`registry.scopes.${scope}`);
    if (!/^@[^/]+$/.test(scope)) throw settingError(place, "a scope is written @name");
    builder.setOwner(`${scope}/`, read(address, place), place);
  }
  for (const [prefix, address] of Object.entries(tableIn(registry, "prefixes", "registry."))) {
    const place = placeOf(`registry.prefixes.${prefix}`);
    if (prefix === "") throw settingError(place, "a prefix is not empty");
    builder.setOwner(prefix, read(address, place), place);
  }
  for (const [address, protocol] of Object.entries(tableIn(registry, "protocols", "registry."))) {
    const place = placeOf(`registry.protocols.${address}`);
    builder.setProtocol(address, read(protocol, place), place);
  }
  for (const [address, token] of Object.entries(tableIn(registry, "tokens", "registry."))) {
    const place = placeOf(`registry.tokens.${address}`);
    builder.setToken(address, read(token, place), place);
  }
}

function readNetwork(network: Table, builder: SettingsBuilder): void {
  const { timeout, retry, parallel } = network;
  const at = (key: string): SettingPlace => placeOf(`network.${key}`);
  if (timeout !== undefined) builder.setLimit("fetchTimeout", Number(timeout) * 1000, at("timeout"));
  if (retry !== undefined) builder.setLimit("attempts", Number(retry) + 1, at("retry"));
  if (parallel !== undefined) builder.setLimit("parallelFetches", Number(parallel), at("parallel"));
}

/** What the parser says of it may quote a token: the line has to do. */
function notToml(_reason: string, line: number | undefined): LoaderError {
  const details = { file: FILE, ...(line !== undefined && { line }) };
  const where = line === undefined ? "" : `: see line ${line}`;
  return new LoaderError("ERR_REGISTRY_CONFIG_INVALID", `${FILE} is not TOML${where}`, details);
}

function placeOf(key: string): SettingPlace {
  return { file: FILE, key };
}

function tableIn(parent: Table, key: string, path = ""): Table {
  const value = parent[key] ?? {};
  if (typeof value !== "object" || Array.isArray(value)) throw settingError(placeOf(path + key), "it is not a table");
  return value as Table;
}

function textOf(value: unknown, place: SettingPlace): string {
  if (typeof value !== "string") throw settingError(place, "it is not a text");
  return value;
}

function listOf(value: unknown, place: SettingPlace): readonly unknown[] {
  if (!Array.isArray(value)) throw settingError(place, "it is not a list");
  return value;
}

import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { LoaderError } from "../../src/errors.ts";
import { readRegistries, type RegistryTexts } from "../../src/fetch/registries/read-registries.ts";
import { replaceFile } from "./folder-project.ts";

/** Where the user's files are: `$RAYA_HOME`, or else `~/.raya`. */
export function rayaHome(): string {
  return process.env["RAYA_HOME"] ?? join(homedir(), ".raya");
}

/** The user's `config.toml` (R27). */
function configPath(): string {
  return join(rayaHome(), "config.toml");
}

/** Where registries and tokens are: the user's `config.toml`, with values of the environment for its placeholders. */
export function readUserConfig(): RegistryTexts {
  const path = configPath();
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return existsSync(path) ? { config: readFileSync(path, "utf8"), env } : { env };
}

/**
 * The registry that is published to and searched: what the command says, or else the default of `config.toml`.
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function publishRegistry(wanted: string | undefined, texts: RegistryTexts): string {
  const registry = wanted ?? (texts.config === undefined ? undefined : readRegistries("", texts).registry);
  if (registry !== undefined && URL.canParse(registry)) return registry.endsWith("/") ? registry : `${registry}/`;
  const message =
    wanted === undefined ? "No registry of the Raya protocol is set" : `"${wanted}" is not the address of a registry`;
  throw new LoaderError("ERR_REGISTRY_CONFIG_INVALID", message, {
    hint: `say --registry https://…/, or set default in [registry] of ${configPath()}`,
  });
}

/** Writes a token into `config.toml`, for this user's eyes only. Everything else in it stays. */
export async function keepToken(registry: string, token: string): Promise<string> {
  const path = configPath();
  const text = existsSync(path) ? readFileSync(path, "utf8") : `[registry]\ndefault = ${JSON.stringify(registry)}\n`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, withToken(text, registry, token), 0o600);
  return path;
}

function withToken(text: string, registry: string, token: string): string {
  const line = `${JSON.stringify(registry)} = ${JSON.stringify(token)}`;
  const lines = text.split("\n");
  const header = lines.findIndex((one) => /^\s*\[\s*registry\s*\.\s*tokens\s*\]/.test(one));
  if (header === -1) return `${text.replace(/\n*$/, "\n")}\n[registry.tokens]\n${line}\n`;
  const old = lines.findIndex(
    (one, index) => index > header && one.trimStart().startsWith(`${JSON.stringify(registry)} `),
  );
  if (old === -1) lines.splice(header + 1, 0, line);
  else lines[old] = line;
  return lines.join("\n");
}

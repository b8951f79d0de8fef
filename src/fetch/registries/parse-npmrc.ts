import { fillPlaceholders } from "./fill-placeholders.ts";
import type { RegistrySettings } from "./registry-settings.ts";
import { type Placeholders, settingError, type SettingPlace, SettingsBuilder } from "./settings-builder.ts";

/** Settings of npm that are numbers, and what they are here. */
const NUMBERS = {
  "fetch-timeout": { limit: "fetchTimeout", plus: 0 },
  "fetch-retries": { limit: "attempts", plus: 1 },
  "fetch-retry-mintimeout": { limit: "retryDelay", plus: 0 },
  maxsockets: { limit: "parallelFetches", plus: 0 },
} as const;

const CREDENTIAL = /^(\/\/.+):(_authToken|_auth|username|_password)$/;

interface Setting {
  readonly value: string;
  readonly place: SettingPlace;
}

/**
 * Reads what an `.npmrc` says of registries, as npm does: comments, quotes, escapes and `${NAME}` placeholders; of a setting
 * that is there twice the last one counts; what npm has besides is passed over.
 * @param text the file's text
 * @param values what the placeholders stand for; no environment is looked at
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID with file and line; it shows no value
 */
export function parseNpmrc(text: string, values: Placeholders = {}): RegistrySettings {
  const builder = new SettingsBuilder();
  const settings = readSettings(text, values);
  for (const [key, { value, place }] of settings) {
    const scope = /^(@[^/:]+):registry$/.exec(key)?.[1];
    const [, host, field] = CREDENTIAL.exec(key) ?? [];
    if (key === "registry") builder.setRegistry(value, place);
    else if (scope !== undefined) builder.setOwner(`${scope}/`, value, place);
    else if (host !== undefined && field !== undefined) setCredential(builder, settings, host, field);
    else if (isNumberKey(key)) builder.setLimit(NUMBERS[key].limit, Number(value) + NUMBERS[key].plus, place);
    else if (/^(?:_authToken|_auth|_password)$/.test(key)) throw withoutHost(place);
  }
  return builder.build();
}

/** Where several are set for one place, the token comes before `_auth`, and that before name and password: npm's order. */
function setCredential(
  builder: SettingsBuilder,
  settings: ReadonlyMap<string, Setting>,
  host: string,
  field: string,
): void {
  const [token, basic, name, password] = ["_authToken", "_auth", "username", "_password"].map((part) =>
    settings.get(`${host}:${part}`),
  );
  if (token !== undefined) return field === "_authToken" ? builder.setToken(host, token.value, token.place) : undefined;
  if (basic !== undefined) return field === "_auth" ? builder.setBasic(host, basic.value, basic.place) : undefined;
  // npm needs both, and so does a server.
  if (name === undefined || password === undefined || field !== "_password") return;
  builder.setPassword(host, name.value, decodePassword(password), password.place);
}

function readSettings(text: string, values: Placeholders): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const [index, line] of text.split(/\r\n|[\r\n]/).entries()) {
    if (/^\s*(?:[;#]|$)/.test(line)) continue;
    // Settings of npm are in no section; what comes after a section's head is in it to the end.
    if (/^\[[^\]]*\]\s*$/.test(line)) break;
    const [, rawKey = "", rawValue] = /^([^=]+)(?:=(.*))?$/.exec(line) ?? [];
    const written = unescapeValue(rawKey);
    const place: SettingPlace = { file: ".npmrc", key: written, line: index + 1 };
    if (!isOurs(written)) continue;
    const value = rawValue === undefined ? "true" : unescapeValue(rawValue);
    settings.set(fillPlaceholders(written, values, place), { value: fillPlaceholders(value, values, place), place });
  }
  return settings;
}

function isOurs(key: string): boolean {
  return /(?:^|:)(?:registry|_authToken|_auth|username|_password)$/.test(key) || isNumberKey(key);
}

function isNumberKey(key: string): key is keyof typeof NUMBERS {
  return Object.hasOwn(NUMBERS, key);
}

/** A value as npm's `ini` reads it: quotes go, `\;` `\#` `\\` are characters, and an open `;` or `#` starts a comment. */
function unescapeValue(raw: string): string {
  const text = raw.trim();
  const isQuoted = text.length > 1 && /^(["']).*\1$/s.test(text);
  if (!isQuoted) return text.replace(/(\\[\\;#])|[;#].*$/gs, (_, escaped?: string) => escaped?.slice(1) ?? "").trim();
  const json = text.startsWith("'") ? text.slice(1, -1) : text;
  return parseText(json) ?? json;
}

/** A JSON string's text; undefined where it is none. */
function parseText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function decodePassword({ value, place }: Setting): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    // The cause would show the password.
    throw settingError(place, "a _password is written in base64");
  }
}

function withoutHost(place: SettingPlace): Error {
  const hint = `write //host/path/:${place.key}= with the registry that it is for`;
  return settingError(place, "it does not say which registry it is for", hint);
}

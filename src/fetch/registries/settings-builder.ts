import { LoaderError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import type { RegistrySettings } from "./registry-settings.ts";

/** Where a setting stands. */
export interface SettingPlace {
  /** `.npmrc` or `config.toml`. */
  readonly file: string;
  /** The setting's name; never its value. */
  readonly key: string;
  readonly line?: number | undefined;
}

/** Values of `${NAME}` placeholders. */
export type Placeholders = Readonly<Record<string, string>>;

/** Numbers of the loader that settings files may change. */
type LimitName = "fetchTimeout" | "attempts" | "retryDelay" | "parallelFetches";

/**
 * The error for a setting that cannot be used. A value may hold a password, so no value is ever shown.
 */
export function settingError({ file, key, line }: SettingPlace, reason: string, hint?: string): LoaderError {
  const details = { file, ...(line === undefined ? {} : { line }), ...(hint === undefined ? {} : { hint }) };
  const where = line === undefined ? file : `${file}:${line}`;
  return new LoaderError("ERR_REGISTRY_CONFIG_INVALID", `"${key}" in ${where} cannot be used: ${reason}`, details);
}

/** Checks settings one by one and collects them. Every method throws LoaderError ERR_REGISTRY_CONFIG_INVALID. */
export class SettingsBuilder {
  #registry: string | undefined;
  readonly #owners = new Map<string, string>();
  readonly #mirrors = new Map<string, readonly string[]>();
  readonly #credentials = new Map<string, string>();
  readonly #rayaRegistries = new Set<string>();
  readonly #limits: Partial<Record<LimitName, number>> = {};

  setRegistry(address: string, place: SettingPlace): void {
    this.#registry = this.#address(address, place);
  }

  /** @param start start of the names that come from there: `@acme/`, `acme-` */
  setOwner(start: string, address: string, place: SettingPlace): void {
    this.#owners.set(start, this.#address(address, place));
  }

  setMirrors(registry: string, mirrors: readonly string[], place: SettingPlace): void {
    const addresses = mirrors.map((mirror) => this.#address(mirror, place));
    this.#mirrors.set(this.#address(registry, place), addresses);
  }

  /** @param key `//host/path/`, with or without a scheme before and a slash behind it */
  setToken(key: string, token: string, place: SettingPlace): void {
    this.#setCredentials(key, `Bearer ${token}`, place);
  }

  /** @param pair base64 of `name:password` */
  setBasic(key: string, pair: string, place: SettingPlace): void {
    this.#setCredentials(key, `Basic ${pair}`, place);
  }

  setPassword(key: string, name: string, password: string, place: SettingPlace): void {
    this.setBasic(key, encodeBase64(`${name}:${password}`), place);
  }

  /** @param protocol `npm` or `raya` */
  setProtocol(address: string, protocol: string, place: SettingPlace): void {
    if (protocol !== "npm" && protocol !== "raya") throw settingError(place, 'a protocol is "npm" or "raya"');
    if (protocol === "raya") this.#rayaRegistries.add(this.#address(address, place));
  }

  setLimit(name: LimitName, value: number, place: SettingPlace): void {
    if (!Number.isSafeInteger(value) || value < 1)
      throw settingError(place, "it is not a number that makes sense here");
    this.#limits[name] = value;
  }

  build(): RegistrySettings {
    return {
      ...(this.#registry === undefined ? {} : { registry: this.#registry }),
      owners: this.#owners,
      mirrors: this.#mirrors,
      credentials: this.#credentials,
      rayaRegistries: this.#rayaRegistries,
      limits: this.#limits satisfies Partial<Limits>,
    };
  }

  #setCredentials(key: string, authorization: string, place: SettingPlace): void {
    // What no header may hold is refused here: the platform's own error would show it.
    if (!/^[A-Za-z]+ [\x21-\x7e]+$/.test(authorization)) {
      throw settingError(place, "a token is one or more printable characters without spaces");
    }
    this.#credentials.set(credentialKey(key, place), authorization);
  }

  /** An address of a registry; the name and password that some have in it are taken out. */
  #address(text: string, place: SettingPlace): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw settingError(place, "it is not an address that starts with https: or http:");
    }
    const { username, password } = url;
    url.username = url.password = url.hash = url.search = "";
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    if (password !== "") {
      this.setPassword(url.href, decodeURIComponent(username), decodeURIComponent(password), place);
    }
    return url.href;
  }
}

/** `//host/path/`, as a URL has it: hosts in lower case, a slash at the end. */
function credentialKey(key: string, place: SettingPlace): string {
  const address = key.replace(/^(?:https?:)?\/\//i, "https://");
  if (!URL.canParse(address)) throw settingError(place, "it does not begin with //host/");
  const { host, pathname } = new URL(address);
  return `//${host}${pathname.replace(/\/*$/, "/")}`;
}

/** Base64 of the text's UTF-8. */
function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

import { LoaderError } from "../../errors.ts";
import type { RegistrySettings } from "./registry-settings.ts";

/** What is sent to registries that ask who is there; no text that leaves the loader shows it. */
export interface Credentials {
  /** Value of the `Authorization` header for that URL; undefined where none was given for its origin and path. */
  authorize(url: string): string | undefined;
  /** Whether `text` has a secret in it. */
  isShownIn(text: string): boolean;
  /** The same error with `***` for every secret. It has no cause, whose text is not ours to change. */
  redact(error: LoaderError): LoaderError;
}

/** A secret shorter than this is also an ordinary word: to find it says nothing. */
const SHORTEST_SECRET = 8;

/** @param registry the registry of names that the settings do not claim */
export function createCredentials(settings: RegistrySettings, registry: string): Credentials | undefined {
  if (settings.credentials.size === 0) return undefined;
  const secrets = [...settings.credentials.values()].flatMap(secretsOf).toSorted((a, b) => b.length - a.length);
  const plain = plainHosts(settings, registry);
  return {
    authorize: (url) => authorizationFor(new URL(url), settings.credentials, plain),
    isShownIn: (text) => secrets.some((secret) => secret.length >= SHORTEST_SECRET && text.includes(secret)),
    redact(error) {
      const clean = (value: unknown): unknown => redactValue(value, secrets);
      return new LoaderError(error.code, String(clean(error.message)), clean(error.details) as typeof error.details);
    },
  };
}

/** The longest path that has any, as npm chooses; whole segments only. */
function authorizationFor(
  { protocol, host, pathname }: URL,
  credentials: RegistrySettings["credentials"],
  plain: ReadonlySet<string>,
): string | undefined {
  if (protocol !== "https:" && !(protocol === "http:" && plain.has(host))) return undefined;
  let path = pathname.endsWith("/") ? pathname : `${pathname}/`;
  for (;;) {
    const found = credentials.get(`//${host}${path}`);
    if (found !== undefined || path === "/") return found;
    path = path.replace(/[^/]*\/$/, "");
  }
}

/** Hosts whose registries are themselves addressed without encryption; to no other is a secret sent in the open. */
function plainHosts({ registry, owners, mirrors }: RegistrySettings, fallback: string): Set<string> {
  const addresses = [registry ?? fallback, ...owners.values(), ...[...mirrors.values()].flat()];
  const urls = addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address));
  return new Set(urls.filter(({ protocol }) => protocol === "http:").map(({ host }) => host));
}

/** The text after the scheme, and the password inside it. */
function secretsOf(authorization: string): string[] {
  const secret = authorization.slice(authorization.indexOf(" ") + 1);
  if (!authorization.startsWith("Basic ")) return [secret];
  const password = decodePair(secret)?.split(":").slice(1).join(":") ?? "";
  return password === "" ? [secret] : [secret, password, encodeURIComponent(password)];
}

/** `name:password`; undefined for an `_auth` that is no base64, which some servers take. */
function decodePair(pair: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(pair), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return secrets.reduce((text, secret) => text.replaceAll(secret, "***"), value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(item, secrets)]));
}

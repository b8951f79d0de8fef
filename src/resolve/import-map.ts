import { type ErrorDetails, LoaderError } from "../errors.ts";

/** Specifiers and what they lead to, longest key first: an absolute URL, or null where the entry is unusable and blocks. */
export type SpecifierMap = ReadonlyMap<string, string | null>;

/** An import map, read: all keys that are like URLs, and all addresses, are absolute. */
export interface ImportMap {
  readonly imports: SpecifierMap;
  /** By the URL, or the prefix of URLs, of the modules that it holds for; longest first. */
  readonly scopes: ReadonlyMap<string, SpecifierMap>;
  /** Integrity of modules, by their URL. */
  readonly integrity: ReadonlyMap<string, string>;
}

/**
 * Reads an import map as the HTML standard has it ("parse an import map string"). `base` is the page's URL. Keys that
 * nobody knows are passed over; an address that is no URL makes its entry null.
 * @throws LoaderError ERR_IMPORT_MAP_INVALID where it is not JSON, or it or a part of it is not an object
 */
export function parseImportMap(text: string, base: string): ImportMap {
  const map = objectOrThrow(parseJson(text), "the map");
  const scopes = Object.entries(objectOrThrow(partOf(map, "scopes"), `"scopes"`)).flatMap(
    ([prefix, entries]): [string, SpecifierMap][] => {
      const specifiers = specifierMap(objectOrThrow(entries, `the scope "${prefix}"`), base);
      const url = URL.parse(prefix, base);
      return url === null ? [] : [[url.href, specifiers]];
    },
  );
  const integrity = Object.entries(objectOrThrow(partOf(map, "integrity"), `"integrity"`)).flatMap(
    ([key, value]): [string, string][] => {
      const url = urlLike(key, base);
      return url === null || typeof value !== "string" ? [] : [[url.href, value]];
    },
  );
  return {
    imports: specifierMap(objectOrThrow(partOf(map, "imports"), `"imports"`), base),
    scopes: longestFirst(scopes),
    integrity: new Map(integrity),
  };
}

/**
 * What the map makes of `specifier` in the module at `referrer`: an absolute URL, or undefined where it says nothing.
 * @throws LoaderError ERR_IMPORT_MAP_BLOCKED where the entry it has is unusable
 */
export function mapSpecifier(
  map: ImportMap,
  specifier: string,
  referrer: string,
  details: ErrorDetails = {},
): string | undefined {
  const url = urlLike(specifier, referrer);
  const request = { specifier, key: url?.href ?? specifier, takesPrefixes: url === null || isSpecial(url), details };
  for (const [prefix, entries] of map.scopes) {
    const isInScope = prefix === referrer || (prefix.endsWith("/") && referrer.startsWith(prefix));
    const found = isInScope ? findEntry(entries, request) : undefined;
    if (found !== undefined) return found;
  }
  return findEntry(map.imports, request);
}

/**
 * Resolves as a page does that has the map ("resolve a module specifier").
 * @throws LoaderError ERR_MODULE_NOT_FOUND for a bare specifier that the map does not have, ERR_IMPORT_MAP_BLOCKED
 */
export function resolveByImportMap(
  map: ImportMap,
  specifier: string,
  referrer: string,
  details: ErrorDetails = {},
): string {
  const found = mapSpecifier(map, specifier, referrer, details) ?? urlLike(specifier, referrer)?.href;
  if (found !== undefined) return found;
  const message = `"${specifier}" is neither a URL, nor a path that starts with /, ./ or ../, nor in the import map`;
  throw new LoaderError("ERR_MODULE_NOT_FOUND", message, { referrer, ...details, specifier });
}

interface MapRequest {
  readonly specifier: string;
  /** The specifier, absolute where it is like a URL. */
  readonly key: string;
  /** URLs of schemes without paths are never matched by their beginning. */
  readonly takesPrefixes: boolean;
  readonly details: ErrorDetails;
}

function findEntry(entries: SpecifierMap, { specifier, key, takesPrefixes, details }: MapRequest): string | undefined {
  for (const [entry, address] of entries) {
    if (entry === key) return address ?? blocked(specifier, `its entry has no usable address`, details);
    if (!takesPrefixes || !entry.endsWith("/") || !key.startsWith(entry)) continue;
    if (address === null) return blocked(specifier, `the entry "${entry}" has no usable address`, details);
    const url = URL.parse(key.slice(entry.length), address);
    if (url === null) return blocked(specifier, `"${address}" is no folder`, details);
    if (!url.href.startsWith(address)) return blocked(specifier, `it leaves "${address}"`, details);
    return url.href;
  }
  return undefined;
}

function blocked(specifier: string, why: string, details: ErrorDetails): never {
  const message = `The import map blocks "${specifier}": ${why}`;
  throw new LoaderError("ERR_IMPORT_MAP_BLOCKED", message, { ...details, specifier });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LoaderError("ERR_IMPORT_MAP_INVALID", "The import map is not JSON", {}, error);
  }
}

/** An absent part is an empty one; null is not. */
function partOf(map: Readonly<Record<string, unknown>>, part: string): unknown {
  return Object.hasOwn(map, part) ? map[part] : {};
}

function objectOrThrow(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new LoaderError("ERR_IMPORT_MAP_INVALID", `In the import map ${what} is not an object`);
}

function specifierMap(entries: Readonly<Record<string, unknown>>, base: string): SpecifierMap {
  const found = Object.entries(entries).flatMap(([key, value]): [string, string | null][] => {
    if (key === "") return [];
    const address = typeof value === "string" ? (urlLike(value, base)?.href ?? null) : null;
    const isUsable = address !== null && (!key.endsWith("/") || address.endsWith("/"));
    return [[urlLike(key, base)?.href ?? key, isUsable ? address : null]];
  });
  return longestFirst(found);
}

/** In descending order of code units, as the standard sorts: a key comes before those it begins with. Of equal ones the last counts. */
function longestFirst<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  return new Map([...new Map(entries)].toSorted(([a], [b]) => (a < b ? 1 : -1)));
}

/** "URL-like module specifier": absolute, or a path that starts with `/`, `./` or `../`. */
function urlLike(specifier: string, base: string): URL | null {
  return /^\.{0,2}\//.test(specifier) ? URL.parse(specifier, base) : URL.parse(specifier);
}

function isSpecial({ protocol }: URL): boolean {
  return ["http:", "https:", "ws:", "wss:", "ftp:", "file:"].includes(protocol);
}

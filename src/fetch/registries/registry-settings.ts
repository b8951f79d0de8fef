import type { Limits } from "../../limits.ts";

/** Where packages come from, and what each of these places may be told. Addresses of registries end with `/`. */
export interface RegistrySettings {
  /** Registry of the names that nothing else claims. */
  readonly registry?: string;
  /** Start of a package's name → its registry: `@acme/` for a scope, `acme-` for a prefix. The longest start wins. */
  readonly owners: ReadonlyMap<string, string>;
  /** Registry → addresses that have the same packages, in the order in which they are tried. */
  readonly mirrors: ReadonlyMap<string, readonly string[]>;
  /** `//host/path/` → value of the `Authorization` header for all that is below it. */
  readonly credentials: ReadonlyMap<string, string>;
  /** Registries that speak the Raya protocol; all others speak npm's. */
  readonly rayaRegistries: ReadonlySet<string>;
  /** What the settings say of timeouts, attempts and parallel requests. */
  readonly limits: Partial<Limits>;
}

/** Nothing is set. */
export const NO_SETTINGS: RegistrySettings = {
  owners: new Map(),
  mirrors: new Map(),
  credentials: new Map(),
  rayaRegistries: new Set(),
  limits: {},
};

/** Lays `over` on top of `under`, entry by entry. */
export function mergeSettings(under: RegistrySettings, over: RegistrySettings): RegistrySettings {
  const registry = over.registry ?? under.registry;
  return {
    ...(registry === undefined ? {} : { registry }),
    owners: new Map([...under.owners, ...over.owners]),
    mirrors: new Map([...under.mirrors, ...over.mirrors]),
    credentials: new Map([...under.credentials, ...over.credentials]),
    rayaRegistries: new Set([...under.rayaRegistries, ...over.rayaRegistries]),
    limits: { ...under.limits, ...over.limits },
  };
}

/** The registry of a package and its mirrors, in the order in which they are asked. */
export function registriesOf(name: string, settings: RegistrySettings, fallback: string): readonly string[] {
  const starts = [...settings.owners.keys()].filter((start) => name.startsWith(start));
  const longest = starts.reduce((best, start) => (start.length > best.length ? start : best), "");
  const registry = settings.owners.get(longest) ?? settings.registry ?? fallback;
  return [registry, ...(settings.mirrors.get(registry) ?? [])];
}

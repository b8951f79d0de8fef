import type { ModuleMap } from "../compile/code-map.ts";
import { invalidRbin } from "./rbin-format.ts";

/**
 * Source maps that a package has of its modules: an object beside its `.rbin`, which programs run without. JSON:
 * `{ "package": "name@version", "maps": { "path": "JSON of a ModuleMap" } }`; a program uses few of them.
 */
export function writePackageMaps(key: string, maps: ReadonlyMap<string, ModuleMap>): Uint8Array<ArrayBuffer> {
  const entries = [...maps].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, map]) => [path, JSON.stringify(map)]);
  return new TextEncoder().encode(JSON.stringify({ package: key, maps: Object.fromEntries(entries) as unknown }));
}

/** Reads what `writePackageMaps` has written. */
export class PackageMaps {
  readonly #maps: Readonly<Record<string, string>>;

  /** @throws LoaderError ERR_ARTIFACT_INVALID where the bytes are no such object, or that of another package than `key` */
  constructor(bytes: Uint8Array, key: string) {
    this.#maps = readMaps(bytes, key);
  }

  /** The map of the module of that path. */
  get(path: string): ModuleMap | undefined {
    const json = Object.hasOwn(this.#maps, path) ? this.#maps[path] : undefined;
    return json === undefined ? undefined : (JSON.parse(json) as ModuleMap);
  }
}

function readMaps(bytes: Uint8Array, key: string): Readonly<Record<string, string>> {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw invalidRbin(key, "its source maps are not JSON", cause);
  }
  if (isPackageMaps(found) && found.package === key) return found.maps;
  throw invalidRbin(key, "what is stored is not its source maps");
}

function isPackageMaps(value: unknown): value is { package: string; maps: Record<string, string> } {
  return typeof value === "object" && value !== null && "package" in value && "maps" in value;
}

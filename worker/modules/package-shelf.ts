import { isLoaderError } from "../../src/errors.ts";
import type { ContentStore } from "../../src/store/content-store.ts";
import { encodeText } from "../encode-text.ts";
import type { RenderedPackage } from "./render-modules.ts";

/** Packages whose modules are at hand, the one used last at the end. */
const MOST_AT_HAND = 64;

/** Modules that have gone out, and must not become others. */
export interface PackageShelf {
  /** What is known of a package in the closure of that digest. */
  read(key: string, digest: string): Promise<RenderedPackage | undefined>;
  /** Adds modules; those that are there stay as they are. Gives all. */
  add(key: string, rendered: RenderedPackage): Promise<RenderedPackage>;
}

export function createPackageShelf(store: ContentStore): PackageShelf {
  const atHand = new Map<string, RenderedPackage>();
  const keep = (name: string, rendered: RenderedPackage): RenderedPackage => {
    atHand.delete(name);
    atHand.set(name, rendered);
    const [oldest] = atHand.keys();
    if (atHand.size > MOST_AT_HAND && oldest !== undefined) atHand.delete(oldest);
    return rendered;
  };
  const read: PackageShelf["read"] = async (key, digest) => {
    const name = nameOf(key, digest);
    const known = atHand.get(name) ?? (await readStored(store, name, key));
    return known === undefined ? undefined : keep(name, known);
  };
  return {
    read,
    add: async (key, rendered) => {
      const { digest } = rendered;
      const known = await read(key, digest);
      const isNew = Object.keys(rendered.modules).some((slot) => known?.modules[slot] === undefined);
      if (known !== undefined && !isNew) return known;
      const all = { ...rendered, ...known, modules: { ...rendered.modules, ...known?.modules } };
      const name = nameOf(key, digest);
      await store.keep(name, { package: key }, { bytes: encodeText(JSON.stringify(all)) });
      return keep(name, all);
    },
  };
}

const nameOf = (key: string, digest: string): string => `rendered:${key}:${digest}`;

/** What is stored and damaged has been thrown away; it is rendered again. */
async function readStored(store: ContentStore, name: string, key: string): Promise<RenderedPackage | undefined> {
  try {
    const found = await store.read(name, { package: key });
    return found && (JSON.parse(new TextDecoder().decode(found.bytes)) as RenderedPackage);
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    return undefined;
  }
}

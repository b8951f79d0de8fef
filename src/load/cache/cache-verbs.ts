import { LoaderError } from "../../errors.ts";
import type { Host } from "../../host.ts";
import { type ContentStore, createContentStore } from "../../store/content-store.ts";
import { sha256Hex } from "../../verify/digest.ts";
import { readSize } from "./cache-settings.ts";
import { dropThings } from "./drop-things.ts";
import { readLastUses } from "./last-uses.ts";
import { type MadeRoom, makeRoom } from "./make-room.ts";
import { readPins, removePin, writePin } from "./pins.ts";
import { type Inventory, readInventory, type StoredThing } from "./read-inventory.ts";
import { isOutdated, type ThingKind } from "./stored-thing.ts";

/** One thing that is stored. */
export interface CachedThing {
  readonly kind: ThingKind;
  /** `react@19.0.0`, a URL, what names a linked program. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last used, to the hour. */
  readonly lastUsed: Date;
  /** Pins that need it. */
  readonly pins: readonly string[];
}

/** What `verify` has found. */
export interface CacheReport {
  /** Things that were looked at. */
  readonly checked: number;
  /** Bytes that were hashed. */
  readonly bytes: number;
  /** What was not what it should be, and has been dropped: the next load gets it again. */
  readonly damaged: readonly CachedThing[];
}

/**
 * What can be done with all that a host has stored. Its methods throw LoaderError ERR_STORE_UNLISTED where the host's stores
 * cannot be listed, ERR_STORE_UNAVAILABLE where they cannot be used.
 */
export class CacheVerbs {
  readonly #host: Host;
  readonly #store: ContentStore;

  constructor(host: Host) {
    this.#host = host;
    const { bytes, records, sha256 } = host;
    this.#store = createContentStore({ bytes, records, sha256, now: Date.now, emit: () => undefined });
  }

  /** All things, those that were used last first. */
  async list(): Promise<CachedThing[]> {
    const inventory = await this.#inventory();
    return this.#describe(inventory, inventory.things);
  }

  /**
   * Drops what a name leads to, pinned or not: `react` is every version, `react@19.0.0` one, a URL that module. Linked programs,
   * which may have it in them, go too.
   * @throws LoaderError ERR_CACHE_NOT_FOUND
   */
  async remove(name: string): Promise<CachedThing[]> {
    const inventory = await this.#inventory();
    const isMeant = (thing: StoredThing): boolean =>
      thing.name === name || (thing.kind === "package" && thing.name.startsWith(`${name}@`));
    const things = inventory.things.filter(isMeant);
    if (things.length === 0)
      throw new LoaderError("ERR_CACHE_NOT_FOUND", `Nothing of "${name}" is stored`, { specifier: name });
    const programs = inventory.things.filter((thing) => thing.kind === "program" && !isMeant(thing));
    return this.#drop(inventory, [...things, ...programs]);
  }

  /** Hashes all that is stored, and drops what is damaged, each thing as a whole. */
  async verify(): Promise<CacheReport> {
    const inventory = await this.#inventory();
    let hashed = 0;
    const damaged = new Set<StoredThing>();
    for (const thing of inventory.things) {
      if (thing.isBroken) damaged.add(thing);
      for (const { digest } of thing.records) {
        const bytes = digest === undefined ? undefined : await this.#host.bytes.get(digest);
        hashed += bytes?.length ?? 0;
        if (bytes === undefined || (await this.#digest(bytes)) !== digest) damaged.add(thing);
      }
    }
    const dropped = await this.#drop(inventory, [...damaged]);
    return { checked: inventory.things.length, bytes: hashed, damaged: dropped };
  }

  /**
   * Throws away what nobody can use: parts of packages without their index, what other compilers made, objects that nothing
   * leads to.
   * @returns bytes that are free now
   */
  async collect(): Promise<number> {
    const inventory = await this.#inventory();
    const useless = inventory.things.filter((thing) => thing.isBroken || isOutdated(thing));
    let freed = await dropThings(useless, inventory, this.#host);
    for (const digest of (await this.#host.bytes.keys?.()) ?? []) {
      if (inventory.objects.has(digest)) continue;
      freed += (await this.#host.bytes.get(digest))?.length ?? 0;
      await this.#host.bytes.delete(digest);
    }
    return freed;
  }

  /**
   * Drops what was used longest ago and no pin needs, where more is stored than may be.
   * @param maxSize bytes, or `10GB`, `512MiB`
   * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
   */
  trim(maxSize: number | string): Promise<MadeRoom> {
    return makeRoom(this.#host, this.#store, readSize(maxSize, "the options", "maxSize"));
  }

  /**
   * Keeps what a lockfile leads to, as far as it is stored or will be: no room is made of it. One pin has one name.
   * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION, ERR_STORE_QUOTA
   */
  pin(name: string, lockfile: string): Promise<void> {
    return writePin(name, lockfile, this.#store);
  }

  /** @throws LoaderError ERR_CACHE_NOT_FOUND */
  unpin(name: string): Promise<void> {
    return removePin(name, this.#store);
  }

  async #inventory(): Promise<Inventory> {
    return readInventory(this.#host, await readLastUses(this.#store));
  }

  async #drop(inventory: Inventory, things: readonly StoredThing[]): Promise<CachedThing[]> {
    const described = await this.#describe(inventory, things);
    await dropThings(things, inventory, this.#host);
    return described;
  }

  async #describe(inventory: Inventory, things: readonly StoredThing[]): Promise<CachedThing[]> {
    const pins = [...(await readPins(inventory, this.#store))];
    return things
      .toSorted((a, b) => b.lastUsed - a.lastUsed || (a.name < b.name ? -1 : 1))
      .map(({ id, kind, name, size, lastUsed }) => {
        const needing = pins.flatMap(([pin, ids]) => (ids.has(id) ? [pin] : []));
        return { kind, name, size, lastUsed: new Date(lastUsed), pins: needing };
      });
  }

  #digest(bytes: Uint8Array<ArrayBuffer>): string | Promise<string> {
    return (this.#host.sha256 ?? sha256Hex)(bytes);
  }
}

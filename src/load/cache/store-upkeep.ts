import { isLoaderError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { Host } from "../../host.ts";
import { readLock } from "../../lock/read-lock.ts";
import type { LoaderOptions, Program } from "../../loader.ts";
import type { RecordStore } from "../../store/byte-store.ts";
import { type ContentStore, createContentStore } from "../../store/content-store.ts";
import { readCacheSettings, readSize } from "./cache-settings.ts";
import { readLastUses, USE_PERIOD, writeLastUses } from "./last-uses.ts";
import { makeRoom } from "./make-room.ts";
import { unlistedError } from "./read-inventory.ts";
import { thingOf, thingsOfLock } from "./stored-thing.ts";

/**
 * Keeps the store of a loader within its size. Reads and writes are only counted while loads are under way; when the last
 * one has ended, times of use are noted and room is made.
 */
export class StoreUpkeep {
  readonly #host: Host;
  readonly #maxSize: number;
  readonly #emit: Emit;
  readonly #store: ContentStore;
  /** Keys that were read or written since room was last made, and when what is there had been stored. */
  readonly #touched = new Map<string, number>();
  /** Programs that were loaded since then. */
  readonly #programs = new Set<Program>();
  #loads = 0;
  #ending: Promise<void> = Promise.resolve();
  /** Bytes that may still be written before the store has to be looked through. */
  #room = 0;
  #written = 0;

  /** @param maxSize bytes; `Infinity` where only what the host's storage has left counts */
  constructor(host: Host, maxSize: number, emit: Emit) {
    this.#host = host;
    this.#maxSize = maxSize;
    this.#emit = emit;
    const { bytes, records, sha256 } = host;
    this.#store = createContentStore({ bytes, records, sha256, now: Date.now, emit });
  }

  /** The host's records, whose use is counted. */
  watch(records: RecordStore): RecordStore {
    return {
      read: async (key) => {
        const record = await records.read(key);
        if (record !== undefined) this.#touched.set(key, record.time);
        return record;
      },
      write: (key, record) => {
        this.#touched.set(key, record.time);
        this.#written += record.size;
        return records.write(key, record);
      },
      remove: (key) => records.remove(key),
    };
  }

  /** Runs a load, and does what is to be done once it and those beside it are over and what they keep is stored. */
  async during(load: () => Promise<Program>): Promise<Program> {
    this.#loads += 1;
    let program: Program | undefined;
    try {
      program = await load();
      this.#programs.add(program);
      return program;
    } finally {
      const ended = this.#end(program);
      // What a listener throws there fails no load.
      ended.catch(() => undefined);
      this.#host.waitUntil?.(ended);
    }
  }

  async #end(program: Program | undefined): Promise<void> {
    // Whoever waits for it hears why it was not kept.
    await program?.kept.catch(() => undefined);
    this.#loads -= 1;
    if (this.#loads > 0) return;
    const work = (): Promise<void> => this.#work();
    this.#ending = this.#ending.then(work, work);
    await this.#ending;
  }

  async #work(): Promise<void> {
    if (this.#loads > 0) return;
    try {
      await this.#noteUses();
      if (this.#written > this.#room) await this.#makeRoom();
      this.#touched.clear();
      this.#programs.clear();
    } catch (error) {
      const message = isLoaderError(error) ? error.message : String(error);
      this.#emit({
        stage: "store",
        kind: "warning",
        subject: "cache",
        message: `not kept within its size: ${message}`,
      });
    }
  }

  /** What was stored within the hour counts as used then; so nothing is written by a first load. */
  async #noteUses(): Promise<void> {
    const now = Date.now();
    const long = [...this.#touched].filter(([, stored]) => now - stored >= USE_PERIOD);
    if (long.length === 0) return;
    const uses = await readLastUses(this.#store);
    const isDue = (id: string): boolean => now - (uses.get(id) ?? 0) >= USE_PERIOD;
    const due = new Set(long.flatMap(([key]) => thingOf(key) ?? []).filter(({ id }) => isDue(id)));
    if (due.size === 0) return;
    for (const { id } of due) uses.set(id, now);
    // A program that was linked before is read as one object: what it was linked of is used all the same.
    if ([...due].some(({ kind }) => kind === "program")) for (const id of this.#needed()) uses.set(id, now);
    await writeLastUses(uses, this.#store, this.#host.bytes);
  }

  async #makeRoom(): Promise<void> {
    const touched = new Set([...this.#touched.keys()].flatMap((key) => thingOf(key)?.id ?? []));
    const needed = this.#needed();
    const made = await makeRoom(this.#host, this.#store, this.#maxSize, (id) => touched.has(id) || needed.has(id));
    const { dropped, freed, size, limit } = made;
    this.#room = Math.max(0, limit - size);
    this.#written = 0;
    if (dropped.length > 0) {
      const message = `room made: ${dropped.join(", ")}`;
      this.#emit({ stage: "store", kind: "done", subject: "cache", bytes: freed, message });
    }
    if (size <= limit) return;
    const message = `${size} bytes are stored of ${limit}: what pins and the programs just loaded need is not dropped`;
    this.#emit({ stage: "store", kind: "warning", subject: "cache", bytes: size, message });
  }

  /** Ids of all that the programs' lockfiles lead to. */
  #needed(): ReadonlySet<string> {
    return new Set([...this.#programs].flatMap(({ lockfile }) => thingsOfLock(readLock(lockfile))));
  }
}

/**
 * Undefined where nothing limits the store.
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID; ERR_STORE_UNLISTED where a size is wanted and nobody could tell what there is
 */
export function createUpkeep(host: Host, { cache, registries }: LoaderOptions, emit: Emit): StoreUpkeep | undefined {
  const configured = registries?.config === undefined ? {} : readCacheSettings(registries.config);
  const maxSize =
    cache?.maxSize === undefined
      ? configured.maxSize
      : readSize(cache.maxSize, "the loader's options", "cache.maxSize");
  if (maxSize === undefined && host.estimate === undefined) return undefined;
  if (host.records.list === undefined) throw unlistedError(host);
  return new StoreUpkeep(host, maxSize ?? Number.POSITIVE_INFINITY, emit);
}

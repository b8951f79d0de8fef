import type { Host } from "../../host.ts";
import type { ContentStore } from "../../store/content-store.ts";
import { chooseDropped, dropThings } from "./drop-things.ts";
import { readLastUses } from "./last-uses.ts";
import { readPins } from "./pins.ts";
import { readInventory } from "./read-inventory.ts";

/** What the store is left with, of what it may have: so that not every load that stores something makes room. */
const LEFT = 0.9;
/** What an origin is left with, of what the browser gives it. */
const OF_QUOTA = 0.95;

/** What making room has come to. */
export interface MadeRoom {
  /** Names of what was dropped: `react@19.0.0`. */
  readonly dropped: readonly string[];
  /** Bytes. */
  readonly freed: number;
  /** Bytes that are stored now. */
  readonly size: number;
  /** Bytes that may be. */
  readonly limit: number;
}

/**
 * Where more is stored than may be, drops what was used longest ago, never what a pin leads to.
 * @param maxSize bytes; where the host knows what its storage has left, no more than that counts
 * @param isNeeded by id: what is not dropped either
 * @throws LoaderError ERR_STORE_UNLISTED, ERR_STORE_UNAVAILABLE, ERR_STORE_CORRUPT
 */
export async function makeRoom(
  host: Pick<Host, "name" | "bytes" | "records" | "estimate">,
  store: ContentStore,
  maxSize: number,
  isNeeded: (id: string) => boolean = () => false,
): Promise<MadeRoom> {
  const inventory = await readInventory(host, await readLastUses(store));
  const limit = await limitOf(host, maxSize, inventory.size);
  if (inventory.size <= limit) return { dropped: [], freed: 0, size: inventory.size, limit };
  const pinned = [...(await readPins(inventory, store)).values()];
  const isKept = (id: string): boolean => isNeeded(id) || pinned.some((ids) => ids.has(id));
  const dropped = chooseDropped(inventory, limit * LEFT, isKept);
  const freed = await dropThings(dropped, inventory, host);
  return { dropped: dropped.map(({ name }) => name), freed, size: inventory.size - freed, limit };
}

async function limitOf({ estimate }: Pick<Host, "estimate">, maxSize: number, size: number): Promise<number> {
  if (estimate === undefined) return maxSize;
  const { usage, quota } = await estimate();
  return Math.min(maxSize, Math.max(0, size + quota * OF_QUOTA - usage));
}

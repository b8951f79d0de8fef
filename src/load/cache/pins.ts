import { LoaderError } from "../../errors.ts";
import { readLock } from "../../lock/read-lock.ts";
import type { ContentStore } from "../../store/content-store.ts";
import type { Inventory } from "./read-inventory.ts";
import { thingsOfLock } from "./stored-thing.ts";

const PIN = "pin:";

/**
 * Keeps a lockfile by a name: what it leads to is never dropped to make room. One of that name is replaced.
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export async function writePin(name: string, lockfile: string, store: ContentStore): Promise<void> {
  readLock(lockfile);
  await store.write(PIN + name, new TextEncoder().encode(lockfile));
}

/**
 * Forgets a pin; what it led to stays as long as there is room.
 * @throws LoaderError ERR_CACHE_NOT_FOUND
 */
export async function removePin(name: string, store: ContentStore): Promise<void> {
  if ((await store.read(PIN + name, {})) === undefined)
    throw new LoaderError("ERR_CACHE_NOT_FOUND", `There is no pin "${name}"`, { specifier: name });
  await store.remove(PIN + name);
}

/**
 * Pin → ids of what it needs.
 * @throws LoaderError ERR_STORE_CORRUPT where a pin is damaged, once: what it needed is no longer known
 */
export async function readPins(
  { others }: Inventory,
  store: ContentStore,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const pins = new Map<string, ReadonlySet<string>>();
  for (const key of others) {
    if (!key.startsWith(PIN)) continue;
    const found = await store.read(key, {});
    if (found === undefined) continue;
    pins.set(key.slice(PIN.length), new Set(thingsOfLock(readLock(new TextDecoder().decode(found.bytes)))));
  }
  return pins;
}

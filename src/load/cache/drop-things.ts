import type { Inventory, StoredThing, StoreHost } from "./read-inventory.ts";

/**
 * Drops things, each as a whole: first the record that leads to it, then the others, then the bytes that nothing else leads to. What
 * is left of one where that breaks off is garbage, and never half a thing.
 * @returns bytes that are free now
 */
export async function dropThings(
  things: readonly StoredThing[],
  { objects }: Inventory,
  { bytes, records }: StoreHost,
): Promise<number> {
  let freed = 0;
  for (const thing of things) {
    for (const { key } of thing.records) await records.remove(key);
    for (const { digest } of thing.records) {
      const object = digest === undefined ? undefined : objects.get(digest);
      if (digest === undefined || object === undefined) continue;
      object.references -= 1;
      if (object.references > 0) continue;
      await bytes.delete(digest);
      freed += object.size;
    }
  }
  return freed;
}

/**
 * What has to go, of what was used longest ago first, so that the store holds no more than `most` bytes; less where the rest is
 * needed.
 * @param isNeeded by id
 */
export function chooseDropped(
  { things, objects, size }: Inventory,
  most: number,
  isNeeded: (id: string) => boolean,
): StoredThing[] {
  const left = new Map([...objects].map(([digest, { references }]) => [digest, references]));
  const dropped: StoredThing[] = [];
  let total = size;
  for (const thing of things.toSorted((a, b) => a.lastUsed - b.lastUsed || (a.id < b.id ? -1 : 1))) {
    if (total <= most) break;
    if (isNeeded(thing.id)) continue;
    dropped.push(thing);
    for (const { digest } of thing.records) {
      if (digest === undefined) continue;
      const references = (left.get(digest) ?? 0) - 1;
      left.set(digest, references);
      if (references === 0) total -= objects.get(digest)?.size ?? 0;
    }
  }
  return dropped;
}

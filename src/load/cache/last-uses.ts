import { isLoaderError } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { ContentStore } from "../../store/content-store.ts";

/** Times of use are told apart by the hour: noting one costs a write once an hour, not with every read. */
export const USE_PERIOD = 3_600_000;

const KEY = "uses";

/**
 * When things that were read long after they had been stored were last read: id → milliseconds since 1970. What is not in it was
 * not used since it was stored. One that is damaged is thrown away: it says nothing that anybody cannot do without.
 */
export async function readLastUses(store: ContentStore): Promise<Map<string, number>> {
  const uses = new Map<string, number>();
  const found = await store.read(KEY, {}).catch((error: unknown) => {
    if (isLoaderError(error) && error.code === "ERR_STORE_CORRUPT") return undefined;
    throw error;
  });
  const lines = found === undefined ? [] : new TextDecoder().decode(found.bytes).split("\n");
  for (const line of lines) {
    const space = line.indexOf(" ");
    if (space > 0) uses.set(line.slice(space + 1), Number.parseInt(line.slice(0, space), 36) * USE_PERIOD);
  }
  return uses;
}

/** Writes what `readLastUses` reads; of two tabs that write at once, one is heard. */
export async function writeLastUses(
  uses: ReadonlyMap<string, number>,
  store: ContentStore,
  bytes: Host["bytes"],
): Promise<void> {
  const before = await store.read(KEY, {});
  const lines = [...uses].map(([id, time]) => `${Math.floor(time / USE_PERIOD).toString(36)} ${id}`);
  const { digest } = await store.write(KEY, new TextEncoder().encode(lines.join("\n")));
  if (before !== undefined && before.record.digest !== digest) await bytes.delete(before.record.digest);
}

import { LoaderError } from "../../src/errors.ts";
import { encodeText } from "../encode-text.ts";
import type { Objects, WriteOptions } from "./objects.ts";

/** So often a change is tried again after somebody else changed the object in between. */
const ATTEMPTS = 10;

/** What a change makes of an object. */
interface Change<T> {
  readonly value: T;
  readonly summary?: WriteOptions["summary"];
}

/**
 * Reads a JSON object, changes it and writes it back over the state that was read, until nobody came in between.
 * @param change gets undefined where there is none; giving undefined leaves it as it is, and what it throws ends the attempt,
 * with nothing changed
 * @throws LoaderError ERR_PUBLISH_CONFLICT, ERR_STORE_UNAVAILABLE
 */
export async function changeObject<T>(
  objects: Objects,
  key: string,
  change: (current: T | undefined) => Change<T> | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await objects.get(key);
    const changed = change(stored && JSON.parse(new TextDecoder().decode(stored.bytes)));
    if (changed === undefined) return;
    const { value, summary = {} } = changed;
    const over = stored === undefined ? "nothing" : { etag: stored.etag };
    if (await objects.put(key, encodeText(JSON.stringify(value)), { over, summary })) return;
  }
  throw new LoaderError("ERR_PUBLISH_CONFLICT", `"${key}" was changed by others ${ATTEMPTS} times in between`);
}

/** A JSON object, or undefined where there is none. */
export async function readObject<T>(objects: Objects, key: string): Promise<T | undefined> {
  const stored = await objects.get(key);
  // Only this edge writes there.
  return stored && JSON.parse(new TextDecoder().decode(stored.bytes));
}

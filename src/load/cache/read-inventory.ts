import { LoaderError } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { ListedRecord } from "../../store/byte-store.ts";
import { type ThingName, thingOf } from "./stored-thing.ts";

/** The parts of a host that store. */
export type StoreHost = Pick<Host, "name" | "bytes" | "records">;

/** A thing with all that is stored of it. */
export interface StoredThing extends Pick<ThingName, "id" | "kind" | "name"> {
  /** Its records, that of a package's index first: where it is gone, the package is not there. */
  readonly records: readonly ListedRecord[];
  /** Bytes, those that another thing has too included. */
  readonly size: number;
  /** When it was last read or written, milliseconds since 1970, to the hour. */
  readonly lastUsed: number;
  /** Whether nothing can be read of it: a package without its index, a damaged record. */
  readonly isBroken: boolean;
}

/** All that records lead to. */
export interface Inventory {
  readonly things: readonly StoredThing[];
  /** Keys of what the store keeps for itself. */
  readonly others: readonly string[];
  /** Digest → size in bytes and the number of records that lead to it. */
  readonly objects: Map<string, { readonly size: number; references: number }>;
  /** Bytes of all objects. */
  readonly size: number;
}

/**
 * @param uses when things were last read, by `readLastUses`
 * @throws LoaderError ERR_STORE_UNLISTED, ERR_STORE_UNAVAILABLE
 */
export async function readInventory(host: StoreHost, uses: ReadonlyMap<string, number>): Promise<Inventory> {
  if (host.records.list === undefined) throw unlistedError(host);
  const objects: Inventory["objects"] = new Map();
  const others: string[] = [];
  const parts = new Map<string, { readonly name: ThingName; readonly records: ListedRecord[] }>();
  for (const record of await host.records.list()) {
    const { key, digest, size = 0 } = record;
    if (digest !== undefined) {
      const object = objects.get(digest) ?? { size, references: 0 };
      object.references += 1;
      objects.set(digest, object);
    }
    const name = thingOf(key);
    if (name === undefined) {
      others.push(key);
      continue;
    }
    const part = parts.get(name.id) ?? { name, records: [] };
    parts.set(name.id, part);
    if (name.isIndex) part.records.unshift(record);
    else part.records.push(record);
  }
  const things = [...parts.values()].map(({ name, records }) => describeThing(name, records, uses));
  return { things, others, objects, size: [...objects.values()].reduce((sum, { size }) => sum + size, 0) };
}

/** The error of a host whose store nobody can look through. */
export function unlistedError({ name }: Pick<Host, "name">): LoaderError {
  return new LoaderError("ERR_STORE_UNLISTED", `The store of the host "${name}" cannot be listed`);
}

function describeThing(
  { id, kind, name }: ThingName,
  records: readonly ListedRecord[],
  uses: ReadonlyMap<string, number>,
): StoredThing {
  const [first] = records;
  return {
    id,
    kind,
    name,
    records,
    size: records.reduce((sum, { size = 0 }) => sum + size, 0),
    lastUsed: Math.max(uses.get(id) ?? 0, ...records.map(({ time = 0 }) => time)),
    isBroken: first?.digest === undefined || thingOf(first.key)?.isIndex !== true,
  };
}

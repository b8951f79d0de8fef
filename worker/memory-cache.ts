/** Keeps what was used last in memory, up to a number of bytes. */
export interface MemoryCache {
  /** What was set under that key: whoever sets it knows what it is. */
  get(key: string): object | undefined;
  /** @param size of the value, bytes; one that takes more than a quarter of the room is not kept */
  set(key: string, value: object, size: number): void;
  delete(key: string): void;
  /** Bytes that are kept. */
  readonly size: number;
}

interface Entry {
  readonly value: object;
  readonly size: number;
}

/** @param capacity bytes; 0 keeps nothing */
export function createMemoryCache(capacity: number): MemoryCache {
  // A Map gives its keys in the order in which they were set: the first is the one that was used longest ago.
  const entries = new Map<string, Entry>();
  let used = 0;
  const remove = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined && entries.delete(key)) used -= entry.size;
    return entry;
  };
  const add = (key: string, entry: Entry): void => {
    entries.set(key, entry);
    used += entry.size;
  };
  return {
    get(key) {
      const entry = remove(key);
      if (entry === undefined) return undefined;
      add(key, entry);
      return entry.value;
    },
    set(key, value, size) {
      remove(key);
      if (size > capacity / 4) return;
      add(key, { value, size });
      for (const oldest of entries.keys()) {
        if (used <= capacity) return;
        remove(oldest);
      }
    },
    delete: (key) => void remove(key),
    get size() {
      return used;
    },
  };
}

import type { Objects } from "../../../worker/registry/objects.ts";

/** Objects in memory that a test can look into, and let fail. */
export interface MemoryObjects extends Objects {
  readonly kept: Map<
    string,
    { bytes: Uint8Array<ArrayBuffer>; etag: string; summary: Readonly<Record<string, string>> }
  >;
  /** Called before every write; what it throws is what the write throws. */
  beforePut: (key: string) => void | Promise<void>;
}

export function createMemoryObjects(): MemoryObjects {
  const kept: MemoryObjects["kept"] = new Map();
  let writes = 0;
  const objects: MemoryObjects = {
    kept,
    beforePut: () => undefined,
    get: async (key) => kept.get(key),
    async put(key, bytes, { over, summary = {} } = {}) {
      await objects.beforePut(key);
      const current = kept.get(key);
      if (over === "nothing" && current !== undefined) return false;
      if (typeof over === "object" && current?.etag !== over.etag) return false;
      writes += 1;
      kept.set(key, { bytes, etag: `e${writes}`, summary });
      return true;
    },
    delete: async (key) => void kept.delete(key),
    list: async (prefix) =>
      [...kept].filter(([key]) => key.startsWith(prefix)).map(([key, { summary }]) => ({ key, summary })),
  };
  return objects;
}

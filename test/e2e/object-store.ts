import type { Page } from "playwright/test";

/** One object of the browser's content stores: what it is stored under and the SHA-256 of what is there. */
export interface StoredObject {
  key: string;
  digest: string;
  size: number;
}

/**
 * Reads every object of the browser's content stores, the loader's and the service worker's, and with `flip` first flips
 * one bit in the middle of each.
 */
export function readObjects(page: Page, flip = false): Promise<StoredObject[]> {
  return page.evaluate(async (change) => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
      });
    const flipMiddle = (bytes: Uint8Array): void => {
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    };
    const readStore = async (store: IDBObjectStore): Promise<[string, ArrayBuffer][]> => {
      const all: [string, ArrayBuffer][] = [];
      for (const key of await settled(store.getAllKeys())) {
        const value: unknown = await settled(store.get(key));
        const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
        if (typeof key !== "string" || !(bytes instanceof Uint8Array)) throw new TypeError("not bytes under a digest");
        if (change) flipMiddle(bytes);
        if (change) await settled(store.put(value, key));
        all.push([key, bytes.slice().buffer]);
      }
      return all;
    };
    const objects: [string, ArrayBuffer][] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      if (!/^raya-(edge-)?objects$/.test(name)) continue;
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        objects.push(...(await readStore(database.transaction(store, "readwrite").objectStore(store))));
      }
      database.close();
    }
    return Promise.all(
      objects.map(async ([key, bytes]) => {
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        const digest = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        return { key, digest, size: bytes.byteLength };
      }),
    );
  }, flip);
}

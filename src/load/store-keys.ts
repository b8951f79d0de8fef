import { COMPILER_ID } from "../compile/compile-objects.ts";

export type StoreKeys = ReturnType<typeof storeKeys>;

/** Where the parts of a package's artifact are stored. */
export function storeKeys(key: string, integrity: string) {
  const name = `${COMPILER_ID}:${key}:${integrity}`;
  return {
    index: `artifact:${name}`,
    modules: `modules:${name}`,
    rest: `files:${name}`,
    reached: `reached:${name}`,
    maps: `maps:${name}`,
    file: (path: string) => `file:${name}:${path}`,
    types: `types:${name}`,
  };
}

/** Where a module by URL is stored. */
export function urlKey(url: string, integrity: string): string {
  return `url:${integrity}:${url}`;
}

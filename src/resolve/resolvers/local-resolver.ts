import { matchingPrefix, type Resolver } from "./resolver.ts";

/**
 * Beginnings of specifiers that mean folders of the project, and whole specifiers that mean files of it, instead of what they
 * would mean otherwise: packages that are being worked on, say (M71, M73).
 * @param table `@mine/` → `/local/mine/`, `left-pad` → `/local/left-pad.ts`; a folder ends with `/`, as its beginning does
 */
export function localResolver(table: Readonly<Record<string, string>>): Resolver {
  return {
    name: `local ${JSON.stringify(table)}`,
    prefixes: Object.keys(table),
    resolve(specifier) {
      const key = matchingPrefix({ prefixes: Object.keys(table) }, specifier) ?? "";
      const isFolder = key.endsWith("/");
      return isFolder || key === specifier ? `${table[key] ?? ""}${specifier.slice(key.length)}` : undefined;
    },
  };
}

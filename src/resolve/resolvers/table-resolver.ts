import { matchingPrefix, type Resolver } from "./resolver.ts";

/**
 * A resolver by a table: beginnings of specifiers, which end with `/`, and whole specifiers.
 * @param kind for its name
 */
export function tableResolver(kind: string, table: Readonly<Record<string, string>>): Resolver {
  const prefixes = Object.keys(table);
  return {
    name: `${kind} ${JSON.stringify(table)}`,
    prefixes,
    resolve(specifier) {
      const key = matchingPrefix({ prefixes }, specifier) ?? "";
      const isFolder = key.endsWith("/");
      return isFolder || key === specifier ? `${table[key] ?? ""}${specifier.slice(key.length)}` : undefined;
    },
  };
}

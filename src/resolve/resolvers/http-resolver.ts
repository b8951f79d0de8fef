import type { Resolver } from "./resolver.ts";
import { tableResolver } from "./table-resolver.ts";

/**
 * Beginnings of specifiers that mean what is below a URL, and whole specifiers that mean a module at one (M60). What is found
 * is locked under the specifier, and the table may change without changing what is locked.
 * @param table `@std/` → `https://std.example/v1/`, `chart` → `https://cdn.example/chart.js`; a folder ends with `/`, as its
 * beginning does
 */
export function httpResolver(table: Readonly<Record<string, string>>): Resolver {
  return tableResolver("http", table);
}

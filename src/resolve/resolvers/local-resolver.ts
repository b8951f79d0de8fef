import type { Resolver } from "./resolver.ts";
import { tableResolver } from "./table-resolver.ts";

/**
 * Beginnings of specifiers that mean folders of the project, and whole specifiers that mean files of it, instead of what they
 * would mean otherwise: packages that are being worked on, say (M71, M73).
 * @param table `@mine/` → `/local/mine/`, `left-pad` → `/local/left-pad.ts`; a folder ends with `/`, as its beginning does
 */
export function localResolver(table: Readonly<Record<string, string>>): Resolver {
  return tableResolver("local", table);
}

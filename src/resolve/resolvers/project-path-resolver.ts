import type { Resolver } from "./resolver.ts";

/** `@base/lib/x.ts` is `/lib/x.ts`, from wherever it is imported (M60). */
export function projectPathResolver(prefix = "@base/"): Resolver {
  return {
    name: `project path ${prefix}`,
    prefixes: [prefix],
    resolve: (specifier) => `/${specifier.slice(prefix.length)}`,
  };
}

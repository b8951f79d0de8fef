import { builtinSource } from "../resolve/builtin-table.ts";
import type { PolyfillRequest } from "../resolve/package-request.ts";
import { parsePackageSpecifier } from "../specifier/package-specifier.ts";
import type { GraphModule } from "./module-graph.ts";
import type { LinkContext } from "./resolve-request.ts";

/** Packages that modules of Node among `modules` are made of, as far as the lockfile has none for them. */
export function findMissingPolyfills(modules: readonly GraphModule[], context: LinkContext): PolyfillRequest[] {
  const { builtins } = context.sources.lockfile();
  return modules.flatMap(({ owner, shownAs }) => {
    if (owner.kind !== "builtin" || context.nativeBuiltins.has(owner.name)) return [];
    const { polyfill } = builtinSource(owner.name) ?? {};
    if (polyfill === undefined || Object.hasOwn(builtins, owner.name)) return [];
    return [{ builtin: owner.name, ...parsePackageSpecifier(polyfill, {}), referrer: shownAs }];
  });
}

import type { LoadOptions } from "../loader.ts";
import type { LoadContext } from "./load-context.ts";

/** All settings that decide what the linker makes of the same files and packages, as JSON has them. */
export function linkSettings({ mode }: LoadOptions, context: LoadContext): Readonly<Record<string, unknown>> {
  const {
    base,
    conditions = [],
    linking = "image",
    sourceMaps = false,
    builtins,
    overrides,
    importMap,
  } = context.options;
  const { language, importModes, resolvers, before, minimumReleaseAge, releaseAgeExceptions } = context.options;
  return {
    base,
    conditions,
    linking,
    sourceMaps,
    mode: mode ?? context.mode,
    overrides,
    ages: { before: before?.getTime(), minimumReleaseAge, releaseAgeExceptions },
    importMap,
    language,
    importModes,
    resolvers: resolvers?.map(({ name, prefixes, priority }) => ({ name, prefixes, priority })),
    builtins: [...(builtins ?? context.host.builtins ?? [])],
  };
}

import type { NativeModules } from "../link/native-modules.ts";
import type { LoadOptions } from "../loader.ts";
import { createHasher, toHex } from "../verify/digest.ts";
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
    nativeModules: digestOf(context.nativeModules),
    importModes,
    resolvers: resolvers?.map(({ name, prefixes, priority }) => ({ name, prefixes, priority })),
    builtins: [...(builtins ?? context.host.builtins ?? [])],
  };
}

const digests = new WeakMap<NativeModules, string>();

/** They are the loader's, and the same for all of its programs. */
function digestOf(modules: NativeModules): string {
  let digest = digests.get(modules);
  if (digest === undefined) digests.set(modules, (digest = hash(modules)));
  return digest;
}

function hash({ all }: NativeModules): string {
  const hasher = createHasher("sha256");
  for (const [name, { source, importers }] of all) {
    const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
    hasher.update(new TextEncoder().encode(JSON.stringify([name, importers, bytes.length])));
    hasher.update(bytes);
  }
  return toHex(hasher.digest());
}

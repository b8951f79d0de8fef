import { COMPILER_ID } from "../compile/compile-objects.ts";
import { LINKER_ID } from "../link/create-linker.ts";
import type { NativeModules } from "../link/native-modules.ts";
import type { LoadOptions } from "../loader.ts";
import { toBase64 } from "../verify/base64.ts";
import { sha256Hex } from "../verify/digest.ts";
import type { LoadContext } from "./load-context.ts";

/** Digest of everything that decides what the linker makes of `program`, a part of a project and its lockfile: 64 hex digits. */
export async function linkInputs(
  program: Readonly<Record<string, unknown>>,
  options: LoadOptions,
  context: LoadContext,
): Promise<string> {
  const inputs = { compiler: COMPILER_ID, linker: LINKER_ID, settings: linkSettings(options, context), ...program };
  const { sha256 = sha256Hex } = context.host;
  return sha256(new TextEncoder().encode(JSON.stringify(inputs)));
}

/** All settings that decide it, as JSON has them. */
function linkSettings({ mode }: LoadOptions, context: LoadContext): Readonly<Record<string, unknown>> {
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
    nativeModules: textsOf(context.nativeModules),
    importModes,
    resolvers: resolvers?.map(({ name, prefixes, priority }) => ({ name, prefixes, priority })),
    builtins: [...(builtins ?? context.host.builtins ?? [])],
  };
}

function textsOf({ all }: NativeModules): unknown[] {
  return [...all].map(([name, { source, importers }]) => {
    const text = typeof source === "string" ? { text: source } : { base64: toBase64(source) };
    return { name, importers, ...text };
  });
}

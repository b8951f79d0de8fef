import type { LoadOptions } from "../loader.ts";
import type { LoadContext } from "./load-context.ts";

/** All settings that decide what the linker makes of the same files and packages, as JSON has them. */
export function linkSettings({ mode }: LoadOptions, context: LoadContext): Readonly<Record<string, unknown>> {
  const { base, linking = "image", sourceMaps = false, builtins } = context.options;
  return {
    base,
    linking,
    sourceMaps,
    mode: mode ?? context.mode,
    builtins: [...(builtins ?? context.host.builtins ?? [])],
  };
}

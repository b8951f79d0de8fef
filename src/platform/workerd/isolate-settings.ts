import type { LoaderOptions } from "../../loader.ts";
import { builtinModuleNames } from "../../specifier/builtin-modules.ts";

/** The behaviour of the runtime that programs get. */
export const COMPATIBILITY_DATE = "2026-10-01";
/** Modules of Node are the runtime's own. */
export const COMPATIBILITY_FLAGS: readonly string[] = ["nodejs_compat"];

/** Modules of the runtime's own. */
export const RUNTIME_BUILTINS = ["cloudflare:workers", "cloudflare:sockets", "cloudflare:email"] as const;

/**
 * What a loader has to be set to for programs that `runProgram` shall run: `createLoader(host, { ...ISOLATE_OPTIONS, … })`.
 * Packages are asked for what they have for workers, modules of Node are workerd's, and images are native modules.
 */
export const ISOLATE_OPTIONS = {
  conditions: ["workerd", "worker"],
  linking: "isolate",
  builtins: [...builtinModuleNames(), "sqlite", "test", ...RUNTIME_BUILTINS],
} as const satisfies Partial<LoaderOptions>;

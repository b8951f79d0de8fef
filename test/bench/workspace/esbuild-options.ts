import type { BuildOptions } from "esbuild";
import { type BenchProgram, installedSource } from "../program.ts";

/** How esbuild bundles a program for a browser, from the packages installed in `folder`. */
export function bundleOptions(program: BenchProgram, folder: string): BuildOptions & { write: false } {
  return {
    stdin: { contents: installedSource(program), resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
    write: false,
  };
}

import type { LinkedModule } from "./linked-module.ts";

/** URLs of the WebAssembly modules that are to be compiled for `modules`, whether they or only their sources are imported. */
export function wasmUrls(modules: readonly LinkedModule[]): string[] {
  const wasm = modules.filter(({ record, input }) => record.format === "wasm" || input.type === "source");
  return [...new Set(wasm.map(({ url }) => url.replace(/#.*$/, "")))];
}

import { RECORD_FLAGS } from "../../artifact/module-record.ts";
import type { ExportBinder } from "../bind-symbols.ts";
import type { LinkedModule } from "../linked-module.ts";
import { wasmRequest } from "../wasm-request.ts";
import type { ImageReferences } from "./image-references.ts";
import type { ImageScope } from "./image-scope.ts";
import { quote } from "./splice-module.ts";

/** Runs a CommonJS module at its place in `scope`, with the constants that depend on it. */
export function runCommonjs(module: LinkedModule, scope: ImageScope): string {
  const placed = scope.placed(module);
  return placed === "" ? `__raya.importCommonjs(${quote(module.url)});\n` : placed;
}

/** Makes the instance of a WebAssembly module of what it imports. */
export function instantiateWasm(module: LinkedModule, binder: ExportBinder, references: ImageReferences): string {
  const imports = (module.record.wasm?.imports ?? []).map(({ module: specifier, name }) => {
    const target = module.targets[wasmRequest(module.record, specifier)];
    if (target === undefined) return "undefined";
    const binding = binder.resolve(target, name);
    if (binding.kind === "member" && binding.module.record.format === "wasm")
      return `() => __raya.wasmObject(${quote(binding.module.url)}, ${quote(binding.name)})`;
    return `() => ${references.binding(binding, module).text}`;
  });
  const isLarge = module.has(RECORD_FLAGS.topLevelAwait);
  const call = isLarge ? "await __raya.instantiateLargeWasm" : "__raya.instantiateWasm";
  return `${call}(${quote(module.url)}, [${imports.join(", ")}]);\n`;
}

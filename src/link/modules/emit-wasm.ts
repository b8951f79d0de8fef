import { RECORD_FLAGS } from "../../artifact/module-record.ts";
import type { ExportBinder } from "../bind-symbols.ts";
import { quote } from "../image/splice-module.ts";
import type { LinkedModule } from "../linked-module.ts";
import { wasmRequest } from "../wasm-request.ts";
import type { EmitContext } from "./emit-module.ts";

/** An ES module that makes a WebAssembly module's instance when it is its turn; what it calls is in `run/wasm-runtime.ts`. */
export function emitWasm(module: LinkedModule, binder: ExportBinder, context: EmitContext): string {
  const { record, targets, url } = module;
  const getters = (record.wasm?.imports ?? []).map(({ module: specifier, name }) => {
    const index = wasmRequest(record, specifier);
    const target = targets[index];
    return target === undefined ? "() => undefined" : emitImport(target, index, name, binder);
  });
  const isLarge = module.has(RECORD_FLAGS.topLevelAwait);
  return [
    ...record.requests.flatMap((_, index) => {
      const target = targets[index];
      return target === undefined ? [] : [`import * as i${index} from ${quote(context.importUrl(target, false))};`];
    }),
    `${isLarge ? "await __raya.instantiateLargeWasm" : "__raya.instantiateWasm"}(${quote(url)}, [${getters.join(", ")}]);`,
    `const namespace = __raya.wasmNamespace(${quote(url)});`,
    ...(record.wasm?.exports ?? []).flatMap(({ name, kind }, index) => emitExport(name, kind, index)),
  ].join("\n");
}

/** The ES module through which the namespace is imported where a member of it may change: the engine's own could not. */
export function emitWasmNamespace(module: LinkedModule): string {
  const url = quote(module.url);
  return `export * from ${url};\nconst namespace = __raya.wasmNamespace(${url});\nexport { namespace as "*" };`;
}

/** What a symbol stands for, where that is a global that WebAssembly exports. */
export function wasmGlobalOf(
  { bindings }: LinkedModule,
  symbol: number,
): { module: LinkedModule; name: string } | undefined {
  const binding = bindings[symbol];
  if (binding?.kind !== "member") return undefined;
  const { module, name } = binding;
  const isGlobal = module.record.wasm?.exports.some((exported) => exported.kind === "global" && exported.name === name);
  return isGlobal === true ? { module, name } : undefined;
}

/** What another WebAssembly module exports is handed over itself, not as the value that JavaScript sees. */
function emitImport(target: LinkedModule, index: number, name: string, binder: ExportBinder): string {
  const binding = binder.resolve(target, name);
  return binding.kind === "member" && binding.module.record.format === "wasm"
    ? `() => __raya.wasmObject(${quote(binding.module.url)}, ${quote(binding.name)})`
    : `() => i${index}[${quote(name)}]`;
}

/** Of a global the value it starts with; v128 has none, so that reading it throws. */
function emitExport(name: string, kind: string, index: number): string[] {
  const read = `namespace[${quote(name)}]`;
  const declaration =
    kind === "global" ? `let e${index}; try { e${index} = ${read}; } catch {}` : `const e${index} = ${read};`;
  return [declaration, `export { e${index} as ${quote(name)} };`];
}

import { instantiatesLater, readWasmInterface } from "../compile/wasm.ts";
import { resolveExport } from "./bind-exports.ts";
import { type EmitContext, importUrl, quote } from "./emit-module.ts";
import type { GraphModule } from "./module-graph.ts";

/** An ES module that makes a WebAssembly module's instance when it is its turn; what it calls is in `run/wasm-runtime.ts`. */
export function emitWasm(module: GraphModule, context: EmitContext): string {
  const { imports, exports } = interfaceOf(module);
  const requests = module.analysis.requests.map(({ specifier }, index) => {
    const target = module.targets[index];
    return { specifier, target: target?.kind === "module" ? target.url : "" };
  });
  const getters = imports.map((wanted) => {
    const index = requests.findIndex(({ specifier }) => specifier === wanted.module);
    return emitImport(requests[index]?.target ?? "", index, wanted.name, context);
  });
  const instantiate = instantiatesLater(bytesOf(module))
    ? "await __raya.instantiateLargeWasm"
    : "__raya.instantiateWasm";
  return [
    ...requests.map(({ target }, index) => `import * as i${index} from ${quote(importUrl(module, target, context))};`),
    `${instantiate}(${quote(module.url)}, [${getters.join(", ")}]);`,
    `const namespace = __raya.wasmNamespace(${quote(module.url)});`,
    ...exports.flatMap(({ name, kind }, index) => emitExport(name, kind, index)),
  ].join("\n");
}

/** The ES module through which the namespace is imported where a member of it may change: the engine's own could not. */
export function emitWasmNamespace(module: GraphModule): string {
  const url = quote(module.url);
  return `export * from ${url};\nconst namespace = __raya.wasmNamespace(${url});\nexport { namespace as "*" };`;
}

/** What another WebAssembly module exports is handed over itself, not as the value that JavaScript sees. */
function emitImport(target: string, index: number, name: string, { graph }: EmitContext): string {
  const binding = resolveExport(graph, target, name);
  const isWasm = binding.kind === "found" && graph.get(binding.url)?.analysis.format === "wasm";
  return isWasm
    ? `() => __raya.wasmObject(${quote(binding.url)}, ${quote(binding.name)})`
    : `() => i${index}[${quote(name)}]`;
}

/** Of a global the value it starts with; v128 has none, so that reading it throws. */
function emitExport(name: string, kind: string, index: number): string[] {
  const read = `namespace[${quote(name)}]`;
  const declaration =
    kind === "global" ? `let e${index}; try { e${index} = ${read}; } catch {}` : `const e${index} = ${read};`;
  return [declaration, `export { e${index} as ${quote(name)} };`];
}

function interfaceOf(module: GraphModule) {
  return readWasmInterface(bytesOf(module), module.shownAs);
}

function bytesOf({ bytes = new Uint8Array() }: GraphModule): Uint8Array {
  return bytes;
}

import { type CompiledModule, emptyAnalysis } from "../compile/module-analysis.ts";
import { readWasmInterface } from "../compile/wasm.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { ModuleReference } from "./module-graph.ts";

/**
 * The module that an import attribute makes of a file: `type: "text"` a string, `"bytes"` a Uint8Array, `"css"` a
 * CSSStyleSheet (HTML; TC39 import bytes and import text proposals), and `import source` a WebAssembly.Module.
 * @throws LoaderError ERR_IMPORT_ATTRIBUTE_UNSUPPORTED; ERR_SOURCE_PARSE for the source of what is no WebAssembly module
 */
export function loadAttributed(
  { type = "", url }: ModuleReference,
  bytes: Uint8Array,
  details: ErrorDetails,
): CompiledModule {
  const analysis = { ...emptyAnalysis("esm"), exports: ["default"] };
  const address = JSON.stringify(url.split("#", 1)[0]);
  switch (type) {
    case "text":
      return { code: `export default ${JSON.stringify(new TextDecoder().decode(bytes))};`, analysis };
    case "bytes":
      return { code: `export default await __raya.bytes(${address});`, analysis };
    case "css": {
      const text = JSON.stringify(new TextDecoder().decode(bytes));
      return { code: `const sheet = new CSSStyleSheet(); sheet.replaceSync(${text}); export default sheet;`, analysis };
    }
    case "source":
      readWasmInterface(bytes, new URL(url).pathname, details);
      return { code: `export default __raya.wasmModule(${address});`, analysis };
    default:
      throw new LoaderError("ERR_IMPORT_ATTRIBUTE_UNSUPPORTED", `The import attribute type "${type}" is not known`, {
        ...details,
        hint: "json, css, text and bytes are",
      });
  }
}

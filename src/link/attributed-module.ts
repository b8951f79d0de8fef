import { emptyRecord, type ModuleRecord, PURITY } from "../artifact/module-record.ts";
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
): ModuleRecord {
  const address = url.split("#", 1)[0] ?? url;
  switch (type) {
    case "text":
      return constantRecord(address, JSON.stringify(new TextDecoder().decode(bytes)));
    case "bytes":
      return constantRecord(address, `__raya.bytes("${toBase64(bytes)}")`);
    case "css":
      return constantRecord(address, `__raya.styleSheet(${JSON.stringify(new TextDecoder().decode(bytes))})`);
    case "source":
      readWasmInterface(bytes, new URL(url).pathname, details);
      return constantRecord(address, `__raya.wasmModule(${JSON.stringify(address)})`);
    default:
      throw new LoaderError("ERR_IMPORT_ATTRIBUTE_UNSUPPORTED", `The import attribute type "${type}" is not known`, {
        ...details,
        hint: "json, css, text and bytes are",
      });
  }
}

/** Files that are imported for their text. */
const TEXT = /\.(?:txt|html?|glsl|vert|frag|wgsl|svelte|graphql|gql|md)$/;

/**
 * What importing or requiring a file of a package gives that is no module, as bundlers have it: its text, or the address
 * under which the program can fetch it; of an addon for Node an object with nothing in it.
 */
export function assetRecord(path: string, bytes: Uint8Array, url: string): ModuleRecord {
  const value = path.endsWith(".node") ? {} : TEXT.test(path) ? new TextDecoder().decode(bytes) : url;
  return { ...emptyRecord(path, "json"), code: JSON.stringify(value), lines: [1] };
}

/** An ES module whose default export is a constant. */
function constantRecord(path: string, expression: string): ModuleRecord {
  const name = "content";
  const code = `const ${name} = ${expression};\n`;
  return {
    ...emptyRecord(path, "esm"),
    code,
    lines: [1],
    symbols: [{ name, kind: "const", flags: 0 }],
    exports: [{ name: "default", symbol: 0 }],
    parts: [code.length, PURITY.pure, 0, 1, 1],
    declares: [0],
    relocations: ["const ".length, name.length, 0, 0, 0],
  };
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

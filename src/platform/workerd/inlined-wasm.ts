/** What base64 of a WebAssembly module begins with: `\0asm`, version 1. */
const INLINED = /AGFzbQEAAA[\w+/]{2,}={0,2}/g;

/** WebAssembly modules that stand in code as base64, as tools inline them. */
export function* inlinedWasm(code: string): Generator<Uint8Array<ArrayBuffer>> {
  for (const [text] of code.matchAll(INLINED)) {
    const bytes = decode(text);
    if (bytes !== undefined) yield bytes;
  }
}

/** Undefined for text that only looks like it. */
function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

import { zstdCompressSync } from "node:zlib";

/** Compresses with Zstandard, by the runtime's own encoder: workerd has it behind Node's name for it, and only there. */
export function zstd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(zstdCompressSync(bytes));
}

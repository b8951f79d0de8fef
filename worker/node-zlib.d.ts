/** What the edge uses of it: the runtime has no other encoder of Zstandard. */
declare module "node:zlib" {
  export function zstdCompressSync(bytes: Uint8Array): Uint8Array;
}

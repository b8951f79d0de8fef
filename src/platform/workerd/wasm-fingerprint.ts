/**
 * Names bytes by their length and two 32-bit hashes (FNV-1a with two offsets): an isolate must know again, synchronously, which
 * of its WebAssembly modules a program is about to compile. Reaches isolates as text.
 */
export function fingerprint(bytes: Uint8Array): string {
  let first = 0x811c9dc5;
  let second = 0x050c5d1f;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ (byte + at), 0x01000193);
  }
  return `${bytes.length}:${first >>> 0}:${second >>> 0}`;
}

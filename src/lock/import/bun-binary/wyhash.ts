/** Factors of the hash, as its author chose them. */
const [P0, P1, P2, P3, P4] = [
  0xa076_1d64_78bd_642fn,
  0xe703_7ed1_a0b4_28dbn,
  0x8ebc_6af0_9c88_c6e3n,
  0x5899_65cc_7537_4cc3n,
  0x1d8e_4e27_c47d_124fn,
] as const;
const BLOCK = 32;
const LOW = 64;

/** Wyhash, its first version, with seed 0: what Bun calls packages and patches by in `bun.lockb`. */
export function wyhash(text: string): bigint {
  const bytes = new TextEncoder().encode(text);
  let seed = 0n;
  let at = 0;
  for (; bytes.length - at >= BLOCK; at += BLOCK) {
    const [a, b, c, d] = [0, 8, 16, 24].map((offset) => little(bytes, at + offset, 8));
    seed = mix(a, b, seed, P0, P1) ^ mix(c, d, seed, P2, P3);
  }
  const rest = bytes.subarray(at);
  const words: bigint[] = [];
  for (let place = 0; place < rest.length; place += 8) words.push(word(rest.subarray(place, place + 8)));
  const [a, b = P4, c, d = P4] = words;
  if (a !== undefined) seed = mix(a, b, seed, P0, P1) ^ (c === undefined ? 0n : mix(c, d, seed, P2, P3));
  return fold(seed ^ BigInt(bytes.length), P4);
}

function mix(a = 0n, b = 0n, seed: bigint, left: bigint, right: bigint): bigint {
  return fold(a ^ seed ^ left, b ^ seed ^ right);
}

/** Both halves of the product, one laid over the other. */
function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return BigInt.asUintN(LOW, (product >> 64n) ^ product);
}

/** What is left at the end: four bytes, two, one, the first of them the highest. */
function word(bytes: Uint8Array): bigint {
  let value = 0n;
  let at = 0;
  for (const size of bytes.length === 8 ? [4, 4] : [4, 2, 1]) {
    if (bytes.length < 8 && (bytes.length & size) === 0) continue;
    value = (value << BigInt(8 * size)) | little(bytes, at, size);
    at += size;
  }
  return value;
}

function little(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
  return value;
}

/** Bytes as a person reads them, with decimal units: `940 B`, `26.4 kB`, `1.24 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(bytes < 99_950 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 9_995_000 ? 2 : 1)} MB`;
}

/** `1 package`, `3 packages`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first and last digits of a digest, enough to tell two apart at a glance. */
export function shortDigest(digest: string): string {
  return digest.length <= 16 ? digest : `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

/** ASCII in the order of the Unicode collation, which npm sorts by; a letter's two cases rank alike at first. */
const ORDER = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

const RANKS = Uint16Array.from({ length: 128 }, (_, code) => {
  const rank = ORDER.indexOf(String.fromCharCode(code).toLowerCase());
  return rank === -1 ? 128 + code : rank;
});

/**
 * Orders names and paths as npm does, so that what depends on the order comes out alike; unlike a collator's, the answer
 * is the same in every runtime. Characters that are not ASCII come last, by their code.
 */
export function compareNames(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const difference = (RANKS[left] ?? 256 + left) - (RANKS[right] ?? 256 + right);
    if (difference !== 0) return difference;
  }
  if (a.length !== b.length) return a.length - b.length;
  // Small letters before capitals, where that is all that differs.
  return a === b ? 0 : a > b ? -1 : 1;
}

/** ASCII in the order of the Unicode collation, which npm sorts by; a letter's two cases rank alike at first. */
const ORDER = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

const RANKS = new Map(Array.from(ORDER, (character, rank) => [character.charCodeAt(0), rank]));

/**
 * Orders names and paths as npm does, so that what depends on the order comes out alike; unlike a collator's, the answer
 * is the same in every runtime. Characters that are not ASCII come last, by their code.
 */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const difference = rankOf(a.charCodeAt(index)) - rankOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  // Small letters before capitals, where that is all that differs.
  return a.length - b.length || (a > b ? -1 : 1);
}

function rankOf(code: number): number {
  return RANKS.get(code >= 65 && code <= 90 ? code + 32 : code) ?? 256 + code;
}

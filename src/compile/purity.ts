import { PURITY } from "../artifact/module-record.ts";

/**
 * What evaluating something does beside giving its value, as one number, so that thousands of expressions can be combined
 * without an object for each: `impure`, `pure`, `unlessCyclic`, or a condition with the index of a symbol or guard.
 */
export type Purity = number;

export const IMPURE: Purity = -1;
export const PURE: Purity = 0;
/** Pure, unless a binding is read before it has its value. */
export const UNLESS_CYCLIC: Purity = 1;

const CONDITIONS = 2;

/** Pure if `symbol` stands for a function marked with NO_SIDE_EFFECTS. */
export function pureIfFunction(symbol: number): Purity {
  return CONDITIONS + symbol * 2;
}

/** Pure where a guard does not hold. */
export function impureIfGuard(guard: number): Purity {
  return CONDITIONS + guard * 2 + 1;
}

/** What two evaluations do together. */
export function both(a: Purity, b: Purity): Purity {
  if (a === b || b === PURE) return a;
  if (a === PURE) return b;
  if (a === UNLESS_CYCLIC && isIfFunction(b)) return b;
  return b === UNLESS_CYCLIC && isIfFunction(a) ? a : IMPURE;
}

function isIfFunction(purity: Purity): boolean {
  return purity >= CONDITIONS && purity % 2 === 0;
}

/** As parts have it: a value of `PURITY`, and what it depends on. */
export function partPurity(purity: Purity): [purity: number, condition: number] {
  if (purity === IMPURE) return [PURITY.impure, 0];
  if (purity < CONDITIONS) return [purity === PURE ? PURITY.pure : PURITY.unlessCyclic, 0];
  return [isIfFunction(purity) ? PURITY.ifFunction : PURITY.ifGuard, (purity - CONDITIONS) >> 1];
}

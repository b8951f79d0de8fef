import { median } from "./samples.ts";

/** Milliseconds: the median, and from the smallest to the largest. */
export function formatTimes(values: readonly number[]): string {
  if (values.length === 0) return "–";
  if (values.length === 1) return formatNumber(values[0] ?? Number.NaN);
  return `${formatNumber(median(values))} (${formatNumber(Math.min(...values))}–${formatNumber(Math.max(...values))})`;
}

/** Three digits that say something. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function formatKilobytes(bytes: number): string {
  return formatNumber(bytes / 1000);
}

/** A ratio against what it has to be; ✗ where it is not. */
export function formatRatio(ratio: number, isMet: (ratio: number) => boolean): string {
  const digits = ratio < 1 ? ratio.toFixed(3) : ratio.toFixed(2);
  if (!Number.isFinite(ratio)) return "–";
  return isMet(ratio) ? digits : `${digits} ✗`;
}

export const atMost = (limit: number) => (ratio: number) => ratio <= limit;
export const atLeast = (limit: number) => (ratio: number) => ratio >= limit;

import type { Measurement } from "./contender.ts";

export const MODES = ["cold", "warm", "offline"] as const;
export type Mode = (typeof MODES)[number];

/** One measurement and what it is of. */
export interface Sample extends Measurement {
  readonly program: string;
  readonly contender: string;
  readonly mode: Mode;
}

/** The samples as a table: medians with the smallest and largest, requests, and how many times the last contender's time. */
export function formatReport(machine: Readonly<Record<string, string | number>>, samples: readonly Sample[]): string {
  const programs = [...new Set(samples.map(({ program }) => program))];
  const contenders = [...new Set(samples.map(({ contender }) => contender))];
  const rows = [["program", "mode", ...contenders.flatMap((name) => [name, "requests"]), "ratio"]];
  for (const program of programs) {
    for (const mode of MODES) {
      const groups = contenders.map((name) =>
        samples.filter((each) => each.program === program && each.mode === mode && each.contender === name),
      );
      const medians = groups.map((group) => median(group.map(({ ms }) => ms)));
      const ratio = `${((medians[0] ?? 0) / (medians.at(-1) ?? 0)).toFixed(1)}x`;
      rows.push([program, mode, ...groups.flatMap((group) => [formatTimes(group), formatRequests(group)]), ratio]);
    }
  }
  const about = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return `\n${about.join(", ")}\nMilliseconds from Run to the result: median (smallest to largest)\n\n${formatTable(rows)}\n`;
}

/** The middle value; of an even number the mean of the two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? NaN)) / 2;
}

function formatTimes(group: readonly Sample[]): string {
  const times = group.map(({ ms }) => ms);
  return `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;
}

function formatRequests(group: readonly Sample[]): string {
  return String(median(group.map(({ requests }) => requests)));
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

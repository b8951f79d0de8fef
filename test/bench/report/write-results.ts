import { mkdirSync, writeFileSync } from "node:fs";
import type { Series } from "./samples.ts";

/** The machine and versions of a run, by name. */
export type About = Readonly<Record<string, string | number>>;

const FOLDER = new URL("../results/", import.meta.url);

/** Keeps the raw samples of a section: one line about the run, then one line a series, each JSON. */
export function writeResults(section: string, about: About, series: readonly Series[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const lines = [about, ...series.map((each) => ({ ...each, values: each.values.map(round) }))];
  writeFileSync(new URL(`${section}.jsonl`, FOLDER), lines.map((each) => `${JSON.stringify(each)}\n`).join(""));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A project that is solved. */
export interface SolveCase {
  readonly name: string;
  /** Text by path: its package.json files. */
  readonly files: Readonly<Record<string, string>>;
}

const CASES = ["tool-gulp-old", "app-solid"] as const;

/**
 * The two largest of the projects that `npm-trees` has the answers of. They are read from `RAYA_ORACLES`, by default
 * `shared/oracles` beside the checkout.
 */
export function readSolveCases(): SolveCase[] {
  const beside = fileURLToPath(new URL("../../../../shared/oracles", import.meta.url));
  const file = join(process.env["RAYA_ORACLES"] ?? beside, "npm-trees/cases.open.json");
  if (!existsSync(file)) throw new Error(`There is no ${file}: set RAYA_ORACLES to the folder that has npm-trees`);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as {
    cases: { id: string; files: Record<string, unknown> }[];
  };
  return CASES.map((name) => {
    const found = cases.find(({ id }) => id === name);
    if (found === undefined) throw new Error(`${file} has no case "${name}"`);
    const files = Object.entries(found.files).map(([path, json]) => [path, JSON.stringify(json, undefined, 2)]);
    return { name, files: Object.fromEntries(files) };
  });
}

import { arch, cpus } from "node:os";
import { parseArgs } from "node:util";
import { version as esbuild } from "esbuild";
import { formatTable } from "./report/table.ts";
import { writeResults } from "./report/write-results.ts";
import type { Section } from "./section.ts";

// npm run bench -- [--only <section>[,<section>]]
// Every figure is taken beside its peer's in the same run. Progress goes to stderr, tables to stdout, raw samples to results/.

/** Modules of the sections, each with one export `section`; loaded when they are run. */
const SECTIONS: Readonly<Record<string, () => Promise<{ section: Section }>>> = {
  link: () => import("./link/link-section.ts"),
  start: () => import("./start/start-section.ts"),
  compile: () => import("./compile/compile-section.ts"),
  size: () => import("./size/size-section.ts"),
  memory: () => import("./memory/memory-section.ts"),
  client: () => import("./client/client-section.ts"),
  run: () => import("./edge-run/run-section.ts"),
  page: () => import("./page/page-section.ts"),
  serve: () => import("./serve/serve-section.ts"),
  cold: () => import("./cold/cold-section.ts"),
  solve: () => import("./solve/solve-section.ts"),
};

const log = (text: string): void => console.error(text);

for (const name of chosen()) {
  const load = SECTIONS[name];
  if (load === undefined) throw new Error(`There is no section "${name}": ${Object.keys(SECTIONS).join(", ")}`);
  const { section } = await load();
  log(`\n── ${section.name}: ${section.what}`);
  const { tables, series, about = {} } = await section.measure(log);
  writeResults(section.name, { ...machine(), ...about }, series);
  for (const table of tables) console.log(formatTable(table));
}

function chosen(): string[] {
  const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
  return values.only?.flatMap((text) => text.split(",")) ?? Object.keys(SECTIONS);
}

function machine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? "unknown",
    arch: arch(),
    node: process.versions.node,
    esbuild,
    date: new Date().toISOString(),
  };
}

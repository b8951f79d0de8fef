import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { BenchProgram } from "../program.ts";
import { PROGRAMS } from "../programs.ts";
import { versionsOf } from "../versions.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";

/** One file as both compilers get it. */
export interface Source {
  /** `node_modules/…`, as installed. */
  readonly path: string;
  readonly text: string;
  /** `type` of the nearest package.json. */
  readonly type: string | undefined;
}

/** The files of one or more packages that a program reaches. */
export interface SourceSet {
  readonly name: string;
  readonly sources: readonly Source[];
  /** UTF-8. */
  readonly bytes: number;
}

const WHOLE_PACKAGES = ["rxjs", "zod", "date-fns"] as const;

/** Every script that the measured packages' entries lead to. */
export async function readSourceSets(): Promise<SourceSet[]> {
  const whole = WHOLE_PACKAGES.map((name) => ({
    name,
    dependencies: versionsOf(name),
    source: (from: (name: string) => string) => `export * from "${from(name)}";`,
  }));
  const programs = [...PROGRAMS.filter(({ name }) => !name.startsWith("pick")), ...whole];
  const folder = measuredPackages();
  return Promise.all(programs.map((program) => readSourceSet(program, folder)));
}

async function readSourceSet(program: BenchProgram, folder: string): Promise<SourceSet> {
  const { metafile } = await build({ ...bundleOptions(program, folder), absWorkingDir: folder, metafile: true });
  const paths = Object.keys(metafile.inputs).filter((path) => /^node_modules\/.*\.[cm]?js$/.test(path));
  const sources = paths.map((path) => ({
    path,
    text: readFileSync(join(folder, path), "utf8"),
    type: packageType(join(folder, path)),
  }));
  const bytes = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  return { name: program.name, sources, bytes };
}

function packageType(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { type } = JSON.parse(readFileSync(manifest, "utf8")) as { type?: string };
    return type;
  }
}

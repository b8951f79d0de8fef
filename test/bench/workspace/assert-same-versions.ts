import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { BenchProgram } from "../program.ts";
import { bundleOptions } from "./esbuild-options.ts";
import type { StoredProgram } from "./stored-program.ts";

/** Both sides must be given the same code: every package that esbuild reads has to be one that Raya locked. */
export async function assertSameVersions(program: BenchProgram, stored: StoredProgram, folder: string): Promise<void> {
  const { metafile } = await build({ ...bundleOptions(program, folder), absWorkingDir: folder, metafile: true });
  const installed = new Set(Object.keys(metafile.inputs).flatMap((path) => packageOf(path, folder) ?? []));
  const others = [...installed].filter((key) => !stored.packages.has(key));
  if (others.length === 0) return;
  const locked = [...stored.packages.keys()].join(", ");
  throw new Error(
    `${program.name}: npm installed ${others.join(", ")}, Raya has ${locked}; delete .raya/bench to start anew`,
  );
}

/** `name@version` of the package that a file belongs to. */
function packageOf(path: string, folder: string): string | undefined {
  const found = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (found === null) return undefined;
  const manifest = join(folder, found[0], "package.json");
  if (!existsSync(manifest)) return undefined;
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return `${found[1]}@${version}`;
}

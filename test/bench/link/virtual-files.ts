import { readFileSync } from "node:fs";
import { build, type Plugin } from "esbuild";
import { type BenchProgram, installedSource } from "../program.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { targetKey, type VirtualFiles, type VirtualTarget } from "./virtual-target.ts";

/** Lets esbuild resolve the program once, and notes its answers. */
export async function collectVirtualFiles(program: BenchProgram, folder: string): Promise<VirtualFiles> {
  const targets: Record<string, VirtualTarget> = {};
  await build({ ...bundleOptions(program, folder), plugins: [noteTargets(targets)] });
  const paths = new Set(Object.values(targets).map(({ path }) => path));
  const texts = Object.fromEntries([...paths].map((path) => [path, readFileSync(path, "utf8")]));
  return { entry: installedSource(program), texts, targets };
}

const NOTED = Symbol("noted");

function noteTargets(targets: Record<string, VirtualTarget>): Plugin {
  return {
    name: "note-targets",
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, async ({ path: specifier, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === NOTED) return undefined;
        const found = await setup.resolve(specifier, { importer, kind, resolveDir, pluginData: NOTED });
        const { path, sideEffects, errors } = found;
        if (errors.length === 0) targets[targetKey(importer, specifier, kind)] = { path, sideEffects };
        return found;
      });
    },
  };
}

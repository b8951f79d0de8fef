import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import type { ChildInput, ChildOutput } from "./raya-child.ts";
import { type ProcessRun, runProcess } from "./run-process.ts";
import type { SolveCase } from "./solve-cases.ts";

const FOLDER = join(BENCH_FOLDER, "solve/raya");

export interface RayaRun extends ChildOutput {
  readonly process: ProcessRun;
}

/** Raya's solver in a Node process of its own, bundled as a page would have it. */
export class RayaContender {
  readonly #registry: string;
  readonly #script: string;

  private constructor(registry: string, script: string) {
    this.#registry = registry;
    this.#script = script;
  }

  static async create(registry: string): Promise<RayaContender> {
    const script = join(FOLDER, "child.mjs");
    const entry = fileURLToPath(new URL("raya-child.ts", import.meta.url));
    await build({ entryPoints: [entry], bundle: true, minify: true, platform: "node", format: "esm", outfile: script });
    return new RayaContender(registry, script);
  }

  /** Keeps a project's metadata as a store would have it. */
  keep({ name }: SolveCase, text: string): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(this.#kept(name), text);
  }

  /** @param rounds solves in one process */
  async lock(
    { name, files }: SolveCase,
    from: ChildInput["from"],
    rounds: number,
    watchesMemory = false,
  ): Promise<RayaRun> {
    const input: ChildInput = { files, registry: this.#registry, from, kept: this.#kept(name), rounds };
    const file = join(FOLDER, `${name}.json`);
    writeFileSync(file, JSON.stringify(input));
    const env = { PATH: dirname(process.execPath) };
    const run = await runProcess(
      { command: process.execPath, args: ["--expose-gc", this.#script, file], cwd: FOLDER, env },
      watchesMemory,
    );
    return { ...(JSON.parse(run.stdout) as ChildOutput), process: run };
  }

  #kept(name: string): string {
    return join(FOLDER, `${name}.metadata`);
  }
}

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import type { ChildInput, ChildOutput } from "./raya-child.ts";
import { type ProcessRun, runProcess } from "./run-process.ts";
import type { SolveCase } from "./solve-cases.ts";

const FOLDER = join(BENCH_FOLDER, "solve/raya");
const CODE = join(FOLDER, "raya-child.code");

export interface RayaRun extends ChildOutput {
  readonly process: ProcessRun;
}

interface RunOptions {
  /** Solves in one process; default 1. */
  readonly rounds?: number;
  /** Starts with the code that the engine kept of an earlier run; default: with the text of the script. */
  readonly hasCode?: boolean;
  readonly watchesMemory?: boolean;
}

/** Raya's solver in a Node process of its own, bundled as a page would have it. */
export class RayaContender {
  readonly #registry: string;

  private constructor(registry: string) {
    this.#registry = registry;
  }

  static async create(registry: string): Promise<RayaContender> {
    const scripts = [new URL("raya-child.ts", import.meta.url), new URL("raya-start.ts", import.meta.url)];
    await build({
      entryPoints: scripts.map((url) => fileURLToPath(url)),
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      outdir: FOLDER,
      outExtension: { ".js": ".cjs" },
      define: { "import.meta.url": "moduleUrl" },
      banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    });
    return new RayaContender(registry);
  }

  /** Runs once for the engine to leave its code. */
  async keepCode(project: SolveCase): Promise<void> {
    rmSync(CODE, { force: true });
    await this.lock(project, "kept", { hasCode: true });
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
    { rounds = 1, hasCode = false, watchesMemory = false }: RunOptions = {},
  ): Promise<RayaRun> {
    const input: ChildInput = { files, registry: this.#registry, from, kept: this.#kept(name), rounds };
    const file = join(FOLDER, `${name}.json`);
    writeFileSync(file, JSON.stringify(input));
    const env = { PATH: dirname(process.execPath) };
    const args = ["--expose-gc", join(FOLDER, "raya-start.cjs"), join(FOLDER, "raya-child.cjs"), file];
    if (hasCode) args.push(CODE);
    const run = await runProcess({ command: process.execPath, args, cwd: FOLDER, env }, watchesMemory);
    return { ...(JSON.parse(run.stdout) as ChildOutput), process: run };
  }

  #kept(name: string): string {
    return join(FOLDER, `${name}.metadata`);
  }
}

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { installPackages } from "../workspace/install-packages.ts";
import { type ProcessRun, runProcess } from "./run-process.ts";
import type { SolveCase } from "./solve-cases.ts";

/** Exact, so that figures of different days can be compared. */
export const MANAGERS = { bun: "1.4.5", pnpm: "12.21.0", npm: "11.19.1" } as const;
export type ManagerName = keyof typeof MANAGERS;

export interface Manager {
  readonly name: ManagerName;
  /**
   * Writes a lock for a project that has none.
   * @param cache `cold`: the client has nothing; `warm`: what its last run has kept
   */
  lock(project: SolveCase, cache: "cold" | "warm", watchesMemory?: boolean): Promise<ProcessRun>;
}

const FOLDER = join(BENCH_FOLDER, "solve");

/** Installs Bun, pnpm and npm, once, and gives them set to `registry`. */
export function createManagers(registry: string): Manager[] {
  const tools = join(FOLDER, "tools");
  installPackages(MANAGERS, tools);
  const modules = join(tools, "node_modules");
  const platform = `${process.platform}-${process.arch}`;
  const commands: Record<ManagerName, (cache: string, isWarm: boolean) => readonly string[]> = {
    bun: () => [join(modules, `@oven/bun-${platform}/bin/bun`), "install", "--lockfile-only", "--ignore-scripts"],
    pnpm: (cache) => [
      join(modules, `@pnpm/exe.${platform}/pnpm`),
      "install",
      "--lockfile-only",
      "--no-frozen-lockfile",
      "--ignore-scripts",
      `--registry=${registry}`,
      `--store-dir=${cache}/store`,
      `--config.cache-dir=${cache}/cache`,
      "--config.minimum-release-age=0",
    ],
    npm: (_, isWarm) => [
      process.execPath,
      join(modules, "npm/bin/npm-cli.js"),
      "install",
      "--package-lock-only",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      ...(isWarm ? ["--prefer-offline"] : []),
    ],
  };
  const names = Object.keys(MANAGERS) as ManagerName[];
  return names.map((name) => ({
    name,
    async lock(project, cache, watchesMemory) {
      const folders = freshFolders(name, project, cache);
      const [command = "", ...args] = commands[name](folders.cache, cache === "warm");
      const env = { ...environment(folders.cache, registry), PATH: dirname(process.execPath) };
      return runProcess({ command, args, cwd: folders.project, env }, watchesMemory);
    },
  }));
}

function freshFolders(manager: ManagerName, { name, files }: SolveCase, cache: "cold" | "warm") {
  const folders = { project: join(FOLDER, manager, name, "project"), cache: join(FOLDER, manager, name, "cache") };
  rmSync(folders.project, { recursive: true, force: true });
  if (cache === "cold") rmSync(folders.cache, { recursive: true, force: true });
  mkdirSync(folders.cache, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folders.project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folders;
}

/** Nothing of the person who runs this: neither settings nor caches. */
function environment(cache: string, registry: string): Record<string, string> {
  return {
    HOME: cache,
    BUN_INSTALL_CACHE_DIR: join(cache, "bun"),
    BUN_CONFIG_REGISTRY: registry,
    npm_config_registry: registry,
    npm_config_cache: join(cache, "npm"),
    npm_config_update_notifier: "false",
    CI: "1",
  };
}

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../solve/run-process.ts";

/** What a server is asked. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** For so long; 0: once on each connection, all at the same time. */
  readonly seconds: number;
}

export interface LoadResult {
  readonly answers: number;
  /** From the first question to the last answer. */
  readonly seconds: number;
  /** Milliseconds that half of the answers took at most. */
  readonly p50: number;
  /** Of 99 in 100. */
  readonly p99: number;
  /** Of an answer, as they came over the connection; the mean. */
  readonly bytes: number;
  /** How many were not answered with 200: by what came instead. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Asks from a process of its own. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const script = fileURLToPath(new URL("load-child.ts", import.meta.url));
  const { stdout } = await runProcess({
    command: process.execPath,
    args: [script, JSON.stringify(load)],
    cwd: dirname(script),
    env: {},
  });
  return JSON.parse(stdout) as LoadResult;
}

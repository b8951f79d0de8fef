import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What is started. */
export interface ProcessInput {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessRun {
  /** From its start to its end, milliseconds. */
  readonly ms: number;
  readonly stdout: string;
  /** Most memory that it had resident, bytes; only if that was asked for, and where the system tells. */
  readonly peak: number | undefined;
}

/**
 * Runs a program to its end.
 * @param watchesMemory asks the system all the time, which disturbs what is timed
 * @throws Error with what it printed where it fails
 */
export async function runProcess(input: ProcessInput, watchesMemory = false): Promise<ProcessRun> {
  const started = performance.now();
  const child = spawn(input.command, input.args, { cwd: input.cwd, env: input.env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr, peak] = ["", "", 0];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const watch = watchesMemory ? setInterval(() => (peak = Math.max(peak, residentPeak(child.pid))), 2) : undefined;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const ms = performance.now() - started;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${input.command} ${input.args.join(" ")} ended with ${code}:\n${stderr}\n${stdout}`);
  return { ms, stdout, peak: peak === 0 ? undefined : peak };
}

/** The system's own high-water mark; 0 where it tells none. */
function residentPeak(pid: number | undefined): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    // It has ended, or this is no Linux.
    return 0;
  }
}

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Report, Task } from "./protocol.ts";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** A seed that takes longer, milliseconds, never ends. */
const HUNG = 120_000;

/** Runs all seeds, `chunk` of them in each process and `jobs` processes at a time. */
export async function runTasks(
  task: Task,
  { jobs, chunk }: { readonly jobs: number; readonly chunk: number },
  onReport: (report: Report) => void,
): Promise<void> {
  let next = task.from;
  const done: Record<string, number> = {};
  const work = async (): Promise<void> => {
    while (next <= task.to) {
      const from = next;
      next = Math.min(task.to, from + chunk - 1) + 1;
      await runChunk({ ...task, from, to: next - 1, shrinks: { ...task.shrinks, done } }, (report) => {
        if (report.result === "different" && report.isSmall) done[report.way] = (done[report.way] ?? 0) + 1;
        onReport(report);
      });
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

/** A seed that hangs or takes its process down is a failure of its own; the others go on in a new process. */
async function runChunk(task: Task, onReport: (report: Report) => void): Promise<void> {
  for (let from = task.from; from <= task.to;) {
    const done = await runProcess({ ...task, from }, onReport);
    from = done + 1;
    if (from > task.to) return;
    onReport({ seed: from, result: "invalid", program: { entry: "", files: {} }, reason: "its process ended or hung" });
    from++;
  }
}

/** The last seed that was reported. */
function runProcess(task: Task, onReport: (report: Report) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const execArgv = ["--experimental-vm-modules", "--no-warnings"];
    const child: ChildProcess = fork(WORKER, { execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    let last = task.from - 1;
    let watch = setTimeout(() => child.kill(), HUNG);
    child.on("message", (report: Report) => {
      clearTimeout(watch);
      watch = setTimeout(() => child.kill(), HUNG);
      last = report.seed;
      onReport(report);
    });
    child.on("error", reject);
    child.on("exit", (_, signal) => {
      clearTimeout(watch);
      if (last < task.from && signal === null) reject(new Error("The tests' process ended before it had run one"));
      else resolve(last);
    });
    child.send(task);
  });
}

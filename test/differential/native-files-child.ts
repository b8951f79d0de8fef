/** A process that writes programs to a temporary folder and imports them, as Node does it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { FilesTask } from "./native-files.ts";
import type { ModelGlobals } from "./listed/model-globals.ts";
import { observe, protectBuiltins } from "./observe.ts";
import type { Outcome } from "./program.ts";

protectBuiltins();
const root = mkdtempSync(join(tmpdir(), "differential-"));
let count = 0;

process.on("unhandledRejection", () => undefined);
// Node itself fails at times, after it has told the program.
process.on("uncaughtException", () => undefined);
process.on("exit", () => rmSync(root, { recursive: true, force: true }));
process.on("disconnect", () => process.exit());
// A program that loops for ever hears of nothing: a thread sees that whoever asked has gone.
const watch = `const parent = process.ppid; setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 1000);`;
new Worker(watch, { eval: true }).unref();
process.on("message", (task: FilesTask) => {
  run(task).then(
    (outcome) => process.send?.(outcome),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run({ program, patience }: FilesTask): Promise<Outcome> {
  const folder = join(root, String(count++));
  for (const [path, text] of Object.entries(program.files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const entry = pathToFileURL(join(folder, program.entry)).href;
  const start = async ({ __images }: ModelGlobals) => ({
    namespace: await __images.load(program.entry, () => import(entry) as Promise<unknown>),
  });
  const outcome = await observe(start, patience, program);
  rmSync(folder, { recursive: true });
  return outcome;
}

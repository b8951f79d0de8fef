import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "../edge-run/build-host.ts";
import { startConfigured } from "../edge-run/workerd-process.ts";
import { formatNumber } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log } from "../section.ts";

/** What is sent to the worker. */
export interface WorkerdTask {
  readonly name: string;
  /** Path and query of the request; undefined for one that does nothing. */
  readonly request: string | undefined;
  readonly file: string;
}

/** Megabytes that an isolate may take where such workers are hosted: of the heap, the engine then sees to it. */
const LIMIT = 128;
const ROUNDS = 3;

/** Memory of workerd while the compiler runs in it: a process of its own for each, and no heap beyond the limit. */
export async function measureWorkerd(tasks: readonly WorkerdTask[], samples: Samples, log: Log): Promise<Table> {
  const host = fileURLToPath(new URL("../../worker/run/compile-host.ts", import.meta.url));
  const modules = { "compile-host.js": await bundleWorker(host, "compile-host.js") };
  const v8Flags = [`--max-heap-size=${LIMIT}`];
  for (let round = 1; round <= ROUNDS; round++) {
    log(`workerd, round ${round} of ${ROUNDS} …`);
    for (const task of tasks) {
      const workerd = await startConfigured({ modules, services: [], worker: "", ping: "ping", v8Flags });
      if (task.request !== undefined) await send(`${workerd.url}${task.request}`, task.file);
      samples.add(task.name, "workerd, resident", workerd.peakResident() / 1e6, "MB");
      await workerd.stop();
    }
  }
  const baseline = samples.median(tasks[0]?.name ?? "", "workerd, resident");
  const rows = tasks.map(({ name }) => {
    const resident = samples.median(name, "workerd, resident");
    return [name, formatNumber(resident), formatNumber(resident - baseline)];
  });
  const head = ["what workerd does", "peak resident, MB", "more than nothing, MB"];
  return { title: `Memory of workerd that compiles, with a heap of at most ${LIMIT} MB`, rows: [head, ...rows] };
}

async function send(url: string, file: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body: new Uint8Array(readFileSync(file)) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  await response.json();
}

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { formatNumber } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Section } from "../section.ts";
import { fetchArchive } from "../workspace/fetch-archive.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";
import { measureWorkerd, type WorkerdTask } from "./workerd-memory.ts";

const PACKAGES = ["typescript", "three"] as const;
const ROUNDS = 3;

interface Peak {
  /** Bytes: of the process, at most. */
  readonly peakResident: number;
  /** Bytes: of live and dead objects just before a collection, at most. */
  readonly peakHeap: number;
}

interface Task {
  readonly name: string;
  readonly args: readonly string[];
}

/** How much memory compiling takes: a process of its own for each. */
export const section: Section = {
  name: "memory",
  what: "peak memory of processes of Node and workerd that compile a package",
  async measure(log) {
    const samples = new Samples();
    const tasks = await createTasks();
    for (let round = 1; round <= ROUNDS; round++) {
      log(`Round ${round} of ${ROUNDS} …`);
      for (const { name, args } of tasks) {
        const { peakResident, peakHeap } = await measurePeak(args);
        samples.add(name, "resident", peakResident / 1e6, "MB");
        samples.add(name, "heap", peakHeap / 1e6, "MB");
      }
    }
    const baseline = samples.median(tasks[0]?.name ?? "", "resident");
    const rows = tasks.map(({ name }) => {
      const resident = samples.median(name, "resident");
      return [name, ...[resident, resident - baseline, samples.median(name, "heap")].map(formatNumber)];
    });
    const head = ["what the process does", "peak resident, MB", "more than nothing, MB", "peak heap, MB"];
    const workerd = await measureWorkerd(tasks.flatMap(workerdTask), samples, log);
    const node = { title: "Memory of a Node process that compiles", rows: [head, ...rows] };
    return { tables: [node, workerd], series: samples.series };
  },
};

async function createTasks(): Promise<Task[]> {
  const folder = join(BENCH_FOLDER, "archives");
  mkdirSync(folder, { recursive: true });
  const archives = await Promise.all(
    PACKAGES.map(async (name) => {
      const { key, bytes } = await fetchArchive(name);
      const file = join(folder, `${key}.tgz`);
      writeFileSync(file, bytes);
      return { name: `${key}, the whole archive`, args: ["archive", file, key] };
    }),
  );
  const large = join(measuredPackages(), "node_modules/typescript/lib/typescript.js");
  const first = archives[0]?.args[1] ?? "";
  return [
    { name: "nothing, with the compiler loaded", args: ["nothing", first] },
    ...archives,
    { name: "typescript's lib/typescript.js (9 MB), as when it is reached", args: ["module", large, "typescript"] },
    { name: "the same, if it were parsed", args: ["parsed", large] },
  ];
}

/** The same in workerd, where nothing is parsed that is too big. */
function workerdTask({ name, args }: Task): WorkerdTask[] {
  const [kind, file = "", key = ""] = args;
  if (kind === "parsed") return [];
  const query = new URLSearchParams({ key, path: "lib/typescript.js" });
  return [{ name, file, request: kind === "nothing" ? undefined : `${kind}?${query}` }];
}

async function measurePeak(args: readonly string[]): Promise<Peak> {
  const child = fileURLToPath(new URL("compile-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--trace-gc", child, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { peakResident } = JSON.parse(/^\{".*\}$/m.exec(stdout)?.[0] ?? "{}") as { peakResident: number };
  // [pid:0x…]   120 ms: Scavenge 12.3 (14.5) -> 10.1 (15.0) MB, …
  const before = [...stdout.matchAll(/ms: [A-Za-z -]+(?:\([^)]*\) )?([\d.]+) \([\d.]+\) -> /g)].map((found) =>
    Number(found[1]),
  );
  return { peakResident, peakHeap: Math.max(0, ...before) * 1024 * 1024 };
}

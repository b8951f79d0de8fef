import type { Runner } from "./compare.ts";
import { NativeFiles } from "./native-files.ts";
import { runNatively } from "./native-modules.ts";
import type { Task } from "./protocol.ts";

/** What says how a program behaves: Node. */
export interface Oracle {
  readonly run: Runner;
  close(): void;
}

/** ES modules are evaluated in this process, from memory; CommonJS needs real files, and a process without our hooks. */
export function createOracle(kind: Task["kind"]): Oracle {
  if (kind === "esm") return { run: runNatively, close: () => undefined };
  const files = new NativeFiles();
  return { run: (program, patience) => files.run(program, patience), close: () => files.close() };
}

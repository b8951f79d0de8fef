import { generateEsm } from "./esm/generate.ts";
import type { TestProgram } from "./program.ts";
import type { Task } from "./protocol.ts";

/** The program of a seed. */
export function generate(seed: number, task: Task): TestProgram {
  if (task.kind === "esm") return generateEsm(seed, task);
  throw new RangeError("no mixed programs yet");
}

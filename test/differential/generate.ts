import { generateEsm } from "./esm/generate.ts";
import { generateMixed } from "./mixed/generate.ts";
import type { TestProgram } from "./program.ts";
import type { Task } from "./protocol.ts";

/** The program of a seed. */
export function generate(seed: number, task: Task): TestProgram {
  return task.kind === "esm" ? generateEsm(seed, task) : generateMixed(seed, task);
}

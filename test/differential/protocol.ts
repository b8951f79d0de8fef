import type { EsmOptions } from "./esm/generate.ts";
import type { SubjectOptions } from "./linked.ts";
import type { TestProgram } from "./program.ts";

/** What a worker process is asked for. */
export interface Task extends SubjectOptions, EsmOptions {
  readonly kind: "esm" | "mixed";
  /** First and last seed. */
  readonly from: number;
  readonly to: number;
  /** How many differing programs it may make smaller. */
  readonly shrinks: number;
}

/** What a worker tells of one seed. */
export type Report =
  | { readonly seed: number; readonly result: "same"; readonly end: string }
  | {
      readonly seed: number;
      readonly result: "different";
      readonly program: TestProgram;
      /** Printed outcomes. */
      readonly native: string;
      readonly ours: string;
    }
  /** The generator wrote something that is not a program: a bug of the test. */
  | { readonly seed: number; readonly result: "invalid"; readonly program: TestProgram; readonly reason: string };

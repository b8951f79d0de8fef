import type { EsmOptions } from "./esm/generate.ts";
import type { SubjectOptions } from "./linked.ts";
import type { TestProgram } from "./program.ts";

/** What a worker process is asked for. */
export interface Task extends SubjectOptions, EsmOptions {
  readonly kind: "esm" | "mixed";
  /** First and last seed. */
  readonly from: number;
  readonly to: number;
  /** Ways to differ, and how many programs for each may yet be made smaller. */
  readonly shrinks: ShrinkBudget;
}

/** How many programs are made smaller. */
export interface ShrinkBudget {
  /** For each way to differ. */
  readonly each: number;
  /** How many have been, for the ways that were seen. */
  readonly done: Readonly<Record<string, number>>;
}

/** What a worker tells of one seed. */
export type Report =
  | { readonly seed: number; readonly result: "same"; readonly end: string }
  /** It differs as `docs/linking.md` says, all of it: the rows of its table. */
  | { readonly seed: number; readonly result: "listed"; readonly rows: readonly string[] }
  | {
      readonly seed: number;
      readonly result: "different";
      /** See `wayOf`. */
      readonly way: string;
      readonly isSmall: boolean;
      readonly program: TestProgram;
      /** Printed outcomes. */
      readonly native: string;
      readonly ours: string;
    }
  /** The generator wrote something that is not a program: a bug of the test. */
  | { readonly seed: number; readonly result: "invalid"; readonly program: TestProgram; readonly reason: string };

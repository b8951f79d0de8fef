import type { Outcome, TestProgram } from "../program.ts";

/** A way in which programs are known to behave differently: a row of the table in `docs/linking.md`. */
export interface Cause {
  /** The row's first cell. */
  readonly row: string;
  /**
   * The program, changed so that Node does with it what the loader does with the program itself; several where the program
   * has several places that may matter. What Node makes of it then has to be what the loader makes of the program.
   */
  readonly models?: (program: TestProgram, native: Outcome) => readonly TestProgram[];
  /** For what Node cannot be made to do. */
  readonly without?: Removal;
}

/** What makes the difference can be taken out of a program; then both have to do the same. */
export interface Removal {
  /** The program without it; undefined where it has nothing of the kind. */
  readonly remove: (program: TestProgram, native: Outcome) => TestProgram | undefined;
  /** Lines of what can be seen in Node that may become others by that; the others must stay. */
  readonly touches?: RegExp;
}
